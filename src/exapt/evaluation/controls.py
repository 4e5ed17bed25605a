"""Draws of what has no predictions of its own: untrained heads and trivial baselines, under the bootstrap's groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from exapt.errors import BadInput
from exapt.evaluation import metrics
from exapt.evaluation.intervals import bootstrap
from exapt.files import write_atomically

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Kind = Literal["auroc", "accuracy"]

HEADS = "untrained_head"
FILE = "controls.parquet"
CELLS = 4_000_000  # pairs of a positive and a negative that are looked at together: 32 MB
_MARK = "|"


def draw_controls(
    positive: Bools, group: Sequence[str], heads: npt.NDArray[np.float32] | None, baselines: Mapping[str, Floats],
    thresholds: Mapping[str, float],
) -> dict[str, Floats]:  # fmt: skip
    """Metrics of the controls on all examples and under each of the bootstrap's draws of groups.

    Args:
        positive: Shape (n,).
        group: n names.
        heads: Log-odds of untrained heads, shape (heads, n); None if the arm has no network.
        baselines: By name, scores of shape (n,).
        thresholds: Of each baseline, from the source's dev split; baselines without one are left out.

    Returns:
        By control and metric (`edit similarity|auroc`): shape (1 + draws,), the first on all examples; NaN where a draw
        holds one class only. Of the heads it is their mean.
    """
    pairs = None if heads is None else _Pairs(positive, heads)
    known = {name: np.asarray(column, dtype=np.float64) for name, column in baselines.items() if name in thresholds}
    called = {name: column >= thresholds[name] for name, column in known.items()}

    def measure(weight: Floats) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        if pairs is not None:
            found |= {f"{HEADS}{_MARK}auroc": pairs.auroc(weight), f"{HEADS}{_MARK}accuracy": pairs.accuracy(weight)}
        for name, column in known.items():
            found[f"{name}{_MARK}auroc"] = metrics.auroc(positive, column, weight)
            found[f"{name}{_MARK}accuracy"] = metrics.accuracy(metrics.confusion(positive, called[name], weight))
        return found

    plain = measure(np.ones((1, len(positive))))
    drawn = bootstrap(measure, group)
    return {name: np.concatenate([plain[name], drawn[name]]) for name in plain}


class _Pairs:
    """How often each positive beats each negative over many heads: whole numbers, so that every sum is exact."""

    def __init__(self, positive: Bools, heads: npt.NDArray[np.float32]) -> None:
        self.positive, self.count = positive, len(heads)
        self.ours, self.theirs = heads[:, positive], heads[:, ~positive]
        self.right = ((heads >= 0) == positive).sum(axis=0).astype(np.float64)
        self.step = max(1, CELLS // max(1, self.theirs.shape[1]))
        # of small tasks the table is made once, of large ones anew for each part
        self.table = self._beaten(slice(None)) if self.ours.shape[1] <= self.step else None

    def _beaten(self, rows: slice) -> Floats:
        """Twice the heads in which a positive is above a negative, ties once, shape (positives, negatives)."""
        table = np.zeros((self.ours[:, rows].shape[1], self.theirs.shape[1]), dtype=np.int16)
        for ours, theirs in zip(self.ours[:, rows], self.theirs, strict=True):
            table += ours[:, None] > theirs
            table += ours[:, None] >= theirs
        return table.astype(np.float64)

    def auroc(self, weight: Floats) -> Floats:
        """The mean over heads under each draw, shape (draws,)."""
        ours, theirs = weight[:, self.positive], weight[:, ~self.positive]
        won = np.zeros(len(weight))
        for start in range(0, ours.shape[1], self.step):
            rows = slice(start, start + self.step)
            table = self._beaten(rows) if self.table is None else self.table
            won += np.einsum("ij,ij->i", ours[:, rows] @ table, theirs)
        below = 2 * self.count * ours.sum(axis=1) * theirs.sum(axis=1)
        found: Floats = np.divide(won, below, out=np.full(len(won), np.nan), where=below > 0)
        return found

    def accuracy(self, weight: Floats) -> Floats:
        """The mean over heads under each draw, shape (draws,)."""
        found: Floats = weight @ self.right / (self.count * weight.sum(axis=1))
        return found


def write_controls(path: Path, drawn: Mapping[str, Floats]) -> None:
    """Write what `draw_controls` found, atomically; float32, equal numbers give equal bytes."""
    table = pa.table({name: pa.array(values.astype(np.float32)) for name, values in drawn.items()})
    write_atomically(path, lambda p: pq.write_table(table, p, compression="zstd", compression_level=9, version="2.6"))


def read_controls(path: Path, metric: Kind) -> dict[str, Floats]:
    """One metric of all controls.

    Returns:
        By control (`untrained_head`, `edit similarity`): shape (1 + draws,), as `draw_controls` gives it.

    Raises:
        BadInput: If the file is not there or holds something else.
    """
    try:
        table = pq.ParquetFile(path).read()
    except FileNotFoundError:
        raise BadInput(
            f"{path}: no such file; run the fit's own command again, which makes it without training."
        ) from None
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{path}: cannot be read ({str(error).splitlines()[0]}); restore it.") from None
    found = {}
    for name in table.column_names:
        control, mark, kind = name.rpartition(_MARK)
        if not mark or kind not in ("auroc", "accuracy") or table.column(name).type != pa.float32():
            raise BadInput(f"{path}: column '{name}' is no metric of a control; restore the file.")
        if kind == metric:
            found[control] = table.column(name).to_numpy().astype(np.float64)
    return found
