"""The study of MiniLM on DNA holds: bands and verdict are computed again from the records beside them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from exapt.evaluation.predictions import read_predictions
from exapt.report.table import find_records
from tests.contract.scripts import script

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "minilm_dna"
bands = script(STUDY / "bands.py")
RECORDS = find_records([STUDY / "records"])


def test_the_bands_follow_from_predictions_and_identities() -> None:
    assert (STUDY / "bands.md").read_text(encoding="utf-8") == bands.page()


@pytest.mark.parametrize("name", bands.TARGETS)
def test_every_homologous_pair_has_an_identity_and_no_other(name: str) -> None:
    known = pd.read_parquet(bands.IDENTITIES).query("target == @name")
    assert known["id"].is_unique and known["identity"].between(0.5, 1).all()
    for file, record in RECORDS:
        score = record.scores[name]
        rows = read_predictions(file.parent / score.predictions).query("phase == 'trained'")
        assert set(rows.loc[rows["label"] == score.data.positive, "id"]) == set(known["id"])


def test_identities_are_those_of_the_builder(data_dir: Path) -> None:
    made = bands.identities(data_dir)
    pd.testing.assert_frame_equal(made, pd.read_parquet(bands.IDENTITIES))
