"""Live dev metrics against the pure scores and scikit-learn; a metrics file that forgets exactly what a kill undid."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from exapt.evaluation.scores import scores
from exapt.learning.metrics import COLUMNS, LogLoss, MetricsFile, dev_metrics


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ties", [False, True])
def test_dev_metrics_are_the_pure_scores(seed: int, ties: bool) -> None:
    rng = np.random.default_rng([seed, 1])
    positive = rng.random(257) < 0.3
    odds = (rng.normal(size=257) + positive).astype(np.float32)
    if ties:
        odds = np.round(odds * 2) / 2 + np.float32(0.25)  # never the border itself
    metrics = dev_metrics()
    for part in np.array_split(np.arange(257), [40, 41, 200]):  # uneven batches, as they come
        given_odds = torch.from_numpy(odds[part]).double()
        metrics.update(torch.sigmoid(given_odds), torch.from_numpy(positive[part]).long())
    found = {name: float(value) for name, value in metrics.compute().items()}
    ours = scores(positive, odds, [str(i) for i in range(257)], draws=2).metrics
    probability = 1 / (1 + np.exp(-odds.astype(np.float64)))
    assert found["auroc"] == pytest.approx(ours["auroc"].value, abs=1e-6)
    assert found["auroc"] == pytest.approx(roc_auc_score(positive, odds), abs=1e-6)
    assert found["accuracy"] == pytest.approx(ours["accuracy"].value, abs=1e-6)
    assert found["accuracy"] == pytest.approx(accuracy_score(positive, odds > 0), abs=1e-6)
    assert found["loss"] == pytest.approx(log_loss(positive, probability), abs=1e-9)


def test_confident_scores_do_not_tie() -> None:
    """In float32 the probabilities of log-odds 20 and 30 are both 1, and the ranking would be lost."""
    odds, positive = torch.tensor([20.0, 30.0]), torch.tensor([0, 1])
    metrics = dev_metrics()
    metrics.update(torch.sigmoid(odds.double()), positive)
    assert float(metrics.compute()["auroc"]) == 1.0


def test_log_loss_of_chance_is_ln_2_and_of_certain_errors_is_finite() -> None:
    metric = LogLoss()
    metric.update(torch.full((8,), 0.5, dtype=torch.float64), torch.tensor([0, 1] * 4))
    assert float(metric.compute()) == pytest.approx(math.log(2))
    metric.reset()
    metric.update(torch.tensor([1.0, 0.0], dtype=torch.float64), torch.tensor([0, 1]))
    assert 100 < float(metric.compute()) < math.inf
    metric.reset()
    metric.update(torch.tensor([math.nan], dtype=torch.float64), torch.tensor([1]))
    assert math.isnan(float(metric.compute()))


def test_rows_are_appended_under_one_header(tmp_path: Path) -> None:
    path = tmp_path / "run" / "metrics.csv"
    MetricsFile(path).log_metrics({"epoch": 1, "train_loss": 0.5, "lr": 0.1, "unknown": 3.0}, 10)
    MetricsFile(path).log_metrics({"epoch": 1, "dev_loss": 0.25}, 16)
    assert path.read_text().splitlines() == [",".join(COLUMNS), "10,1,0.1,0.5,,,", "16,1,,,0.25,,"]


def test_there_may_be_nothing_to_rewind(tmp_path: Path) -> None:
    MetricsFile(tmp_path / "metrics.csv").rewind(0, 0)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=40)
@given(
    per_epoch=st.integers(1, 6),
    epochs=st.integers(1, 4),
    step=st.integers(0, 24),
    after_evaluation=st.booleans(),
    cut=st.integers(0, 400),
)
def test_rewinding_restores_the_file_as_it_was_at_the_state(
    tmp_path_factory: pytest.TempPathFactory, per_epoch: int, epochs: int, step: int, after_evaluation: bool, cut: int
) -> None:
    """A process writes on after its last state and dies within any byte; the file then is what it was at the state."""
    path = tmp_path_factory.mktemp("m") / "metrics.csv"
    file = MetricsFile(path)
    step = min(step, per_epoch * epochs)
    known, evaluations, done = b"", 0, 0
    for now in range(1, per_epoch * epochs + 1):
        file.log_metrics({"epoch": 1, "train_loss": 1 / now, "lr": 1e-3 / now}, now)
        if now == step and not after_evaluation:
            known, evaluations = path.read_bytes(), done
        if now % per_epoch == 0:
            file.log_metrics({"epoch": 1, "dev_loss": 0.7, "dev_auroc": 0.5, "dev_accuracy": 0.5}, now)
            done += 1
        if now == step and after_evaluation:
            known, evaluations = path.read_bytes(), done
    path.write_bytes(path.read_bytes()[: len(known) + cut])
    file.rewind(step, evaluations)
    header = (",".join(COLUMNS) + "\r\n").encode()
    assert path.read_bytes() == (known or header)
