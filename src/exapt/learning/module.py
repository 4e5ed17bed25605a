"""The Lightning module: it joins a network, a loss, an optimizer and dev metrics that are handed in, nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torchmetrics import MetricCollection

from exapt.learning.method import Method
from exapt.learning.optimizer import factor, optimizer
from exapt.models.classifier import Classifier
from exapt.models.dropout import CheapDropout
from exapt.models.heads import log_odds


class Classification(pl.LightningModule):
    """Fine-tuning of a classifier with two classes.

    Attributes:
        network: Gives logits of shape (n, 2).
        method: The recipe.
        positive: Index of the positive class.
        metrics: Dev metrics: called with (probability, is_positive), float64 and int64 of shape (n,).
        steps: All optimizer steps of the fit.
        order_seed: `seeds.order`; seeds dropout anew at every step.
    """

    def __init__(
        self,
        network: Classifier,
        method: Method,
        positive: int,
        metrics: MetricCollection,
        steps: int,
        order_seed: int,
    ) -> None:
        super().__init__()
        self.network = network
        self.method = method
        self.positive = positive
        self.metrics = metrics
        self.steps = steps
        self.order_seed = order_seed

    def on_train_batch_start(self, batch: dict[str, Any], batch_idx: int) -> None:
        # dropout becomes a function of (seed, step, rank): a resumed run draws what the whole one drew
        state = np.random.SeedSequence([self.order_seed, self.global_step, self.global_rank]).generate_state(
            1, np.uint64
        )
        torch.manual_seed(int(state[0]))

    def training_step(self, batch: dict[str, Any], batch_idx: int) -> Tensor:
        with CheapDropout():
            logits = self.network(batch["inputs"])
        loss: Tensor = cross_entropy(logits, batch["labels"]) * batch["weight"]
        return loss

    def validation_step(self, batch: dict[str, Any], batch_idx: int) -> None:
        odds = log_odds(self.network(batch["inputs"]), self.positive)
        # float64, else confident probabilities tie at 1 and the AUROC with them
        self.metrics.update(torch.sigmoid(odds.double()), (batch["labels"] == self.positive).long())

    def on_validation_epoch_end(self) -> None:
        self.log_dict({f"dev/{name}": value.float() for name, value in self.metrics.compute().items()}, logger=False)
        self.metrics.reset()

    def configure_gradient_clipping(
        self, optimizer: Any, gradient_clip_val: Any = None, gradient_clip_algorithm: Any = None
    ) -> None:
        # Lightning refuses to clip for a fused optimizer, for the sake of a gradient scaler that bf16 does not have
        if self.method.clip is not None:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.method.clip)

    def configure_optimizers(self) -> Any:
        made = optimizer(self.network, self.method)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            made, lambda s: factor(s, self.steps, self.method.warmup, self.method.schedule)
        )
        return {"optimizer": made, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
