"""A claim that is killed again and again, or shared by two processes, ends with the verdict of an undisturbed one."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from exapt.cli.launch import speak
from exapt.study import claiming, judging, recording, scoring
from exapt.study.claiming import Files, work
from exapt.study.judging import write_verdicts
from tests.slow import moments
from tests.slow.children import call, end, start
from tests.unit.study.claims import small_claim

pytestmark = pytest.mark.slow


def _arm(name: str) -> Callable[..., bool]:
    return lambda folder, record, *_, **__: record.fit.arm == name


# one in each phase of a claim, in the order in which they come
MOMENTS: dict[str, Callable[[], None]] = {
    "middle of the first fit": lambda: moments.after(moments.resume.Resume, "on_train_batch_end", moments._at(3)),
    "predictions there, draws of the controls not": lambda: moments.before(scoring.Scorer, "add_controls"),
    "a control's record written": lambda: moments.after(recording, "write_record", _arm("permuted_labels")),
    "all cells finished, none judged": lambda: moments.before(judging, "rule"),
    "verdict written, card not": lambda: moments.before(judging, "write_card"),
}


def run(out: Path, moment: str | None = None, worker: int = 0) -> None:
    if moment is not None:
        MOMENTS[moment]()
    speak()
    claim = small_claim(out, worker=worker)
    worked = work(claim, Files())
    write_verdicts([worked], judging.rule([worked]))


def verdict(out: Path) -> dict[str, bytes]:
    (folder,) = [p for p in (out / "claims").iterdir() if p.name != claiming.LOCKS]
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def trained(out: Path) -> list[str]:
    """One name for each time that a fit was ended, whoever did it."""
    return sorted(
        f"{file.parent.name} {row['ended']}"
        for file in out.glob("*/timing.json")
        for row in json.loads(file.read_text())
        if row["what"] == "fit"
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole")
    assert call(run, out) == 0
    left = verdict(out)
    assert set(left) == {"verdict.json", "verdict.md"}
    return left


def test_killed_five_times_it_ends_with_the_same_verdict(whole: dict[str, bytes], tmp_path: Path) -> None:
    for moment in MOMENTS:
        assert call(run, tmp_path, moment) == -signal.SIGKILL, f"never reached: {moment}"
    assert call(run, tmp_path) == 0
    assert verdict(tmp_path) == whole


def test_two_processes_share_the_cells(whole: dict[str, bytes], tmp_path: Path) -> None:
    said = [tmp_path / f"said-{worker}" for worker in (0, 1)]
    both = [start(run, tmp_path / "runs", None, worker, said=said[worker]) for worker in (0, 1)]
    assert [end(child) for child in both] == [0, 0]
    assert verdict(tmp_path / "runs") == whole
    fits = trained(tmp_path / "runs")
    assert len(fits) == len({name.partition(" ")[0] for name in fits}), "a cell was trained twice"
    began = [file.read_text().count("training on") for file in said]
    assert sum(began) == len(fits) and min(began) > 0, "one of them did all the work"
