"""The callback that stops a fit whose loss is no longer a number, and says at which step and on which examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn.functional import pad

from exapt.errors import BadInput
from exapt.learning.method import Method


class FiniteLoss(pl.Callback):
    """Looks at the loss of every process: one that stopped alone would leave the others waiting for its gradients.

    Attributes:
        mean: The last step's loss over the whole batch.
    """

    def __init__(self, method: Method, ids: Sequence[str]) -> None:
        self.method = method
        self.ids = ids
        self.mean = 0.0
        self._rows = torch.empty(0, dtype=torch.int64)

    def on_train_batch_start(self, trainer: pl.Trainer, module: pl.LightningModule, batch: Any, batch_idx: int) -> None:
        # filled up with -1 to the length that every process has
        most = -(-self.method.batch // trainer.world_size)
        self._rows = pad(batch["rows"].to(module.device), (0, most - len(batch["rows"])), value=-1)

    def on_before_backward(self, trainer: pl.Trainer, module: pl.LightningModule, loss: Tensor) -> None:
        losses = gathered(loss.detach(), trainer.world_size)
        self.mean = float(losses.mean())
        if not torch.isfinite(losses).all():
            rows = gathered(self._rows, trainer.world_size).flatten().tolist()
            named = ", ".join(self.ids[row] for row in rows if row >= 0)
            raise BadInput(
                f"step {trainer.global_step}: the loss is {self.mean} on the examples {named}; "
                "lower method.lr or look at them."
            )


def gathered(value: Tensor, processes: int) -> Tensor:
    """The values of all processes, shape (processes, ...)."""
    if processes == 1:
        return value.unsqueeze(0)
    parts = [torch.empty_like(value) for _ in range(processes)]
    torch.distributed.all_gather(parts, value)
    return torch.stack(parts)
