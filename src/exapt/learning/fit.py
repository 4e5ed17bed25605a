"""Fitting: from a network and two encoded splits to the best weights of the source's dev split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pytorch_lightning.loggers.logger import Logger

from exapt.data.batching import Batches, prediction_plan, training_plan
from exapt.data.encode import Encoded
from exapt.learning.devices import Devices
from exapt.learning.finite import FiniteLoss
from exapt.learning.history import History
from exapt.learning.method import Method
from exapt.learning.metrics import MetricsFile, dev_metrics
from exapt.learning.module import Classification
from exapt.learning.progress import TrainingBar
from exapt.learning.resume import RESUME, STATE, Resume
from exapt.models.classifier import Classifier


@dataclass(frozen=True)
class Split:
    """One encoded split with what learning needs of its examples.

    Attributes:
        encoded: Token ids.
        labels: Class indices, int64 of shape (n,).
        ids: Example ids.
    """

    encoded: Encoded
    labels: np.ndarray
    ids: Sequence[str]


@dataclass(frozen=True)
class Fitted:
    """What a fit leaves.

    Attributes:
        history: One row a dev evaluation.
        best: The row whose weights were kept.
        weights: Folder of those weights.
        examples_per_second: Of training alone, over all processes, since this process started.
    """

    history: list[dict[str, float]]
    best: dict[str, float]
    weights: Path
    examples_per_second: float


def fit(
    network: Classifier, train: Split, dev: Split, *, method: Method, precision: str, positive: int, order_seed: int,
    devices: Devices, folder: Path, save: Callable[[Path], None], trackers: Sequence[Logger] = (),
    title: str = "training",
) -> Fitted:  # fmt: skip
    """Train, or continue a killed training from `folder/resume/`.

    Args:
        network: Changed in place; on return it holds the last weights, not the best.
        train: The source's train split.
        dev: The source's dev split.
        method: The recipe.
        precision: As `Method.resolved_precision` gives it.
        positive: Index of the positive class.
        order_seed: `seeds.order`: batches and dropout.
        devices: Where to compute.
        folder: The run's folder: `metrics.csv` and `resume/` go there.
        save: Writes the network's current weights into a folder.
        trackers: Further loggers.
        title: Text before the progress bar.

    Raises:
        BadInput: If the loss is no longer finite (with the step and the examples).
    """
    lengths = train.encoded.lengths
    steps = method.epochs * len(training_plan(lengths, method.batch, order_seed, 0))
    dealt: dict[str, Any] = {"rank": devices.rank, "world": devices.world}
    training = Batches(
        train.encoded, train.labels, lambda e: training_plan(lengths, method.batch, order_seed, e), **dealt
    )
    plan = prediction_plan(dev.encoded.lengths)
    # with fewer batches than processes each does them all: one without work would not take part in the metrics
    shared = dealt if len(plan) >= devices.world else {}
    watching = Batches(dev.encoded, dev.labels, lambda _: plan, deal=True, **shared)
    module = Classification(network, method, positive, dev_metrics(), steps, order_seed)

    state = folder / RESUME / STATE
    file = MetricsFile(folder / "metrics.csv")

    def log(values: dict[str, float], step: int) -> None:
        for logger in (file, *trackers):
            logger.log_metrics(values, step)

    finite = FiniteLoss(method, train.ids)
    history = History(method, folder / RESUME, save, log, finite)
    bar = TrainingBar(title, devices.progress)
    saved = _read(state) if state.exists() else None
    if saved is not None:
        # Lightning itself puts the loader back only in the middle of an epoch, not at its end
        training.load_state_dict(saved["loops"]["fit_loop"]["state_dict"]["combined_loader"][0])
    if devices.rank == 0:
        (folder / RESUME).mkdir(parents=True, exist_ok=True)
        known = (int(saved["global_step"]), len(saved["callbacks"][History.__name__]["rows"])) if saved else (0, 0)
        file.rewind(*known)
    network.train()  # a pretrained one comes in evaluation mode, without dropout
    with devices.quiet():
        trainer = devices.trainer(
            precision, max_epochs=method.epochs, logger=False,
            callbacks=[finite, history, bar, Resume(folder / RESUME, devices, history)], default_root_dir=folder,
        )  # fmt: skip
        trainer.fit(module, training, watching, ckpt_path=state if saved else None, weights_only=True)
    if history.best is None:
        raise RuntimeError("the fit ended without a dev evaluation")
    rates = devices.gather(bar.rate)
    return Fitted(history.rows, history.best, history.best_folder, float(sum(rates)))


def _read(state: Path) -> dict[str, Any]:
    saved: dict[str, Any] = torch.load(state, weights_only=True, mmap=True, map_location="cpu")
    return saved
