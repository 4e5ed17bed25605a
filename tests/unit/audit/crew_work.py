"""Pieces of work for the tests of workers: functions of a module, which other processes can import."""

from __future__ import annotations

import os
import time
from pathlib import Path


def product(given: int, part: int) -> int:
    return given * part


def together(folder: Path, part: str) -> int:
    """The process's number; only done once both parts, a and b, have begun."""
    (folder / part).touch()
    until = time.monotonic() + 60
    while not all((folder / name).exists() for name in "ab"):
        if time.monotonic() > until:
            raise TimeoutError("nobody takes the other part")
        time.sleep(0.01)
    return os.getpid()


def only_here(here: int, part: int) -> int:
    """Fails in every process but one."""
    if os.getpid() != here:
        raise RuntimeError("not here")
    time.sleep(0.05)
    return part


def only_here_alive(here: int, part: int) -> int:
    """Kills every process but one."""
    if os.getpid() != here:
        os._exit(1)
    time.sleep(0.05)
    return part


def broken(given: int, part: int) -> float:
    return given / part
