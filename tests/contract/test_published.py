"""Claims of papers say what the papers say: every number of a claim stands in published.csv, and none is missing."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from exapt.cli.claim import compose, sheets
from exapt.errors import BadInput
from exapt.models.pretrained import Pretrained
from exapt.ruling import Publication
from exapt.study.claim import Claim
from exapt.tasks.rows import RowTask

CSV = Path(__file__).resolve().parents[2] / "experiments" / "linguists_dna" / "published.csv"
COLUMNS = ["family", "row", "target", "metric", "value", "origin", "n", "seeds", "flipped", "length", "source", "note"]
with CSV.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
FAMILIES = sorted({row["family"] for row in ROWS})
CLAIMS = [name for name in sheets() if name.split("/")[0] in FAMILIES]
STATES = ("", "_as_published")
NAME = re.compile(r"(\w+)/(\w+?)_(dna_protein|dna|protein)(|_as_published|_as_published_unflipped)")
PAPER = ("paper table", "paper abstract", "paper text")

claim_of = cache(lambda name: compose(name, []))


def parts(name: str) -> tuple[str, str, str, str]:
    """Family, row, target and state of a claim."""
    match = NAME.fullmatch(name)
    assert match, f"{name}: claims of papers are called FAMILY/ROW_TARGET, with _as_published behind it or not"
    family, row, target, state = match.groups()
    return family, row, target, state


def rows_of(family: str, row: str, target: str) -> list[dict[str, str]]:
    """Accuracies of a row on a target, in the paper or the authors' notebook; not what sums up several runs."""
    wanted = {"family": family, "row": row, "target": target, "metric": "accuracy"}
    mine = [one for one in ROWS if wanted.items() <= one.items()]
    return [one for one in mine if one["origin"] in (*PAPER, "notebook")]


def faults(name: str, told: Publication) -> list[str]:
    """What a claim says otherwise than the file."""
    family, row, target, state = parts(name)
    flipped = "no" if state.endswith("unflipped") else rows_of(family, row, target)[0]["flipped"]
    found = {
        ("paper" if one["origin"] in PAPER else "notebook"): one
        for one in rows_of(family, row, target)
        if one["flipped"] == flipped
    }
    first = found.get("paper") or found["notebook"]
    beside = float(found["notebook"]["value"]) if len(found) == 2 else None
    expected = {
        "value": float(first["value"]), "metric": first["metric"], "flipped": flipped == "yes", "notebook": beside,
        "n": int(first["n"]) if first["n"] else None, "seeds": int(first["seeds"]),
    }  # fmt: skip
    said = {key: getattr(told, key) for key in expected}
    lines = [f"{key}: {said[key]}, published.csv has {expected[key]}" for key in expected if said[key] != expected[key]]
    return lines + ([] if told.paper in first["source"] or "notebook" in told.place else [f"paper: {told.paper}"])


def publication(name: str) -> Publication:
    told = claim_of(name).publication
    assert told is not None
    return told


def target_of(claim: Claim) -> RowTask:
    (task,) = claim.targets.values()
    assert isinstance(task, RowTask)
    return task


def test_the_file_is_whole() -> None:
    assert list(ROWS[0]) == COLUMNS and FAMILIES == ["biopaws", "central_dogma", "linguists_dna"]
    for row in ROWS:
        assert 0 <= float(row["value"]) <= 1 and row["metric"] in ("accuracy", "f1") and row["source"]
        assert row["flipped"] in ("yes", "no") and int(row["seeds"]) >= 1 and (not row["n"] or int(row["n"]) > 0)
        assert row["source"].split(" ")[0] in ("arXiv", "bioRxiv", "GitHub")
    keys = [tuple(row[key] for key in (*COLUMNS[:4], "origin", "flipped")) for row in ROWS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_says_what_was_published(name: str) -> None:
    assert faults(name, publication(name)) == []


def test_a_wrong_number_is_caught() -> None:
    name = "linguists_dna/mbert_150bp_dna_as_published"
    told = publication(name)
    wrong = {"value": 0.28, "notebook": 0.8165, "metric": "auroc", "flipped": False, "n": 800, "seeds": 3}
    for key, value in wrong.items():
        (fault,) = faults(name, told.model_copy(update={key: value}))
        assert fault.startswith(f"{key}: {value}, published.csv has ")
    raw = publication(f"{name}_unflipped")
    assert raw.value == 0.1844 and faults(name, raw), "one of the two states does not pass for the other"


def test_every_row_has_its_claims() -> None:
    wanted = {
        f"{row['family']}/{row['row']}_{row['target']}{state}"
        for row in ROWS
        if row["target"] in ("dna", "dna_protein", "protein") and rows_of(row["family"], row["row"], row["target"])
        for state in STATES
    }
    unflipped = {name for name in CLAIMS if name.endswith("_unflipped")}
    assert wanted == set(CLAIMS) - unflipped
    assert {parts(name)[1] for name in unflipped} == {row["row"] for row in ROWS if row["flipped"] == "yes"} - {
        "gpt2_untrained_head"  # a summary, which claims nothing
    }


@pytest.mark.parametrize("name", [name for name in CLAIMS if "_as_published" in name])
def test_as_published(name: str) -> None:
    """The recipe and its flaws: word limit, one seed, accuracy; what was chosen on target labels is told."""
    claim, told = claim_of(name), publication(name)
    assert isinstance(claim.model, Pretrained) and claim.model.repair is None
    assert claim.metric == "accuracy" and claim.claimed == ["transfer"] and not claim.grid
    assert claim.seeds.count == told.seeds and claim.method.lr == 1e-5 and claim.method.epochs == 4
    corrected = claim_of(name.partition("_as_published")[0])
    assert (target_of(claim).positive == target_of(corrected).positive) is not told.flipped
    chosen = told.flipped or told.seeds > 1 or target_of(claim).letters is not None
    assert bool(claim.chosen) is chosen
    assert target_of(claim).limit == told.n or told.n is None


@pytest.mark.parametrize("name", [name for name in CLAIMS if "_as_published" not in name])
def test_tried_again(name: str) -> None:
    """Repaired, ten seeds, AUROC, every rung; nothing is flipped."""
    claim = claim_of(name)
    assert isinstance(claim.model, Pretrained) and claim.model.repair == "raise_limit"
    assert claim.metric == "auroc" and claim.seeds.count == 10 and claim.method.max_length is None
    assert claim.method.select == "auroc" and 1e-5 in claim.grid
    if "supervised" in name:
        assert claim.claimed == ["transfer", "pretraining", "need"]
        return
    assert claim.claimed == ["transfer", "language", "pretraining", "need"]
    assert set(claim.structure) == {"random_match"} and set(claim.nearby) == {"pawsx_fr", "pawsx_de"}
    assert target_of(claim).positive in ("similar", "coding", "homologous")
    assert target_of(claim).fractions is not None, "whether it can be learned at all is tried on the target itself"


def test_lengths_are_those_of_the_file() -> None:
    for name in CLAIMS:
        family, row, target, _ = parts(name)
        length = rows_of(family, row, target)[0]["length"]
        assert (target_of(claim_of(name)).letters == 50) is (length == "50"), name


def test_weights_that_nobody_published_have_no_id_of_the_hub() -> None:
    model = claim_of("linguists_dna/gpt2_small_1_dna").model
    assert isinstance(model, Pretrained) and "nowhere" in publication("linguists_dna/gpt2_small_1_dna").note
    with pytest.raises(BadInput, match="neither a folder here nor a model on the Hub"):
        model.facts()
