"""Cells that are shared: another process's are left to it, faults are told, what a dead one held is taken over."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from exapt.errors import BadInput
from exapt.models.pretrained import Pretrained
from exapt.study import claiming
from exapt.study.claiming import LOCKS, Files, look, work
from exapt.study.judging import rule
from tests.unit.study.claims import SOURCE, small_claim
from tests.unit.study.flawed import table

FEW = {"rungs": ["need"], "count": 1, "leave_out": ["permuted_labels", "target_supervised"]}


@pytest.mark.slow
def test_a_cell_that_another_process_holds_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = small_claim(tmp_path, **FEW)  # type: ignore[arg-type]
    monkeypatch.setattr(claiming, "WAIT", 0.05)
    files = Files()
    held = next(cell for cell in look(claim, files).cells if cell.arm == "bag_of_words")
    assert held.run is not None
    folder, identity = files.place(held.run)
    lock = tmp_path / "claims" / LOCKS / identity[:10]
    lock.parent.mkdir(parents=True)
    handle = os.open(lock, os.O_CREAT | os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    found: list[claiming.Worked] = []
    worker = threading.Thread(target=lambda: found.append(work(claim)))
    worker.start()
    deadline = time.monotonic() + 120
    while len(look(claim, Files()).records) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert worker.is_alive() and not (folder / "record.json").exists()
    os.close(handle)  # the other process died
    worker.join(120)
    assert not worker.is_alive() and found[0].missing == [] and (folder / "record.json").exists()


def test_a_model_that_is_not_at_hand_ends_as_not_run_and_leaves_nothing(tmp_path: Path) -> None:
    model = Pretrained(name="gpt2", name_or_path=str(tmp_path / "nowhere"))
    worked = work(small_claim(tmp_path / "runs", model=model, **FEW))  # type: ignore[arg-type]
    assert list(worked.faults) == ["treatment, seed 0"]
    (found,) = rule([worked])
    assert found.targets[0].verdict == "not run"
    assert "nowhere" in found.targets[0].reasons[0].said
    assert not list((tmp_path / "runs").glob("*-treatment-*"))


def test_data_that_is_not_at_hand_ends_as_not_run(tmp_path: Path) -> None:
    gone = table(tmp_path / "data")
    (tmp_path / "data" / "test.csv").unlink()
    worked = work(small_claim(tmp_path / "runs", targets={"mine": gone}, **FEW))  # type: ignore[arg-type]
    (found,) = rule([worked])
    assert found.targets[0].verdict == "not run" and "test.csv" in found.targets[0].reasons[0].said


def test_a_task_with_a_leak_stops_before_anything_is_trained(tmp_path: Path) -> None:
    leaked = table(tmp_path / "data", "leaked")
    worked = work(small_claim(tmp_path / "runs", source=leaked, targets={"text": SOURCE}, **FEW))  # type: ignore[arg-type]
    assert "exact leakage" in worked.faults["treatment, seed 0"]
    assert not list((tmp_path / "runs").glob("*/fit.json"))


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "claims").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        work(small_claim(tmp_path / "runs", **FEW))  # type: ignore[arg-type]
