"""The calibration that is kept: its page is made of its counts alone, and its targets are met."""

from __future__ import annotations

from pathlib import Path

from exapt.evaluation.calibration_cells import Calibration
from exapt.report.calibration import calibration_page

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "calibration"


def test_the_page_says_what_was_counted() -> None:
    found = Calibration.model_validate_json((STUDY / "calibration.json").read_text(encoding="utf-8"))
    assert (STUDY / "calibration.md").read_text(encoding="utf-8") == calibration_page(found)
    assert found.met
