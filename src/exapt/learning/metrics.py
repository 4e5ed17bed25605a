"""Live metrics on the source's dev split, and the file they are appended to."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning.loggers.logger import Logger
from torch import Tensor
from torchmetrics import Metric, MetricCollection
from torchmetrics.classification import BinaryAccuracy, BinaryAUROC

from exapt.files import write_atomically

COLUMNS = ("step", "epoch", "lr", "train_loss", "dev_loss", "dev_auroc", "dev_accuracy")


class LogLoss(Metric):
    """Mean negative log-likelihood (nats) of binary labels; chance is ln 2."""

    total: Tensor
    count: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("total", torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, probability: Tensor, positive: Tensor) -> None:
        """Add examples: probability of the positive class and whether each is positive, shape (n,)."""
        right = torch.where(positive.bool(), probability, 1 - probability)
        self.total += -right.clamp(min=1e-300).log().sum()
        self.count += len(right)

    def compute(self) -> Tensor:
        """The mean over all examples."""
        return self.total / self.count


def dev_metrics() -> MetricCollection:
    """Loss, AUROC and accuracy, exact under any number of processes."""
    return MetricCollection({"loss": LogLoss(), "auroc": BinaryAUROC(), "accuracy": BinaryAccuracy()})


class MetricsFile(Logger):
    """`metrics.csv`: rows are appended; a resumed run drops those after its state (Lightning's logger drops all)."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    @property
    def name(self) -> str:
        """The logger's name."""
        return "csv"

    @property
    def version(self) -> str:
        """There is one version."""
        return ""

    def log_hyperparams(self, *args: Any, **kwargs: Any) -> None:
        """Settings stand in the resolved configuration beside the file."""

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Append one row; unknown names are left out."""
        row = {"step": step, **metrics}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore")
            if stream.tell() == 0:
                writer.writeheader()
            writer.writerow(row)

    def rewind(self, step: int, evaluations: int) -> None:
        """Drop what a saved state does not know of, and a last row that was cut off when the process died.

        Args:
            step: The state's step; later rows are dropped.
            evaluations: Dev evaluations that the state knows of. One at the state's own step may have come after it.
        """
        if not self.path.exists():
            return
        text = self.path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1].decode()
        kept = io.StringIO(newline="")
        writer = csv.DictWriter(kept, COLUMNS)
        writer.writeheader()
        for row in csv.DictReader(io.StringIO(whole, newline="")):
            evaluations -= bool(row["dev_loss"])
            if int(row["step"]) <= step and not (row["dev_loss"] and evaluations < 0):
                writer.writerow(row)
        write_atomically(self.path, lambda p: p.write_text(kept.getvalue(), newline=""))
