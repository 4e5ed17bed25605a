"""Published sets: placeholders put back into PAWS-X are found, and the audits that are kept are of these very data."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exapt.audit.labels import label_findings
from exapt.audit.names import CHECKS
from exapt.audit.repeated import CONTRADICTORY, placeholders
from exapt.audit.view import View, view_of
from exapt.example import Examples
from exapt.findings import Finding, Page
from exapt.tasks.pawsx import PawsX
from exapt.tasks.table import Table
from tests.unit.audit.small_views import DATA, real, sequences, view_of_rows

AUDITS = Path(__file__).resolve().parents[3] / "experiments" / "audits"
LOST = {"de": (68, 32), "fr": (8, 14), "zh": (16, 25)}  # rows of dev and test that translators left empty


def found(view: View) -> dict[str, Finding]:
    return {finding.check: finding for finding in label_findings(view)}


def put_back(language: str, folder: Path, sides: tuple[str, ...] = ("sentence1", "sentence2")) -> Table:
    """A language's dev and test as they were released: rows that the English files have and it has not are `NS`."""
    for split in ("dev", "test"):
        english, other = (
            pd.read_csv(DATA / "pawsx" / f"{split}_2k.{name}.tsv", sep="\t", quoting=csv.QUOTE_NONE, dtype=str)
            for name in ("en", language)
        )
        whole = english.set_index("id")
        whole.loc[~english["id"].isin(set(other["id"])).to_numpy(), list(sides)] = "NS"
        whole.update(other.set_index("id"))
        columns = ["id", "sentence1", "sentence2", "label"]
        lines = ["\t".join(columns), *("\t".join(row) for row in whole.reset_index()[columns].to_numpy())]
        (folder / f"{split}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Table(
        name=f"pawsx_{language}", path=str(folder), splits={"dev": "dev.tsv", "test": "test.tsv"}, quoting=False,
        columns={"id": "id"}, labels={"0": "different", "1": "paraphrase"}, positive="paraphrase",
    )  # fmt: skip


@pytest.mark.parametrize("language", LOST)
def test_placeholder_rows_put_back_as_released_are_found(language: str, tmp_path: Path) -> None:
    real("pawsx/dev_2k.en.tsv")
    before = found(view_of(PawsX(language=language, data_dir=str(DATA))))["contradictory labels"]  # type: ignore[arg-type]
    view = view_of(put_back(language, tmp_path))
    assert {split: len(examples) for split, examples in view.splits.items()} == {"dev": 2000, "test": 2000}
    told = found(view)
    check = told["contradictory labels"]
    lost = sum(LOST[language])
    assert (before.facts["placeholders"], check.facts["placeholders"]) == (0, lost)
    assert check.level == "fail" and check.stops and check.value is not None and check.value >= lost / 4000
    assert check.facts["contradictory_pairs"] == before.facts["contradictory_pairs"] + 1, "(NS, NS) under both labels"
    assert told["duplicated rows"].facts["rows"] >= lost - 2
    assert f"{lost:,} rows hold a placeholder" in check.said


def planted(count: int, side: str | None) -> View:
    """The 2,000 English test pairs, some with a placeholder on one side or on both."""
    examples = PawsX(language="en", data_dir=real("pawsx/test_2k.en.tsv")).load("test")
    frame = examples.frame.copy()
    rows = np.random.default_rng(count).permutation(len(frame))[:count]
    for which in ("left", "right") if side is None else (side,):
        frame.loc[frame.index[rows], which] = "NS"
    return View("planted", {"test": Examples(frame, examples.space)})


@pytest.mark.parametrize("side", [None, "left", "right"])
@pytest.mark.parametrize(
    ("count", "level"), [(0, "pass"), (1, "warn"), (10, "warn"), (11, "fail"), (40, "fail"), (400, "fail")]
)
def test_a_single_placeholder_row_is_seen_and_half_a_percent_stops(count: int, level: str, side: str | None) -> None:
    view = planted(count, side)
    check = found(view)["contradictory labels"]
    assert (check.level, check.facts["placeholders"]) == (level, count)
    assert (check.value or 0) == pytest.approx(count / 2000) and (count / 2000 > CONTRADICTORY) == (level == "fail")
    frame = view.frame
    marked = frame["id"][(frame["left"] == "NS") | (frame["right"] == "NS")]
    assert set(check.ids) <= set(marked) and len(check.ids) == min(count, 10)
    assert "neither label can be believed" in check.remedy or not count


def test_what_only_looks_like_a_placeholder_is_none() -> None:
    """An answer of one word among words, a short sentence, a sequence with some N."""
    words = [(word, None, i % 2 == 0, str(i)) for i, word in enumerate(["none", "na", "yes", "unknown", "maybe"] * 8)]
    assert not placeholders(view_of_rows(train=words)).any()
    rng = np.random.default_rng(3)
    text = [(f"sentence number {i} says that something is so", None, i % 2 == 0, str(i)) for i in range(40)]
    assert not placeholders(view_of_rows(train=[*text, ("No.", None, True, "x"), ("NSA", None, True, "y")])).any()
    dna = [(sequence, None, i % 2 == 0, str(i)) for i, sequence in enumerate(sequences(40, 50, "dna", rng))]
    some = view_of_rows(train=[*dna, ("N" * 40 + "ACGTACGTAC", None, True, "x")])
    assert not placeholders(some).any()
    none = view_of_rows(train=[*dna, ("n" * 50, None, True, "x"), ("-" * 50, None, False, "y")])
    assert np.flatnonzero(placeholders(none)).tolist() == [40, 41]
    proteins = [(sequence, None, i % 2 == 0, str(i)) for i, sequence in enumerate(sequences(40, 50, "protein", rng))]
    assert np.flatnonzero(placeholders(view_of_rows(test=[*proteins, ("X" * 30, None, True, "x")]))).tolist() == [40]


PAGES = sorted(AUDITS.glob("*/audit.json"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_a_kept_audit_is_whole(path: Path) -> None:
    page = Page.model_validate_json(path.read_text(encoding="utf-8"))
    checks = [finding.check for finding in page.findings]
    tokens = {check for check, family in CHECKS.items() if family == "tokens"}
    assert len(set(checks)) == len(checks) and set(checks) <= set(CHECKS)
    assert {"contradictory labels", "exact leakage", "reach", "power"} <= set(checks)
    assert (page.model is None) == (not tokens & set(checks))
    assert all(f.n or f.level == "skip" for f in page.findings)


KEPT = {
    "gue_prom_core_tata": lambda: Table(
        name="t", data_dir=str(DATA), path="gue/prom_core_tata", alphabet={"left": "dna"}, positive="promoter",
        splits={split: f"{split}.csv" for split in ("train", "dev", "test")},
        columns={"left": "sequence", "right": None}, labels={"0": "not_promoter", "1": "promoter"},
    ),
    "pawsx_en_12k": lambda: PawsX(language="en", data_dir=str(DATA), train="12k"),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_audit_is_of_the_data_that_are_here(name: str) -> None:
    """Its digests are the examples', and what its labels' checks say is said again."""
    real("pawsx/dev_2k.en.tsv"), real("gue/prom_core_tata/train.csv")
    page = Page.model_validate_json((AUDITS / name / "audit.json").read_text(encoding="utf-8"))
    view = view_of(KEPT[name]())
    assert page.digests == {split: examples.digest for split, examples in view.splits.items()}
    kept = {finding.check: finding for finding in page.findings}
    for check, finding in found(view).items():
        assert (kept[check].level, kept[check].value) == (finding.level, pytest.approx(finding.value)), check
