"""The study of MiniLM on DNA holds: bands and verdict are computed again from the records beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exapt.evaluation.metrics import auroc
from exapt.evaluation.predictions import read_predictions
from exapt.record import RECORD, read_record
from exapt.report.card import card
from exapt.report.markdown import estimate
from exapt.report.table import find_records
from exapt.ruling import Target, read_ruling
from tests.contract.scripts import script

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "minilm_dna"
bands = script(STUDY / "bands.py")
RECORDS = find_records([STUDY / "records"])
RULING = read_ruling(STUDY / "verdict.json")


def test_the_bands_follow_from_predictions_and_identities() -> None:
    assert (STUDY / "bands.md").read_text(encoding="utf-8") == bands.page()


@pytest.mark.parametrize("name", bands.TARGETS)
def test_every_homologous_pair_has_an_identity_and_no_other(name: str) -> None:
    known = pd.read_parquet(bands.IDENTITIES).query("target == @name")
    assert known["id"].is_unique and known["identity"].between(0.5, 1).all()
    for file, record in ((file, record) for file, record in RECORDS if name in record.scores):
        score = record.scores[name]
        rows = read_predictions(file.parent / score.predictions).query("phase == 'trained'")
        assert set(rows.loc[rows["label"] == score.data.positive, "id"]) == set(known["id"])


@pytest.mark.slow
def test_identities_are_those_of_the_builder(data_dir: Path) -> None:
    made = bands.identities(data_dir)
    pd.testing.assert_frame_equal(made, pd.read_parquet(bands.IDENTITIES))


def test_the_page_of_the_verdict_says_what_the_verdict_says() -> None:
    assert (STUDY / "verdict.md").read_text(encoding="utf-8") == card(RULING)


def test_the_verdict_is_on_the_records_that_lie_here() -> None:
    assert {cell.run for cell in RULING.cells} == {file.parent.name for file, _ in RECORDS}
    assert RULING.seeds == 3


@pytest.mark.parametrize("target", RULING.targets, ids=lambda target: target.target)
def test_the_verdict_rests_on_the_predictions(target: Target) -> None:
    again: dict[str, dict[str, float]] = {}
    for cell in RULING.cells:
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


def test_the_readme_tells_the_verdict() -> None:
    """Rows `| target | verdict | treatment | arm by arm |` of the README, against the verdict."""
    text = (STUDY / "README.md").read_text(encoding="utf-8")
    (header,) = (line for line in text.splitlines() if line.startswith("| target | verdict | "))
    arms = [cell.strip() for cell in header.strip("|").split("|")][2:]
    for target in RULING.targets:
        known = {arm.arm: estimate(arm.value) for arm in target.arms}
        assert f"| {target.target} | {target.verdict} | {' | '.join(known[arm] for arm in arms)} |" in text
