"""One small finished run to copy from, and an ear for what exapt says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.scratch import Scratch
from exapt.study.run import Finished, Run
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.text_match import TextMatch

DNA = DnaSynth(length=24, train=0, dev=0, test=32)


def small(out: Path, *, method: dict[str, Any] | None = None, **settings: Any) -> Run:
    """A run of one epoch of four steps."""
    recipe: dict[str, Any] = {"epochs": 1, "batch": 16, "lr": 3e-3, "precision": "32-true"}
    given: dict[str, Any] = {
        "model": Scratch(name="small", layers=1, width=16, heads=2),
        "source": TextMatch(length=24, train=64, dev=32, test=32),
        "method": Method(**(recipe | (method or {}))),
        "trainer": Devices(accelerator="cpu", progress=False),
        "targets": {"dna": DNA},
        "out": str(out),
    }
    return Run(**(given | settings))


@pytest.fixture(scope="session")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return small(tmp_path_factory.mktemp("finished")).execute()


@pytest.fixture
def finished(_first: Finished, tmp_path: Path) -> Callable[[], Path]:
    """Makes a folder `tmp_path/runs` with a finished run in it; returns the run's folder."""

    def copied() -> Path:
        return Path(shutil.copytree(_first.folder, tmp_path / "runs" / _first.folder.name))

    return copied
