"""Prediction by one fixed plan: any number of processes gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.exceptions import SIGTERMException
from torch import Tensor

from exapt.data.batching import Batches, prediction_plan
from exapt.data.encode import Encoded
from exapt.learning.devices import Devices
from exapt.learning.progress import PredictionBar
from exapt.models.classifier import Classifier
from exapt.models.heads import log_odds, untrained_scores


class _Pass(pl.LightningModule):
    """One pass over examples: rows, and what is computed of each."""

    def __init__(self, network: Classifier, compute: Callable[[dict[str, Tensor]], Tensor]) -> None:
        super().__init__()
        self.network = network
        self.compute = compute
        # with fewer batches than processes some have nothing to do
        self.allow_zero_length_dataloader_with_multiple_devices = True

    def predict_step(self, batch: dict[str, Any], batch_idx: int) -> tuple[np.ndarray, np.ndarray]:
        found = batch["rows"].cpu().numpy(), self.compute(batch["inputs"]).float().cpu().numpy()
        if self.trainer.received_sigterm:  # Lightning only notes it here, and forgets it at the next pass
            raise SIGTERMException
        return found


def _run(
    network: Classifier,
    compute: Callable[[dict[str, Tensor]], Tensor],
    encoded: Encoded,
    precision: str,
    devices: Devices,
    title: str,
) -> np.ndarray:
    plan = prediction_plan(encoded.lengths)
    loader = Batches(encoded, None, lambda _: plan, deal=True, rank=devices.rank, world=devices.world)
    with devices.quiet():
        bar = PredictionBar(title, len(encoded), devices.progress)
        trainer = devices.trainer(precision, logger=False, callbacks=[bar])
        own = trainer.predict(_Pass(network.eval(), compute), loader) or []
    rows: np.ndarray | None = None
    for part in devices.gather(own):
        for index, values in part:
            if rows is None:
                rows = np.zeros((len(encoded), *values.shape[1:]), dtype=np.float32)
            rows[index] = values
    if rows is None:
        raise RuntimeError("there was nothing to predict")
    # batches of other shapes round otherwise: what a model cannot tell apart would be ranked by the last bit
    same: np.ndarray = rows[encoded.firsts]
    return same


def predict(network: Classifier, encoded: Encoded, *, positive: int, precision: str, devices: Devices) -> np.ndarray:
    """Log-odds of the positive class.

    Returns:
        float32 of shape (n,), in the order of the examples, in every process.
    """
    return _run(network, lambda inputs: log_odds(network(inputs), positive), encoded, precision, devices, "predicting")


def features(network: Classifier, encoded: Encoded, *, precision: str, devices: Devices) -> np.ndarray:
    """What the head is given, from one pass of the backbone.

    Returns:
        float32 of shape (n, width), in the order of the examples, in every process.
    """
    return _run(network, network.features, encoded, precision, devices, "features")


def predict_untrained(
    network: Classifier, encoded: Encoded, *, heads: int, positive: int, precision: str, devices: Devices
) -> np.ndarray:
    """Scores of untrained heads (seeds 0 to heads - 1) on this network's features: one pass of the backbone.

    Returns:
        float32 of shape (heads, n).
    """
    given = features(network, encoded, precision=precision, devices=devices)
    scores = untrained_scores(network.head, torch.from_numpy(given), heads, network.deviation, positive)
    return scores.numpy()
