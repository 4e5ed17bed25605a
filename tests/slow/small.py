"""Runs small enough to be made many times: a network of one layer, tens of pairs, with dropout and several epochs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.scratch import Scratch
from exapt.study.run import Run
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.text_match import TextMatch

STEPS = 8  # an epoch


def small_run(out: Path, *, method: dict[str, Any] | None = None, **settings: Any) -> Run:
    """A run of three epochs of eight steps, with dropout, that saves a state after every step."""
    recipe: dict[str, Any] = {
        "epochs": 3, "batch": 32, "lr": 3e-3, "dropout": 0.1, "select": "loss", "precision": "32-true",
    }  # fmt: skip
    given: dict[str, Any] = {
        "model": Scratch(name="small", layers=1, width=32, heads=2),
        "source": TextMatch(length=24, train=256, dev=128, test=64),
        "method": Method(**(recipe | (method or {}))),
        "trainer": Devices(accelerator="cpu", progress=False, save_every=0.0),
        "targets": {"dna": DnaSynth(length=24, train=0, dev=0, test=64)},
        "out": str(out),
    }
    return Run(**(given | settings))


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a finished run that must not depend on what happened on the way: no times, no paths."""
    left_out = {".lock", "timing.json", "config.yaml"}
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in left_out
    }


def only_run(out: Path) -> Path:
    """The one run's folder in `out`."""
    (folder,) = [p for p in out.iterdir() if p.is_dir()]
    return folder
