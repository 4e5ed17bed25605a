"""What chance looks like: AUROC and accuracy of many untrained heads on one backbone, and their spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from exapt.errors import BadInput
from exapt.estimates import Heads

QUANTILES = {"min": 0.0, "p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}
CELLS = 1_000_000  # scores ranked at a time


def heads(positive: npt.NDArray[np.bool_], scores: npt.NDArray[Any]) -> Heads:
    """Score many heads on the same examples.

    Args:
        positive: Shape (n,).
        scores: Log-odds of shape (heads, n), finite.

    Returns:
        One AUROC (ties counted half) and one accuracy (called positive at 0 or above) per head, in order. The list of
        AUROCs is empty if the examples are of one class, where it is not defined.

    Raises:
        BadInput: If the shapes do not fit, there is no example, or a score is not finite.
    """
    truth, table = np.asarray(positive, dtype=bool), np.asarray(scores)
    if table.ndim != 2 or truth.shape != table.shape[1:] or len(truth) == 0:
        raise BadInput(
            f"heads: scores of shape {table.shape} for labels of shape {truth.shape}; give (heads, n) and (n,)."
        )
    bad = ~np.isfinite(table).all(axis=1)
    if bad.any():
        raise BadInput(
            f"heads: head {int(bad.argmax()) + 1} has scores that are not finite numbers; look at the features."
        )
    positives, negatives = int(truth.sum()), int((~truth).sum())
    area: list[float] = []
    step = max(1, CELLS // len(truth))
    for start in range(0, len(table) if positives and negatives else 0, step):
        ranks = rankdata(table[start : start + step], axis=1)[:, truth].sum(axis=1)
        area.extend(((ranks - positives * (positives + 1) / 2) / (positives * negatives)).tolist())
    right = ((table >= 0) == truth).sum(axis=1) / len(truth)
    return Heads(auroc=area, accuracy=right.tolist())


def spread(values: Sequence[float]) -> dict[str, float]:
    """Mean, standard deviation (n - 1; 0 for one value) and quantiles of some values.

    Returns:
        `mean`, `sd`, `min`, `p5`, `p25`, `p50`, `p75`, `p95`, `max`; empty if there is no value.
    """
    column = np.asarray(values, dtype=np.float64)
    if len(column) == 0:
        return {}
    sd = float(column.std(ddof=1)) if len(column) > 1 else 0.0
    at = np.quantile(column, list(QUANTILES.values()))
    return {"mean": float(column.mean()), "sd": sd} | {name: float(v) for name, v in zip(QUANTILES, at, strict=True)}
