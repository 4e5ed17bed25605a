"""A run's folder: found by identity, refused in one line where it cannot be, held by one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest
import yaml

from exapt.errors import BadInput
from exapt.learning.devices import Devices
from exapt.study.folder import add_timing, find_run, first_asked, locked, write_settings
from tests.unit.study.conftest import small

KEY = "0123456789abcdef"


def test_a_folder_is_named_by_name_and_identity(tmp_path: Path) -> None:
    assert find_run(tmp_path / "runs", "mine", KEY) == tmp_path / "runs" / "mine-0123456789"


def test_a_folder_of_the_same_identity_is_found_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "other-9999999999").mkdir()
    (tmp_path / "file-0123456789").write_text("a file is no run")
    assert find_run(tmp_path, "mine", KEY) == tmp_path / "mine-0123456789"
    (tmp_path / "older-0123456789").mkdir()
    assert find_run(tmp_path, "mine", KEY) == tmp_path / "older-0123456789"


def test_out_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(BadInput, match=r"^out: .*runs is a file; give a folder\.$"):
        small(tmp_path / "runs").execute()
    assert (tmp_path / "runs").read_text() == ""


def test_out_below_a_file_or_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "runs", Path("/proc/exapt")):
        with pytest.raises(BadInput, match=r"^out: .* cannot be written \(.*\); give another folder with out=DIR\.$"):
            small(place).execute()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_out_without_permission(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir(mode=0o500)
    with pytest.raises(BadInput, match="cannot be written"):
        small(tmp_path / "runs").execute()


def test_one_process_holds_a_folder(tmp_path: Path) -> None:
    with locked(tmp_path / "run", Devices()):
        other = os.open(tmp_path / "run" / ".lock", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)


def test_a_failed_run_lets_go_of_its_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locked(tmp_path, Devices()):
        raise RuntimeError
    with locked(tmp_path, Devices()):
        pass


def test_settings_are_written_once(tmp_path: Path) -> None:
    write_settings(tmp_path, {"b": 1, "a": {"name": "Zürich", "lr": 1e-5}}, Devices())
    write_settings(tmp_path, {"b": 2}, Devices())
    assert yaml.safe_load((tmp_path / "config.yaml").read_text()) == {"b": 1, "a": {"name": "Zürich", "lr": 1e-5}}
    assert first_asked(tmp_path, "b") == 1


def test_timings_are_added_up_in_order(tmp_path: Path) -> None:
    add_timing(tmp_path, "fit", 1.26, 100.04)
    add_timing(tmp_path, "fit", 2, 0)
    rows = json.loads((tmp_path / "timing.json").read_text())
    assert [(r["what"], r["seconds"], r["examples_per_second"]) for r in rows] == [("fit", 1.3, 100.0), ("fit", 2, 0)]
