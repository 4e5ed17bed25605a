"""The callback that saves a state from which a killed fit continues to the same end, bit for bit."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from exapt.learning.devices import Devices
from exapt.learning.history import History

RESUME = "resume"  # of a run's folder: what a killed fit continues from, dropped when the fit is done
STATE = "state.ckpt"


class Resume(pl.Callback):
    """Saves `folder/state.ckpt` atomically, every so many seconds and at the end of every epoch."""

    def __init__(self, folder: Path, devices: Devices, history: History) -> None:
        self.file = folder / STATE
        self.devices = devices
        self.history = history
        self.saved_at = time.monotonic()

    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        # Lightning takes a state of an epoch's last step for one saved after the dev evaluation, which it then skips
        if trainer.is_last_batch:
            return
        # the clocks of several processes differ: the first one's counts
        if self.devices.decide(time.monotonic() - self.saved_at >= self.devices.save_every):
            self._save(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        self._save(trainer)

    def _save(self, trainer: pl.Trainer) -> None:
        part = self.file.with_name(self.file.name + ".part")
        trainer.save_checkpoint(part, weights_only=False)  # with the optimizer
        if trainer.is_global_zero:
            with part.open("rb") as stream:
                os.fsync(stream.fileno())
            part.replace(self.file)
            if self.history.best is not None:
                self.history.drop_others()
        self.saved_at = time.monotonic()
