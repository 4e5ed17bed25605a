"""Watches a fit: one row an epoch, the best weights kept, early stopping; on the source's dev split only."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from exapt.errors import BadInput
from exapt.learning.finite import FiniteLoss
from exapt.learning.method import Method

EVERY = 10  # steps between two rows of training loss


class History(pl.Callback):
    """Rows, best epoch and the weights of that epoch.

    Attributes:
        rows: One a dev evaluation: epoch (from 1), step, train_loss (mean over the epoch), dev_loss, dev_auroc,
            dev_accuracy.
        best: The row whose weights stand in `folder / best-<epoch>`, or None before the first evaluation.
    """

    def __init__(
        self,
        method: Method,
        folder: Path,
        save: Callable[[Path], None],
        write: Callable[[dict[str, float], int], None],
        finite: FiniteLoss,
    ) -> None:
        self.method = method
        self.finite = finite
        self.folder = folder
        self.save = save
        self.write = write  # Lightning puts its own `log` on callbacks
        self.rows: list[dict[str, float]] = []
        self.best: dict[str, float] | None = None
        self.total = 0.0
        self.count = 0

    @property
    def best_folder(self) -> Path:
        """Where the best weights so far are."""
        if self.best is None:
            raise RuntimeError("no dev evaluation yet")
        return self.folder / f"best-{int(self.best['epoch'])}"

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        # a restarted trainer has forgotten that it was to stop
        if self._enough():
            trainer.should_stop = True

    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        loss = self.finite.mean
        self.total += loss
        self.count += 1
        if trainer.global_step % EVERY == 0 and trainer.is_global_zero:
            rate = trainer.optimizers[0].param_groups[0]["lr"]
            self.write({"epoch": trainer.current_epoch + 1, "train_loss": loss, "lr": rate}, trainer.global_step)

    def on_validation_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        row = {
            "epoch": float(trainer.current_epoch + 1),
            "step": float(trainer.global_step),
            "train_loss": self.total / max(self.count, 1),
        }
        row |= {f"dev_{k}": float(trainer.callback_metrics[f"dev/{k}"]) for k in ("loss", "auroc", "accuracy")}
        if not math.isfinite(row["dev_loss"]):
            raise BadInput(f"step {trainer.global_step}: the dev loss is {row['dev_loss']}; lower method.lr.")
        self.total, self.count = 0.0, 0
        self.rows.append(row)
        if self.best is None or self._merit(row) > self._merit(self.best):
            self.best = row
            if trainer.is_global_zero:
                self._keep()
        if trainer.is_global_zero:
            self.write(
                {k: v for k, v in row.items() if k.startswith("dev_")} | {"epoch": row["epoch"]}, trainer.global_step
            )
        if self._enough():
            trainer.should_stop = True

    def _enough(self) -> bool:
        if self.method.keep_epoch is not None:
            return bool(self.rows) and self.rows[-1]["epoch"] >= self.method.keep_epoch
        if self.best is None or self.method.patience is None:
            return False
        return self.rows[-1]["epoch"] - self.best["epoch"] >= self.method.patience

    def _merit(self, row: dict[str, float]) -> float:
        if self.method.keep_epoch is not None:
            return -abs(row["epoch"] - self.method.keep_epoch)
        value = row[f"dev_{self.method.select}"]
        return -value if self.method.select == "loss" else value

    def _keep(self) -> None:
        kept = self.best_folder
        part = kept.with_name(kept.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        self.save(part)
        shutil.rmtree(kept, ignore_errors=True)  # the same epoch's, from before a kill
        part.rename(kept)

    def drop_others(self) -> None:
        """Remove the weights of epochs that are no longer the best, once a state on disk points at the best."""
        for other in self.folder.glob("best-*"):
            if other != self.best_folder:
                shutil.rmtree(other)

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {"rows": self.rows, "best": self.best, "total": self.total, "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a saved state."""
        self.rows, self.best = list(state["rows"]), state["best"]
        self.total, self.count = state["total"], state["count"]
