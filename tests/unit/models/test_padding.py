"""A pair's score is its own: whatever padding stands around it, on either side, for every architecture."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from exapt.data.batching import collate
from exapt.data.encode import Encoded, encode
from exapt.example import Examples, LabelSpace
from exapt.models.classifier import Classifier
from exapt.models.pooling import last_token, mean_tokens, positions, tokens_first
from exapt.models.pretrained import Pretrained
from tests.unit.models.checkpoints import EOS, KINDS, checkpoint

PAIRS = [
    ("the cat sat", "a dog barks at the cat, and the sea meets the land"),
    ("acgtacgtacgt", "tgca"),
    ("one two three four five six seven", "seven six five"),
    ("x", "y"),
]


def examples_of(pairs: list[tuple[str, str]]) -> Examples:
    ids = [str(i) for i in range(len(pairs))]
    left, right = zip(*pairs, strict=True)
    frame = pd.DataFrame({"id": ids, "left": left, "right": right, "label": "same", "group": ids})
    return Examples(frame, LabelSpace(("same", "other"), "same"))


def padded(encoded: Encoded, row: int, before: int, after: int) -> dict[str, torch.Tensor]:
    """One example with pad tokens before and after, built by hand."""
    made: dict[str, torch.Tensor] = {}
    sides = [torch.as_tensor(side[row]).long() for side in encoded.sides]
    width = max(map(len, sides))

    def fill(values: torch.Tensor, with_: int) -> torch.Tensor:
        gap = width - len(values)
        first, last = (gap + before, after) if before else (0, gap + after)
        return torch.cat([torch.full((first,), with_), values, torch.full((last,), with_)])

    made["input_ids"] = torch.stack([fill(s, encoded.pad) for s in sides])
    made["attention_mask"] = torch.stack([fill(torch.ones_like(s), 0) for s in sides])
    if encoded.types is not None:
        made["token_type_ids"] = fill(torch.as_tensor(encoded.types[row]).long(), 0)[None]
    return made


@torch.no_grad()
def logits(network: Classifier, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    return network(batch)


def opened(folder: Path, pair: str, attention: str = "eager") -> tuple[Pretrained, Classifier]:
    model = Pretrained(name="it", name_or_path=str(folder), pair=pair, attention=attention)  # type: ignore[arg-type]
    network = model.network(seed=0, paired=True, dropout=None).eval()
    with torch.no_grad():  # heads as drawn give logits near zero: nothing would show
        for parameter in network.head.parameters():
            parameter.mul_(50)
    return model, network


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("pair", ["joint", "siamese"])
@pytest.mark.parametrize("kind", KINDS)
def test_score_does_not_depend_on_padding(kind: str, pair: str, attention: str, tmp_path: Path) -> None:
    model, network = opened(checkpoint(tmp_path, kind, headed=True), pair, attention)
    encoded = encode(examples_of(PAIRS), model.tokenizer(), model.pair, model.limit)
    alone = torch.cat([logits(network, padded(encoded, row, 0, 0)) for row in range(len(PAIRS))])
    assert (alone[0] - alone[1]).abs().max() > 1e-2  # different pairs have different scores
    together = logits(network, collate(encoded, torch.arange(len(PAIRS)).numpy()))
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)
    for before, after in [(5, 0), (0, 7), (3, 4)]:
        moved = torch.cat([logits(network, padded(encoded, row, before, after)) for row in range(len(PAIRS))])
        torch.testing.assert_close(moved, alone, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", ["bert", "gpt2"])
def test_order_of_tokens_and_sides_matters(kind: str, tmp_path: Path) -> None:
    """Else a score that ignores its input's order would pass the test above."""
    model, network = opened(checkpoint(tmp_path, kind, headed=True), "joint")
    there, back = ("the cat sat", "a dog"), ("a dog", "the cat sat")
    encoded = encode(examples_of([there, back]), model.tokenizer(), "joint", model.limit)
    scores = logits(network, collate(encoded, torch.arange(2).numpy()))
    assert (scores[0] - scores[1]).abs().max() > 1e-2


def test_gpt2_reads_an_end_token_that_is_the_pad_token_too(tmp_path: Path) -> None:
    """With pad = eos, transformers pools before the text's own end token; ours pools at it."""
    model, network = opened(checkpoint(tmp_path / "from", "gpt2"), "joint")
    tokenizer = model.tokenizer()
    assert tokenizer.pad_token == EOS
    encoded = encode(examples_of([("the cat", f"a dog{EOS}"), ("the cat", "a dog")]), tokenizer, "joint", model.limit)
    assert encoded.sides[0][0][-1] == tokenizer.pad_token_id == encoded.pad
    batch = collate(encoded, torch.arange(2).numpy())
    ours = logits(network, batch)
    alone = logits(network, padded(encoded, 0, 0, 0))
    torch.testing.assert_close(ours[:1], alone, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(logits(network, padded(encoded, 0, 6, 0)), alone, atol=1e-5, rtol=1e-5)

    network.save(tmp_path / "to")
    theirs = AutoModelForSequenceClassification.from_pretrained(tmp_path / "to").eval()
    with torch.no_grad():
        found = theirs(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    # the text without an end token is read alike, the one with it is not: both rows are pooled at the same token there
    torch.testing.assert_close(found[1], ours[1], atol=1e-5, rtol=1e-5)
    assert (found[0] - ours[0]).abs().max() > 1e-2
    torch.testing.assert_close(found[0], found[1], atol=1e-5, rtol=1e-5)


def test_gpt2_left_padding_is_wrong_in_transformers_itself(tmp_path: Path) -> None:
    """The trap that `Classifier.inputs` closes: positions counted from the first column."""
    model, network = opened(checkpoint(tmp_path / "from", "gpt2"), "joint")
    encoded = encode(examples_of(PAIRS[:1]), model.tokenizer(), "joint", model.limit)
    network.save(tmp_path / "to")
    theirs = AutoModelForSequenceClassification.from_pretrained(tmp_path / "to").eval()
    with torch.no_grad():
        straight, shifted = (theirs(**padded(encoded, 0, before, 0)).logits for before in (0, 6))
    assert (straight - shifted).abs().max() > 1e-2


def test_pooling_by_hand() -> None:
    mask = torch.tensor([[0, 1, 1, 0], [1, 1, 1, 1]])
    hidden = torch.arange(8.0).reshape(2, 4, 1)
    assert positions(mask).tolist() == [[0, 0, 1, 1], [0, 1, 2, 3]]
    assert last_token(hidden, mask).tolist() == [[2.0], [7.0]]
    assert mean_tokens(hidden, mask).tolist() == [[1.5], [5.5]]
    moved = tokens_first({"input_ids": torch.tensor([[9, 5, 6, 9], [1, 2, 3, 4]]), "attention_mask": mask})
    assert moved["input_ids"].tolist() == [[5, 6, 9, 9], [1, 2, 3, 4]]
    assert moved["attention_mask"].tolist() == [[1, 1, 0, 0], [1, 1, 1, 1]]
