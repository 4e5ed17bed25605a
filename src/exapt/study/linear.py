"""Arms without a network: logistic regression on what the sides share, or on their words, trained on the source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from exapt.errors import BadInput
from exapt.evaluation import metrics
from exapt.example import Examples
from exapt.features.transfer import Sides, transfer_features, transfer_names, word_features

Kind = Literal["feature_transfer", "bag_of_words"]
KINDS: tuple[Kind, ...] = ("feature_transfer", "bag_of_words")
FILE = "linear.safetensors"
C = 1.0  # weight of the loss against the ridge
STEPS = 2000
FEWEST = 2  # rows of train in which a word must stand


@dataclass(frozen=True)
class Linear:
    """Logistic regression with a ridge (C = 1) on columns that are as wide as they vary on the source's train split.

    Attributes:
        kind: `feature_transfer` reads lengths, edit similarity and the overlap of k-mers and words; `bag_of_words`
            counts of words, which the source must not be solved by.
        columns: Numbers of the columns that are read, shape (columns,).
        mean: Of each column on train; zeros for words, whose table stays sparse.
        scale: Standard deviation of each column on train; ones for words.
        weight: Of each column.
        bias: One number.
    """

    kind: Kind
    columns: npt.NDArray[np.int64]
    mean: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    bias: float

    @classmethod
    def trained(cls, kind: Kind, train: Examples) -> Linear:
        """Fit on the source's train split.

        Raises:
            BadInput: If it holds one class only.
        """
        if len(np.unique(train.positive)) < 2:
            raise BadInput(f"{train.origin}: arm={kind} needs both classes in train.")
        table = _table(kind, train)
        if isinstance(table, sparse.csr_matrix):
            columns = np.flatnonzero(np.bincount(table.indices, minlength=table.shape[1]) >= FEWEST)
            mean, scale = np.zeros(len(columns)), np.ones(len(columns))
        else:
            deviation = table.std(axis=0)
            columns = np.flatnonzero(deviation > 1e-12)
            mean, scale = table.mean(axis=0)[columns], deviation[columns]
        if not len(columns):  # nothing differs between the rows
            return cls(kind, columns.astype(np.int64), mean, scale, np.zeros(0), 0.0)
        model = LogisticRegression(C=C, max_iter=STEPS, tol=1e-6)
        with threadpool_limits(1):  # sums of several threads differ in their last bits from machine to machine
            model.fit(_scaled(table, columns, mean, scale), train.positive)
        return cls(
            kind, columns.astype(np.int64), mean, scale, model.coef_[0].astype(np.float64), float(model.intercept_[0])
        )

    def score(self, examples: Sides) -> npt.NDArray[np.float32]:
        """Log-odds of the positive class, shape (n,)."""
        table = _scaled(_table(self.kind, examples), self.columns, self.mean, self.scale)
        return np.asarray(table @ self.weight + self.bias, dtype=np.float32)

    def dev_row(self, dev: Examples) -> dict[str, float]:
        """The row of history that a network's epoch has: loss, AUROC and accuracy on the source's dev split."""
        odds = self.score(dev).astype(np.float64)
        signed = np.where(dev.positive, odds, -odds)
        row = {"epoch": 1.0, "dev_loss": float(np.logaddexp(0.0, -signed).mean())}
        area = float(metrics.auroc(dev.positive, odds, np.ones((1, len(odds))))[0])
        return row | {"dev_auroc": area, "dev_accuracy": float(((odds >= 0) == dev.positive).mean())}

    def save(self, folder: Path) -> None:
        """Write the numbers into a folder, as tensors."""
        folder.mkdir(parents=True, exist_ok=True)
        held = {"columns": self.columns, "mean": self.mean, "scale": self.scale, "weight": self.weight}
        save_file({**held, "bias": np.array([self.bias])}, folder / FILE)

    @classmethod
    def load(cls, kind: Kind, folder: Path) -> Linear:
        """Read what `save` wrote.

        Raises:
            BadInput: If the file is not there or does not hold these numbers.
        """
        try:
            held = load_file(folder / FILE)
            columns, mean, scale, weight = (held[name] for name in ("columns", "mean", "scale", "weight"))
            return cls(kind, columns, mean, scale, weight, float(held["bias"][0]))
        except (OSError, KeyError, SafetensorError) as error:
            raise BadInput(f"{folder / FILE}: cannot be read ({error}); run the fit's own command again.") from None


def linear_facts(kind: Kind, paired: bool) -> dict[str, Any]:
    """What identifies the arm's model."""
    read = list(transfer_names(paired)) if kind == "feature_transfer" else ["words", "pairs of neighbouring words"]
    return {"class": "linear", "name": kind, "features": read, "C": C, "fewest": FEWEST}


def _table(kind: Kind, examples: Sides) -> npt.NDArray[np.float64] | sparse.csr_matrix:
    return transfer_features(examples) if kind == "feature_transfer" else word_features(examples)


def _scaled(
    table: npt.NDArray[np.float64] | sparse.csr_matrix,
    columns: npt.NDArray[np.int64],
    mean: npt.NDArray[np.float64],
    scale: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64] | sparse.csr_matrix:
    if isinstance(table, sparse.csr_matrix):
        return table[:, columns]
    return (table[:, columns] - mean) / scale
