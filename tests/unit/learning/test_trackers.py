"""Trackers are mirrors: real ones show what metrics.csv holds, and a failing one is said once and harms nothing."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from pytorch_lightning.loggers.logger import Logger

from exapt.learning import trackers
from exapt.learning.devices import Devices
from exapt.learning.trackers import Mirror

ONE = Devices(accelerator="cpu")


class Failing(Logger):
    """A tracker that fails at one call."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at
        self.calls: list[str] = []

    name = "failing"  # type: ignore[assignment]
    version = "0"  # type: ignore[assignment]
    experiment = None

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if what == self.at:
            raise ConnectionError("no\nnetwork")

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        self._called("settings")

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        self._called("metrics")

    def finalize(self, status: str) -> None:
        self._called("end")


def mirrors(make: Any, folder: Path, devices: Devices = ONE) -> list[Mirror]:
    return Mirror.start(make, folder, "name", "0123456789abcdef0123", {"method": {"lr": 0.1}}, devices)


@pytest.mark.parametrize(
    ("at", "calls", "word"),
    [
        ("settings", ["settings"], "given the settings"),
        ("metrics", ["settings", "metrics"], "written to"),
        ("end", ["settings", "metrics", "metrics", "end"], "closed"),
    ],
)
def test_a_failure_is_said_once_and_ends_the_tracking(
    at: str, calls: list[str], word: str, said: list[str], tmp_path: Path
) -> None:
    tracker = Failing(at)
    (mirror,) = mirrors(lambda *_: tracker, tmp_path)
    for step in (1, 2):
        mirror.log_metrics({"dev_loss": 0.5}, step)
    mirror.finish()
    assert tracker.calls == calls
    assert said == [
        f"the tracker could not be {word} (ConnectionError: no network); the run goes on, its record is the truth."
    ]


def test_one_that_cannot_be_opened_is_left_out(said: list[str], tmp_path: Path) -> None:
    def broken(*_: Any) -> Logger:
        raise ModuleNotFoundError("No module named 'tracker'")

    assert mirrors(broken, tmp_path) == []
    assert said == [
        "the tracker could not be opened (ModuleNotFoundError: No module named 'tracker'); "
        "the run goes on, its record is the truth."
    ]


def test_no_tracker_is_none(said: list[str], tmp_path: Path) -> None:
    assert mirrors(None, tmp_path) == mirrors(trackers.csv, tmp_path) == []
    assert said == []


def test_only_the_first_process_tracks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for rank, number in (("0", 1), ("1", 0)):
        monkeypatch.setenv("RANK", rank)
        assert len(mirrors(lambda *_: Failing("never"), tmp_path, Devices(devices=2))) == number


def test_tensorboard_shows_what_it_was_told(tmp_path: Path, said: list[str]) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (mirror,) = mirrors(trackers.tensorboard, tmp_path)
    told = [(4, 0.75), (8, 0.5)]
    for step, loss in told:
        mirror.log_metrics({"dev_loss": loss, "epoch": step / 4}, step)
    mirror.finish()
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [(e.step, e.value) for e in events.Scalars("dev_loss")] == told
    assert said == []


def test_a_store_that_cannot_be_written(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "tensorboard").write_text("a file where the events should go")
    (mirror,) = mirrors(trackers.tensorboard, tmp_path)
    mirror.log_metrics({"dev_loss": 0.5}, 1)
    mirror.finish()
    assert len(said) == 1
    assert said[0].startswith("the tracker could not be ")
    assert (tmp_path / "tensorboard").read_text() == "a file where the events should go"


@pytest.mark.parametrize(
    ("environment", "login", "expected"),
    [
        ({}, "", False),
        ({"WANDB_API_KEY": "k"}, "", True),
        ({"WANDB_API_KEY": "k", "WANDB_MODE": "offline"}, "", False),
        ({}, "machine api.wandb.ai login user password k\n", True),
        ({}, "machine example.org login user password k\n", False),
        ({}, "nonsense api.wandb.ai\n", False),
    ],
)
def test_wandb_is_offline_unless_the_user_is_logged_in(
    environment: dict[str, str], login: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    if login:
        (tmp_path / ".netrc").write_text(login)
        (tmp_path / ".netrc").chmod(0o600)
    assert trackers._logged_in() is expected
    made = trackers.wandb(tmp_path, "name", "0123456789abcdef0123")
    assert made._offline is not expected  # type: ignore[attr-defined]
    chosen = functools.partial(trackers.wandb, offline=expected)(tmp_path, "name", "0123456789abcdef0123")
    assert chosen._offline is expected  # type: ignore[attr-defined]
