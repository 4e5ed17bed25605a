"""`exapt claim --calibrate`: its flags, its files, its exit code, and one line for what it cannot read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exapt.cli import calibrate as verb
from exapt.errors import BadInput
from exapt.evaluation.calibration import Told
from exapt.evaluation.calibration_cells import Calibration
from tests.unit.report.test_calibration import found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What was asked of a calibration that takes no time: draws and seed."""
    calls: list[tuple[int, int]] = []

    def quick(draws: int, seed: int, told: Told) -> Calibration:
        calls.append((draws, seed))
        told("level", 1.0)
        return found(supported=90 if seed != 13 else 200)

    monkeypatch.setattr(verb, "calibrate", quick)
    return calls


def test_it_prints_the_page_and_leaves_both_files(
    asked: list[tuple[int, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "folder"
    assert verb.command(["--calibrate", "--seed", "3", "--draws=40", "--out", str(out)]) == 0
    assert asked == [(40, 3)]
    page = (out / "calibration.md").read_text()
    assert page in capsys.readouterr().out and "targets met" in page
    assert Calibration.model_validate(json.loads((out / "calibration.json").read_text())) == found()
    assert sorted(p.name for p in out.iterdir()) == ["calibration.json", "calibration.md"]


def test_a_missed_target_is_an_exit_code(asked: list[tuple[int, int]]) -> None:
    assert verb.command(["--calibrate", "--seed=13"]) == 1
    assert asked == [(2000, 13)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sede", "3"], "Did you mean '--seed'?"),
        (["--seed", "x"], "--seed x is no whole number; give 0 or more"),
        (["--draws", "0"], "--draws 0 is no whole number; give 1 or more"),
        (["--draws", "--out"], "--draws wants a value behind it"),
        (["--out"], "--out wants a value behind it"),
        (["claim.yaml"], "'claim.yaml' is no flag of it"),
    ],
)
def test_what_it_cannot_read_is_one_line(asked: list[tuple[int, int]], words: list[str], said: str) -> None:
    with pytest.raises(BadInput) as fault:
        verb.command(["--calibrate", *words])
    assert said in str(fault.value) and "\n" not in str(fault.value) and not asked


def test_a_file_in_the_place_of_the_folder_is_told_before_the_work(
    asked: list[tuple[int, int]], tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "taken").write_text("")
    with pytest.raises(BadInput, match="taken is no folder"):
        verb.command(["--calibrate", "--out", str(tmp_path / "taken")])
    assert not asked
