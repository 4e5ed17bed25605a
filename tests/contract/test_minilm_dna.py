"""The study of MiniLM on DNA holds: tables of likeness and the whole verdict are computed again from records."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr

from exapt.evaluation.cautions import cautions
from exapt.evaluation.exhibits import Exhibit
from exapt.evaluation.hearing import Asked, arms_on, evidence_on
from exapt.evaluation.metrics import auroc
from exapt.evaluation.predictions import read_predictions
from exapt.evaluation.ruled import target_of
from exapt.evaluation.together import judge_together
from exapt.record import RECORD, read_record
from exapt.report.card import card
from exapt.report.markdown import estimate
from exapt.report.table import find_records
from exapt.ruling import Cell, Target, read_ruling
from tests.contract.scripts import script

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "minilm_dna"
likeness, signs = (script(STUDY / f"{name}.py") for name in ("likeness", "signs"))
KNOWN = pd.read_parquet(likeness.LIKENESS)
RECORDS = find_records([STUDY / "records"])
RULINGS = {file.stem: read_ruling(file) for file in sorted(STUDY.glob("verdict_*.json"))}
judged_claims = pytest.mark.parametrize("name", RULINGS)


def test_the_pages_follow_from_predictions_and_likeness() -> None:
    assert (STUDY / "likeness.md").read_text(encoding="utf-8") == likeness.page()
    assert (STUDY / "signs.md").read_text(encoding="utf-8") == signs.page()


def test_equal_beginnings_are_compared_pair_by_pair() -> None:
    rng = np.random.default_rng(0)
    positive, score, stratum = (
        rng.random(200) < 0.4,
        rng.normal(size=200).round(1),
        rng.integers(0, 8, 200).astype(float),
    )
    weight = np.stack([np.ones(200), rng.integers(0, 3, 200).astype(float)])
    for draw, found in zip(weight, likeness.within(positive, score, stratum, weight), strict=True):
        pairs = [
            (draw[i] * draw[j], float(score[i] > score[j]) + 0.5 * float(score[i] == score[j]))
            for i in np.flatnonzero(positive)
            for j in np.flatnonzero(~positive & (stratum == stratum[i]))
        ]
        assert found == pytest.approx(sum(n * ahead for n, ahead in pairs) / sum(n for n, _ in pairs))


def test_a_correlation_given_others_is_the_textbooks() -> None:
    """Of three columns, from the inverse of the matrix of rank correlations."""
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(300, 3))
    score = columns @ [1.0, 0.5, -1.0] + rng.normal(size=300)
    inverse = np.linalg.inv(spearmanr(np.column_stack([score, columns])).statistic)
    for place in range(3):
        told = -inverse[0, place + 1] / np.sqrt(inverse[0, 0] * inverse[place + 1, place + 1])
        assert likeness.along(score, columns, place) == pytest.approx(told)


def test_what_a_score_says_of_single_strings_cancels_in_a_swap_block() -> None:
    """Left 100, 0 and right 0, 10, and 1 more for a homolog: AUROC is hardly above 0.5, every block is right."""
    made = [
        (f"block {k}", left == right, 100 * k * left + 10 * right + (left == right))
        for k in range(5)
        for left in (0, 1)
        for right in (0, 1)
    ]
    assert signs.blocks(pd.DataFrame(made, columns=["group", "positive", "score"])) == 1
    assert signs.blocks(pd.DataFrame(made, columns=["group", "positive", "score"]).assign(score=0.0)) == 0.5


def test_a_correlation_of_ranks_is_spearmans() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60, 2))
    ranks = rankdata(x, axis=0)
    assert signs.correlated(ranks, [str(k) for k in range(60)]).value == pytest.approx(spearmanr(x).statistic)


@pytest.mark.parametrize("name", likeness.TARGETS)
def test_every_pair_has_its_likeness(name: str) -> None:
    known = KNOWN.query("target == @name").set_index("id")
    assert known.index.is_unique
    assert known["identity"].notna().tolist() == known["positive"].tolist()
    assert known.loc[known["positive"], "identity"].between(0.6, 1).all()
    for file, record in ((file, record) for file, record in RECORDS if name in record.scores):
        score = record.scores[name]
        rows = read_predictions(file.parent / score.predictions).query("phase == 'trained'").set_index("id")
        assert set(rows.index) == set(known.index)
        assert known.loc[rows.index, "positive"].tolist() == (rows["label"] == score.data.positive).tolist()


def test_a_band_holds_its_lower_edge() -> None:
    """45 of 50 letters are 0.9, which float32 holds as a little less."""
    rows = pd.DataFrame(
        {
            "id": list("abcd"),
            "positive": [True, True, True, False],
            "group": list("wxyz"),
            "score": [3.0, 2.0, 1.0, 0.0],
        }
    )
    found = likeness.banded([rows], pd.Series([0.78, 0.8, 0.9], index=list("abc")))
    assert [found[title][0] for title in likeness.BANDS] == [1, 1, 1]
    for name in likeness.TARGETS:
        letters = (KNOWN.query("target == @name and positive")["identity"] * 50).round()
        counts = [int((letters < 40).sum()), int(letters.between(40, 44).sum()), int((letters >= 45).sum())]
        (seeds,) = (seeds for key, seeds in likeness.fits().items() if key == ("joint", "treatment", name))
        identity = KNOWN.query("target == @name").set_index("id")["identity"]
        again = likeness.banded(seeds[:1], identity)
        assert [again[title][0] for title in likeness.BANDS] == counts


@pytest.mark.slow
def test_likeness_is_that_of_the_built_pairs(data_dir: Path) -> None:
    made = likeness.likeness(data_dir)
    told, again = (frame.astype({"id": str, "target": str}) for frame in (KNOWN, made))
    sums = [column for column in told if column == "near" or column.startswith("anew_")]  # of 384 differences
    pd.testing.assert_frame_equal(again.drop(columns=sums), told.drop(columns=sums))
    assert np.allclose(again[sums], told[sums], atol=1e-2)


@judged_claims
def test_the_page_of_the_verdict_says_what_the_verdict_says(name: str) -> None:
    assert (STUDY / f"{name}.md").read_text(encoding="utf-8") == card(RULINGS[name])


@judged_claims
def test_the_verdict_is_on_the_records_that_lie_here(name: str) -> None:
    ruling = RULINGS[name]
    assert name == f"verdict_{ruling.claim.partition('/')[2]}"
    assert {cell.run for cell in ruling.cells} <= {file.parent.name for file, _ in RECORDS}
    assert not any(cell.fault for cell in ruling.cells)
    assert ruling.seeds == 3


@pytest.mark.parametrize(
    ("name", "target"), [pytest.param(k, one, id=f"{k}-{one.target}") for k in RULINGS for one in RULINGS[k].targets]
)
def test_the_verdict_rests_on_the_predictions(name: str, target: Target) -> None:
    again: dict[str, dict[str, float]] = {}
    for cell in RULINGS[name].cells:
        record = read_record(STUDY / "records" / cell.run / RECORD)
        if target.target not in record.scores:
            continue
        score = record.scores[target.target]
        rows = read_predictions(STUDY / "records" / cell.run / score.predictions).query("phase == 'trained'")
        positive = (rows["label"] == score.data.positive).to_numpy(bool)
        area = auroc(positive, rows["score"].to_numpy(float), np.ones((1, len(rows))))[0]
        again.setdefault(record.fit.arm, {})[cell.name.rpartition(" ")[2]] = float(area)
    trained = {arm.arm: arm for arm in target.arms if arm.seeds}
    assert set(trained) == set(again)
    for name, arm in trained.items():
        assert arm.seeds == pytest.approx(again[name], abs=1e-9)
        assert arm.value.value == pytest.approx(np.mean(list(again[name].values())), abs=1e-9)
    for contrast in (one for rung in target.rungs for one in rung.contrasts if one.arm in trained):
        difference = np.mean(list(again["treatment"].values())) - np.mean(list(again[contrast.arm].values()))
        assert contrast.difference.value == pytest.approx(difference, abs=1e-9)


@judged_claims
def test_the_judge_says_the_same_again(name: str) -> None:
    """Verdicts, reasons, intervals and p follow from records and what lies with them; other notes are the claim's."""
    ruling = RULINGS[name]
    exhibits = [exhibit(cell) for cell in ruling.cells]
    treatment = next(one.record for one in exhibits if one.arm == "treatment")
    known = {key: score.data.digest for key, score in treatment.scores.items()}
    asked = Asked(
        frozenset(ruling.claimed), {one.target: known[one.target] for one in ruling.targets}, known[ruling.source],
        {key: known[key] for key in ("pawsx_fr", "pawsx_de")}, margin=ruling.margin,
    )  # fmt: skip
    arms = {key: arms_on(asked, key, exhibits) for key in asked.targets}
    evidence = [evidence_on(asked, key, exhibits, [], arms[key]) for key in asked.targets]
    judged = judge_together([(one, ruling.margin) for one in evidence])
    for told, (found, adjusted) in zip(ruling.targets, judged, strict=True):
        again = target_of(asked, told.target, exhibits, arms[told.target], found, adjusted)
        same(again.model_dump(exclude={"notes"}), told.model_dump(exclude={"notes"}), told.target)
        said = list(cautions(asked, told.target, exhibits, arms[told.target]))
        assert said == told.notes[len(told.notes) - len(said) :]


