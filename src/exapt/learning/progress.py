"""Progress bars of training and prediction with examples per second, on a terminal only."""

from __future__ import annotations

import time
from typing import Any

import pytorch_lightning as pl
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


def bar_of(unit: str, shown: bool) -> Progress:
    """A bar on stderr that vanishes when done; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    count = TextColumn("{task.completed:.0f}/{task.total:.0f} " + unit)
    rate, dev = TextColumn("{task.fields[rate]:.0f} examples/s"), TextColumn("{task.fields[dev]}")
    parts = (TextColumn("{task.description}"), BarColumn(), count, rate, dev, TimeRemainingColumn())
    return Progress(*parts, console=console, disable=not (shown and console.is_terminal), transient=True)


class PredictionBar(pl.Callback):
    """One bar over all examples of a prediction."""

    def __init__(self, title: str, total: int, shown: bool) -> None:
        self.bar = bar_of("examples", shown)
        self.task = self.bar.add_task(title, total=total, rate=0.0, dev="")
        self._began = 0.0
        self._done = 0

    def on_predict_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        self._began = time.perf_counter()
        if trainer.is_global_zero:
            self.bar.start()

    def on_predict_batch_end(
        self,
        trainer: pl.Trainer,
        module: pl.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        self._done += len(batch["rows"]) * trainer.world_size
        rate = self._done / max(time.perf_counter() - self._began, 1e-9)
        self.bar.update(self.task, completed=self._done, rate=rate)

    def teardown(self, trainer: pl.Trainer, module: pl.LightningModule, stage: str) -> None:
        self.bar.stop()


class TrainingBar(pl.Callback):
    """One bar over all steps of a fit and a line an epoch; also counts the examples and seconds of training alone.

    Attributes:
        examples: Training examples seen by this process since it started.
        seconds: Seconds spent on them, dev evaluation left out.
    """

    def __init__(self, title: str, shown: bool) -> None:
        self.title = title
        self.shown = shown
        self.bar = bar_of("steps", shown)
        self.task: TaskID | None = None
        self.examples = 0
        self.seconds = 0.0
        self._began = 0.0

    @property
    def rate(self) -> float:
        """Examples per second of this process."""
        return self.examples / self.seconds if self.seconds else 0.0

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        if trainer.is_global_zero:
            self.bar.start()
            total = getattr(module, "steps", None)
            self.task = self.bar.add_task(self.title, total=total, completed=trainer.global_step, rate=0.0, dev="")

    def on_train_batch_start(self, trainer: pl.Trainer, module: pl.LightningModule, batch: Any, batch_idx: int) -> None:
        self._began = time.perf_counter()

    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        self.seconds += time.perf_counter() - self._began
        self.examples += len(batch["rows"])
        if self.task is not None:
            self.bar.update(self.task, completed=trainer.global_step, rate=self.rate)

    def on_validation_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        if self.task is not None:
            shown = {k: float(trainer.callback_metrics[f"dev/{k}"]) for k in ("loss", "auroc", "accuracy")}
            dev = f"dev loss {shown['loss']:.3f}, AUROC {shown['auroc']:.3f}"
            self.bar.update(self.task, dev=dev)
            if self.shown and not trainer.sanity_checking:  # also where there is no terminal: an epoch may take long
                epoch = f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}"
                text = f"{epoch}: {dev}, accuracy {shown['accuracy']:.3f} ({self.rate:.0f} examples/s)"
                self.bar.console.print(text, highlight=False, soft_wrap=True)

    def teardown(self, trainer: pl.Trainer, module: pl.LightningModule, stage: str) -> None:
        self.bar.stop()
