"""Proof of learning: a toy task that a tiny network learns, and its label-shuffled twin that nothing can learn."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.scratch import Scratch
from exapt.record import Record
from exapt.study.run import Run
from exapt.tasks.shuffled import ShuffledLabels
from exapt.tasks.task import Task
from exapt.tasks.text_match import TextMatch

pytestmark = pytest.mark.slow

TOY = TextMatch(length=24, low=0.0, high=0.1, train=2000, dev=200, test=2000)


def learned(source: Task, out: Path) -> Record:
    run = Run(
        model=Scratch(name="tiny", layers=1, width=64, heads=2),
        source=source,
        method=Method(epochs=5, batch=32, lr=3e-3, dropout=0.0, select="auroc", precision="32-true"),
        trainer=Devices(accelerator="cpu", progress=False),
        targets={},
        out=str(out),
    )
    return run.execute().record


def auroc(record: Record) -> float:
    value = record.scores[next(iter(record.scores))].trained.metrics["auroc"].value
    assert value is not None
    return value


def test_a_toy_task_is_learned(tmp_path: Path) -> None:
    record = learned(TOY, tmp_path)
    assert record.scores["text_match"].data.examples == 2000
    assert auroc(record) > 0.95
    assert record.fit.best["dev_loss"] < 0.5 * math.log(2)
    # by learning: no untrained head does as well, though some come near by their draw alone
    assert auroc(record) > max(record.scores["text_match"].untrained.auroc)


def test_its_twin_with_shuffled_labels_is_not(tmp_path: Path) -> None:
    """Labels shuffled in train, dev and test: a number away from a half would come from the code, not from the data."""
    record = learned(ShuffledLabels(task=TOY), tmp_path)
    score = record.scores["text_match_shuffled"]
    assert score.data.examples == 2000
    assert 0.45 < auroc(record) < 0.55
    # it did train: the loss on what it saw went down
    assert record.fit.history[-1]["train_loss"] < record.fit.history[0]["train_loss"]
    assert all(0.4 < b.metrics["auroc"].value < 0.6 for b in score.baselines.values() if b.metrics["auroc"].value)
