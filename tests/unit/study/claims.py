"""A claim that takes seconds, for the tests of everything around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.scratch import Scratch
from exapt.study.claim import Claim, Seeds
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.random_match import RandomMatch
from exapt.tasks.text_match import TextMatch

SIZES: dict[str, int] = {"length": 24, "train": 64, "dev": 32, "test": 64}
MODEL = Scratch(name="small", layers=1, width=16, heads=2)
SOURCE = TextMatch(**SIZES)  # type: ignore[arg-type]
DNA = DnaSynth(name="dna", **SIZES)  # type: ignore[arg-type]
RANDOM = RandomMatch(**SIZES)  # type: ignore[arg-type]
METHOD: dict[str, Any] = {"epochs": 2, "batch": 32, "lr": 3e-3, "precision": "32-true", "select": "auroc"}


def small_claim(out: Path, *, method: dict[str, Any] | None = None, count: int = 2, **settings: Any) -> Claim:
    """Two seeds of every arm, two epochs of two steps each."""
    given: dict[str, Any] = {
        "name": "small", "statement": "English teaches a model to compare DNA.", "model": MODEL, "source": SOURCE,
        "targets": {"dna": DNA}, "structure": {"random_match": RANDOM}, "method": Method(**METHOD | (method or {})),
        "trainer": Devices(accelerator="cpu", progress=False), "rungs": ["transfer", "language", "need"],
        "seeds": Seeds(count=count), "out": str(out),
    }  # fmt: skip
    return Claim(**given | settings)
