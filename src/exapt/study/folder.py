"""A run's folder: found by identity, locked while it is worked on, with settings and timings beside the record."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from exapt.errors import BadInput
from exapt.files import write_atomically, write_json
from exapt.learning.devices import Devices

LOG = logging.getLogger("exapt")
SHORT = 10  # digits of the identity in a folder's name
SETTINGS = "config.yaml"


def find_run(out: Path, name: str, identity: str) -> Path:
    """The folder of the run with this identity: one that exists, whatever it is named, or `<name>-<identity>`."""
    if out.exists() and not out.is_dir():
        raise BadInput(f"out: {out} is a file; give a folder.")
    known = sorted(p for p in out.glob(f"*-{identity[:SHORT]}") if p.is_dir())
    return known[0] if known else out / f"{name}-{identity[:SHORT]}"


@contextmanager
def locked(folder: Path, devices: Devices) -> Iterator[None]:
    """Hold a run's folder: a second process that wants it waits until the first is done, then reuses what it left."""
    if devices.rank != 0:
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise BadInput(
            f"out: {folder} cannot be written ({error.strerror}); give another folder with out=DIR."
        ) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            LOG.info("%s: another process works on this run; waiting for it", folder)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_settings(folder: Path, settings: dict[str, Any], devices: Devices) -> None:
    """Write `config.yaml`, from which the same run can be built again; an existing one stays."""
    if devices.rank == 0 and not (folder / SETTINGS).exists():
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        write_atomically(folder / SETTINGS, lambda p: p.write_text(text, encoding="utf-8"))


def first_asked(folder: Path, key: str) -> Any:
    """A setting of the run that made a folder, whatever a later one says."""
    return yaml.safe_load((folder / SETTINGS).read_text(encoding="utf-8")).get(key)


def add_timing(folder: Path, what: str, seconds: float, examples_per_second: float) -> None:
    """Add a row to `timing.json`: what a machine needed. Kept apart from the record, which holds no time."""
    file = folder / "timing.json"
    rows = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    ended = datetime.now(UTC).isoformat(timespec="seconds")
    rows.append(
        {
            "what": what,
            "ended": ended,
            "seconds": round(seconds, 1),
            "examples_per_second": round(examples_per_second, 1),
        }
    )
    write_json(file, rows)
