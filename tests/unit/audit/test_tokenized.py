"""What a tokenizer makes of sides, against the encoder of a run and against a count letter by letter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as Core
from tokenizers import models
from transformers import PreTrainedTokenizerFast

from exapt.audit.tokenized import pieces, tokenize
from exapt.data.encode import Pair, encode
from exapt.example import Examples, LabelSpace
from exapt.tokenizers import Tokenizer
from exapt.tokenizers.characters import characters
from exapt.tokenizers.repair import ensure_padding, space_sequences
from tests.unit.models.checkpoints import tokenizer_of, wordpiece

WHOLE = 100_000


def made(kind: str) -> Tokenizer:
    if kind == "characters":
        return characters(64)
    tokenizer = space_sequences(wordpiece(), 6) if kind == "spaced" else tokenizer_of(kind)
    ensure_padding(tokenizer)
    return tokenizer


TOKENIZERS = {kind: made(kind) for kind in ("bert", "spaced", "roberta", "gpt2", "characters")}
WORD = st.one_of(
    st.text(alphabet="abcxyzÉß", min_size=1, max_size=6),
    st.sampled_from(["the", "cat", "猫", "é猫", "mat,", "a" * 101, "ACGT" * 9, "\t"]),
)
TEXT = st.lists(WORD, min_size=1, max_size=6).map(" ".join).filter(lambda t: t.strip() != "")
PAIRS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4)


def examples_of(pairs: list[tuple[str, str]], paired: bool = True) -> Examples:
    ids = [str(i) for i in range(len(pairs))]
    left, right = ([p[i] for p in pairs] for i in (0, 1))
    frame = pd.DataFrame({"id": ids, "left": left, "right": right if paired else None, "label": "a", "group": ids})
    return Examples(frame, LabelSpace(("a", "b"), "a"))


@settings(max_examples=60)
@given(
    PAIRS, st.sampled_from(sorted(TOKENIZERS)), st.sampled_from(["joint", "siamese"]), st.booleans(), st.integers(5, 40)
)
def test_cut_as_a_run_cuts(pairs: list[tuple[str, str]], kind: str, pair: Pair, paired: bool, limit: int) -> None:
    tokenizer = TOKENIZERS[kind]
    examples = examples_of(pairs, paired)
    texts = {side: examples.frame[side].tolist() for side in (("left", "right") if paired else ("left",))}
    found = tokenize(tokenizer, pair, limit, texts)
    expected = encode(examples, tokenizer, pair, limit)
    joint = paired and pair == "joint"
    special = tokenizer.backend_tokenizer.num_special_tokens_to_add(joint)
    kept = list(found.kept.values())
    rows = [np.sum(kept, axis=0)] if joint else kept
    assert [(row + special).tolist() for row in rows] == [[len(ids) for ids in side] for side in expected.sides]
    assert found.truncated == expected.tokens.truncated
    assert found.longest == encode(examples, tokenizer, pair, WHOLE).lengths.max()
    if joint and kind == "bert":  # which tokens are left of which side
        for row, ids in enumerate(expected.sides[0]):
            first = found.sides["left"].ids[found.sides["left"].starts[row] :][: kept[0][row]]
            assert ids[1 : 1 + len(first)].tolist() == first.tolist() and ids[1 + len(first)] == tokenizer.sep_token_id


@settings(max_examples=60)
@given(PAIRS, st.sampled_from(sorted(TOKENIZERS)))
def test_unknown_tokens_as_a_run_counts_them(pairs: list[tuple[str, str]], kind: str) -> None:
    examples = examples_of(pairs)
    found = tokenize(TOKENIZERS[kind], "joint", WHOLE, {s: examples.frame[s].tolist() for s in ("left", "right")})
    unknown = sum(int(p.unknown.sum()) for p in found.sides.values())
    share = unknown / max(sum(len(p.ids) for p in found.sides.values()), 1)
    assert share == pytest.approx(encode(examples, TOKENIZERS[kind], "joint", WHOLE).tokens.unknown_tokens)


@settings(max_examples=80)
@given(TEXT, st.sampled_from(sorted(TOKENIZERS)), st.integers(0, 30))
def test_letters_against_a_count_one_by_one(text: str, kind: str, kept: int) -> None:
    tokenizer = TOKENIZERS[kind]
    found = pieces(tokenizer, ["x y", text, "z"])
    encoded = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
    unknown = None if kind in ("gpt2", "roberta") else tokenizer.unk_token_id
    read = zip(encoded.ids[:kept], encoded.offsets[:kept], strict=True)
    places = {i for token, span in read if token != unknown for i in range(*span)}
    assert found.total.tolist() == [2, sum(not c.isspace() for c in text), 1]
    assert found.seen(np.array([9, kept, 9]))[1] == sum(not text[i].isspace() for i in places)


def test_characters_that_a_tokenizer_drops_are_lost() -> None:
    """A vocabulary without an unknown token leaves out what it lacks and says nothing."""
    core = Core(models.BPE(vocab={c: i for i, c in enumerate("acgt")}, merges=[]))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, model_max_length=512)
    found = tokenize(tokenizer, "joint", 512, {"left": ["acgtnnnn", "acgt"]})
    assert found.unknown == {"left": {"tokens": 0.0, "characters": pytest.approx(4 / 12), "erased": 0.0}}
    assert found.lost == pytest.approx(1 / 3) and found.effective["left"] == pytest.approx(2 / 3)


def test_by_hand() -> None:
    tokenizer = TOKENIZERS["bert"]
    found = tokenize(tokenizer, "joint", 8, {"left": ["the cat", "the 猫"], "right": ["a dog", "a b c d e 猫"]})
    # [CLS] the ? [SEP] a b c [SEP]: d, e and the second unknown are cut away
    assert found.unknown == {
        "left": {"tokens": 1 / 4, "characters": pytest.approx(1 / 10), "erased": 0.0},
        "right": {"tokens": 1 / 8, "characters": pytest.approx(1 / 10), "erased": 0.0},
    }
    assert found.kept["left"].tolist() == [2, 2] and found.kept["right"].tolist() == [2, 3]
    assert (found.truncated, found.longest) == (0.5, 11)
    assert found.width == {"left": 10 / 4, "right": 10 / 8} and found.imbalance == 2.0
    assert found.effective == {"left": 9 / 10, "right": pytest.approx(7 / 10)}
