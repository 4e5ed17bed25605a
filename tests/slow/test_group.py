"""A group of processes on one machine predicts as one process does; a fault of one member ends all, with its line."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from exapt.cli import launch
from exapt.cli.main import main
from exapt.errors import BadInput
from tests.slow.children import call, end, start
from tests.slow.small import contents, only_run, small_run
from tests.slow.test_commands import run, target, until
from tests.slow.test_processes import pair

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def group(deed: str, place: Path) -> int:
    os.environ["PYTHONPATH"] = str(ROOT)  # a child of the server has another environment
    outcome = launch._group(f"_target_: tests.slow.member.Two\ndeed: {deed}\nplace: {place}\n", 2)
    outcome.tell()
    return outcome.code


def alive(place: Path) -> list[int]:
    found = []
    for pid in (int(file.stem.partition("-")[2]) for file in place.glob("*.pid")):
        try:
            status = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it is gone, or goes while we read
            continue
        if status.rpartition(")")[2].split()[0] != "Z":
            found.append(pid)
    return found


def test_all_members_of_a_group_that_is_done_end_well(tmp_path: Path) -> None:
    assert group("done", tmp_path) == 0
    assert sorted(p.name.partition("-")[0] for p in tmp_path.iterdir()) == ["0", "1"]


def test_bad_input_of_one_member_ends_the_group_with_its_line(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(BadInput, match=r"^row 3 is bad; mend it\.$"):
        group("bad input", tmp_path)
    assert time.monotonic() - began < 60
    assert alive(tmp_path) == []


def test_a_fault_of_one_member_ends_the_group_with_its_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert group("fault", tmp_path) == 1
    lines = capfd.readouterr().err.splitlines()
    assert [line for line in lines if "ZeroDivisionError: by nothing" in line and line.startswith("exapt: ")]
    assert alive(tmp_path) == []


def test_a_killed_member_ends_the_group_and_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert group("killed", tmp_path) == 1
    assert "exapt: process 2 of 2 was killed by signal 9; the same command continues." in capfd.readouterr().err
    assert alive(tmp_path) == []


def test_members_do_not_outlive_their_parent(tmp_path: Path) -> None:
    parent = start(group, "wait", tmp_path)
    until(lambda: len(alive(tmp_path)) == 2, parent)
    parent.kill()
    assert end(parent) == -signal.SIGKILL
    until(lambda: not alive(tmp_path))


def planted(out: Path) -> int:
    """A run on two processes; the second meets a loss that is no number."""
    from exapt.cli.faults import explain
    from exapt.learning import module
    from exapt.learning.devices import Devices

    if os.environ["RANK"] == "1":
        original = module.cross_entropy
        module.cross_entropy = lambda *a, **k: original(*a, **k) * math.nan  # type: ignore[assignment]
    try:
        small_run(out, trainer=Devices(accelerator="cpu", progress=False, devices=2)).execute()
    except BadInput as error:
        line, code = explain(error)
        os.write(1, f"{line}\n".encode())  # at once: two processes write here
        return code
    return 0


def test_a_loss_that_is_no_number_on_one_process_stops_all_and_names_the_whole_batch(tmp_path: Path) -> None:
    said = tmp_path / "said"
    assert pair(planted, tmp_path / "runs", said=said) == [2, 2]
    lines = [line for line in said.read_text().splitlines() if line.startswith("step 0: the loss is nan")]
    assert len(lines) == 2
    assert lines[0] == lines[1]
    named = lines[0].partition("examples ")[2].partition(";")[0].split(", ")
    assert len(set(named)) == 32


def test_a_command_on_two_processes_predicts_what_one_predicts(tmp_path: Path) -> None:
    """Through the real command line, from a fit that one process made."""
    words: list[Any] = [*target("dna_synth_80"), "method.epochs=1"]
    assert call(main, run(tmp_path / "one", *words)) == 0
    one = only_run(tmp_path / "one")
    two = Path(shutil.copytree(one, tmp_path / "two" / one.name))
    shutil.rmtree(two / "scores")
    (two / "record.json").unlink()
    command = [
        sys.executable, "-m", "exapt.cli.main", *run(tmp_path / "two", *words), "trainer=ddp", "trainer.devices=2",
        "trainer.accelerator=cpu",
    ]  # fmt: skip
    environment = {**os.environ, "EXAPT_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr.count("finished before, its fit is reused")) == (0, 1), done.stderr
    assert contents(two) == contents(one)
    assert done.stdout.count("report: ") == 1
