"""The fit of a run: kept whole or not at all, its trackers closed also when it fails."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning.loggers.logger import Logger

from exapt.errors import BadInput
from exapt.models.scratch import Scratch
from exapt.study.fitting import keep
from tests.unit.study.conftest import small


class Remembering(Logger):
    """A tracker that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, Any]] = []

    name = "remembering"  # type: ignore[assignment]
    version = "0"  # type: ignore[assignment]
    experiment = None

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        self.told.append(("settings", params))

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        self.told.append(("metrics", step))

    def finalize(self, status: str) -> None:
        self.told.append(("end", status))


def opened(made: list[Remembering], folder: Path, name: str, identity: str) -> Remembering:
    made.append(Remembering())
    return made[-1]


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every new network has a weight that is no number."""
    original = Scratch.network

    def network(self: Scratch, **settings: Any) -> Any:
        made = original(self, **settings)
        with torch.no_grad():
            made.head.weight[0, 0] = math.nan  # type: ignore[index, operator]
        return made

    monkeypatch.setattr(Scratch, "network", network)


def test_a_tracker_hears_settings_metrics_and_the_end(tmp_path: Path) -> None:
    made: list[Remembering] = []
    small(tmp_path, targets={}, logger=functools.partial(opened, made)).execute()
    (tracker,) = made
    assert tracker.told[0][0] == "settings"
    assert tracker.told[0][1]["method"]["lr"] == 3e-3
    assert tracker.told[1:] == [("metrics", 4), ("end", "success")]


@pytest.mark.usefixtures("planted")
def test_a_fit_that_fails_closes_its_tracker_and_leaves_no_fit(tmp_path: Path) -> None:
    """In a sweep an open one would take the next run's numbers."""
    made: list[Remembering] = []
    with pytest.raises(BadInput, match="the loss is nan"):
        small(tmp_path, targets={}, logger=functools.partial(opened, made)).execute()
    assert made[0].told[1:] == [("end", "failed")]
    (folder,) = tmp_path.iterdir()
    assert {p.name for p in folder.rglob("*") if p.is_file()} == {".lock", "config.yaml", "train_sides.npy"}


def test_weights_are_kept_whole_and_replace_those_of_a_killed_process(tmp_path: Path) -> None:
    new, place = tmp_path / "best-2", tmp_path / "checkpoint"
    new.mkdir()
    (new / "a").write_text("new")
    for left in (place, tmp_path / "checkpoint.part"):
        left.mkdir()
        (left / "old").write_text("old")
    keep(new, place)
    assert {p.name: p.read_text() for p in place.iterdir()} == {"a": "new"}
    assert not (tmp_path / "checkpoint.part").exists()
    assert (new / "a").exists()
