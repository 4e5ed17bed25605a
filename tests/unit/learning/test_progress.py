"""The bar: nothing of it where there is no terminal, and a rate that counts training alone."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from exapt.learning.progress import TrainingBar


def test_the_rate_counts_examples_and_seconds_of_training_alone() -> None:
    bar = TrainingBar("t", shown=False)
    assert bar.rate == 0.0
    nothing: Any = SimpleNamespace()
    for _ in range(2):
        bar.on_train_batch_start(nothing, nothing, {}, 0)
        time.sleep(0.05)
        bar.on_train_batch_end(nothing, nothing, None, {"rows": range(10)}, 0)
        time.sleep(0.2)  # dev evaluation
    assert bar.examples == 20
    assert 0.1 <= bar.seconds < 0.3
    assert bar.rate == pytest.approx(20 / bar.seconds)


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bar = TrainingBar("t", shown=True)
    assert bar.bar.disable
    trainer: Any = SimpleNamespace(is_global_zero=True, global_step=0)
    module: Any = SimpleNamespace(steps=3)
    bar.on_train_start(trainer, module)
    bar.teardown(trainer, module, "fit")
    assert capsys.readouterr().err.strip() == ""