def exhibit(cell: Cell) -> Exhibit:
    """A cell's run, named `arm (what), seed N`."""
    named = re.fullmatch(r"(\w+)(?: \((\w+)\))?, seed (\d+)", cell.name)
    assert named is not None
    folder = STUDY / "records" / cell.run
    return Exhibit(named[1], int(named[3]), read_record(folder / RECORD), folder, what=named[2] or "")


def same(again: object, told: object, where: str) -> None:
    """Equal, numbers up to 1e-9: another machine may add in another order."""
    if isinstance(told, dict) and isinstance(again, dict):
        assert set(again) == set(told), where
        for key in told:
            same(again[key], told[key], f"{where}: {key}")
    elif isinstance(told, list) and isinstance(again, list):
        assert len(again) == len(told), where
        for place, (left, right) in enumerate(zip(again, told, strict=True)):
            same(left, right, f"{where}: {place}")
    elif isinstance(told, float):
        assert again == pytest.approx(told, abs=1e-9, nan_ok=True), where
    else:
        assert again == told, where


@judged_claims
def test_the_readme_tells_the_verdict(name: str) -> None:
    """Rows `| target | verdict | treatment | arm by arm |` of the README, against the verdict named before it."""
    text = (STUDY / "README.md").read_text(encoding="utf-8").partition(f"]({name}.md)")[2]
    header = next(line for line in text.splitlines() if line.startswith("| target | verdict | "))
    rows = text.partition(header)[2].partition("\n\n")[0]
    arms = [cell.strip() for cell in header.strip("|").split("|")][2:]
    for target in RULINGS[name].targets:
        known = {arm.arm: estimate(arm.value) for arm in target.arms}
        assert f"| {target.target} | {target.verdict} | {' | '.join(known[arm] for arm in arms)} |" in rows
