"""From one column of scores to every metric with its interval, and the threshold that a source's dev split gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from exapt.errors import BadInput
from exapt.estimates import Confusion, Metric, Scores
from exapt.evaluation import metrics
from exapt.evaluation.intervals import DRAWS, estimates

Floats = npt.NDArray[np.float64]


def scores(
    positive: npt.NDArray[np.bool_],
    score: npt.NDArray[Any],
    group: Sequence[str],
    *,
    threshold: float = 0.0,
    probability: bool = True,
    draws: int = DRAWS,
) -> Scores:
    """Score one column.

    Args:
        positive: Shape (n,), whether the example's class is the positive one.
        score: Shape (n,), finite; higher says positive. Log-odds if `probability`, any scale otherwise.
        group: n names; examples of one group are drawn together by the bootstrap.
        threshold: An example is called positive if its score is at or above it.
        probability: Whether the score is log-odds; if not, Brier is left out.
        draws: Resamples of the bootstrap.

    Returns:
        Estimates of AUROC, accuracy, F1, MCC (and Brier) and the confusion counts. With one class only, AUROC and
        MCC are None; F1 is None without a positive example. Nothing is ever flipped.

    Raises:
        BadInput: If there is no example, the lengths differ, or a score is not finite.
    """
    positive, column = checked(positive, score)
    if len(group) != len(column):
        raise BadInput(f"scores: {len(column)} scores but {len(group)} groups; give one group per example.")
    called = column >= threshold

    def measure(weight: Floats) -> dict[str, Floats]:
        counts = metrics.confusion(positive, called, weight)
        values = {
            "auroc": metrics.auroc(positive, column, weight),
            "accuracy": metrics.accuracy(counts),
            "f1": metrics.f1(counts),
            "mcc": metrics.mcc(counts),
        }
        return values | ({"brier": metrics.brier(positive, column, weight)} if probability else {})

    names: tuple[Metric, ...] = ("auroc", "accuracy", "f1", "mcc", "brier")
    made = estimates(measure, group, draws=draws)
    return Scores(
        metrics={name: made[name] for name in names if name in made},
        confusion=Confusion(
            true_positive=int((positive & called).sum()),
            false_positive=int((~positive & called).sum()),
            true_negative=int((~positive & ~called).sum()),
            false_negative=int((positive & ~called).sum()),
        ),
        threshold=float(threshold),
    )


def threshold_for(positive: npt.NDArray[np.bool_], score: npt.NDArray[Any]) -> float:
    """The threshold with the best accuracy; to be used on the source's dev split only.

    Candidates lie in the middle between neighbouring distinct scores, at the lowest score (everything is called
    positive) and just above the highest (nothing is). Among equally accurate ones the one whose share of positive
    calls is nearest the true share of positives is taken, and then the highest.

    Args:
        positive: Shape (n,).
        score: Shape (n,), finite.

    Returns:
        The score from which an example is called positive.

    Raises:
        BadInput: If there is no example, the lengths differ, or a score is not finite.
    """
    positive, column = checked(positive, score)
    distinct, place = np.unique(column, return_inverse=True)
    middle = distinct[:-1] + (distinct[1:] - distinct[:-1]) / 2
    middle = np.where(middle > distinct[:-1], middle, distinct[1:])  # neighbouring floats have no middle
    candidates = np.concatenate([distinct[:1], middle, [distinct[-1] + 1.0]])
    # positives and negatives below each candidate
    missed = np.concatenate([[0], np.cumsum(np.bincount(place[positive], minlength=len(distinct)))])
    spared = np.concatenate([[0], np.cumsum(np.bincount(place[~positive], minlength=len(distinct)))])
    right = missed[-1] - missed + spared
    imbalance = np.abs((len(column) - missed - spared) - missed[-1])
    best = np.lexsort((-candidates, imbalance, -right))[0]
    return float(candidates[best])


def checked(positive: npt.NDArray[np.bool_], score: npt.NDArray[Any]) -> tuple[npt.NDArray[np.bool_], Floats]:
    """The labels as booleans and the scores as float64, both of shape (n,).

    Raises:
        BadInput: If there is no example, the lengths differ, or a score is not finite.
    """
    truth, column = np.asarray(positive, dtype=bool), np.asarray(score, dtype=np.float64)
    if truth.ndim != 1 or column.shape != truth.shape:
        raise BadInput(
            f"scores: labels of shape {truth.shape} but scores of shape {column.shape}; give one score per example."
        )
    if len(column) == 0:
        raise BadInput("scores: there is no example to score.")
    if not np.isfinite(column).all():
        row = int((~np.isfinite(column)).argmax())
        raise BadInput(f"scores: row {row + 1} has the score {column[row]}; scores must be finite numbers.")
    return truth, column
