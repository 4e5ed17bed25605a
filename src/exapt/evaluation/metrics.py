"""The metrics of a binary task under example weights, vectorised over many weightings (the draws of a bootstrap).

Every sum is exact in float64 when the weights are whole numbers (up to 2**21 examples), so a value depends neither on
the order of the rows nor on the processor. A metric that is not defined is NaN inside this module only; `scores` turns
it into None.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

FIXED_POINT = 2.0**32  # squared errors are rounded to a multiple of 1 / FIXED_POINT: at most 1.2e-10 off, sums exact


def auroc(positive: Bools, score: Floats, weight: Floats) -> Floats:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties counted half.

    Args:
        positive: Shape (n,).
        score: Shape (n,), any scale, finite.
        weight: Shape (draws, n), not negative.

    Returns:
        Shape (draws,), 0 to 1; NaN where a class has no weight. Equal to the Mann-Whitney U over the product of the
        weights of the classes.
    """
    negatives = np.flatnonzero(~positive)
    negatives = negatives[np.argsort(score[negatives], kind="stable")]
    positives = np.flatnonzero(positive)
    below = np.searchsorted(score[negatives], score[positives], side="left")
    reached = np.searchsorted(score[negatives], score[positives], side="right")
    # cumulated[:, i] = weight of the i lowest negatives
    cumulated = np.zeros((len(weight), len(negatives) + 1))
    np.cumsum(np.take(weight, negatives, axis=1), axis=1, out=cumulated[:, 1:])
    won = np.take(cumulated, below, axis=1)
    if not np.array_equal(below, reached):
        won += np.take(cumulated, reached, axis=1)
        won *= 0.5
    own = np.take(weight, positives, axis=1)
    wins = np.einsum("ij,ij->i", own, won)
    return _ratio(wins, own.sum(axis=1) * cumulated[:, -1])


def confusion(positive: Bools, called: Bools, weight: Floats) -> Floats:
    """Weighted counts of shape (draws, 4): true positive, false positive, true negative, false negative."""
    cells = np.stack([positive & called, ~positive & called, ~positive & ~called, positive & ~called], axis=1)
    counted: Floats = weight @ cells.astype(np.float64)
    return counted


def accuracy(counts: Floats) -> Floats:
    """Share of right calls, shape (draws,), from `confusion`'s counts."""
    tp, fp, tn, fn = counts.T
    return _ratio(tp + tn, tp + fp + tn + fn)


def f1(counts: Floats) -> Floats:
    """F1 of the positive class, 2 TP / (2 TP + FP + FN), shape (draws,); NaN without a positive example."""
    tp, fp, _, fn = counts.T
    return np.where(tp + fn > 0, _ratio(2 * tp, 2 * tp + fp + fn), np.nan)


def mcc(counts: Floats) -> Floats:
    """Matthews' correlation coefficient, shape (draws,), -1 to 1.

    NaN if the examples are of one class; 0 (its limit) if the calls are.
    """
    tp, fp, tn, fn = counts.T
    both = (tp + fn > 0) & (tn + fp > 0)
    # roots taken one by one: the product of four counts would leave the whole numbers that float64 holds
    scale = np.sqrt((tp + fp) * (tp + fn)) * np.sqrt((tn + fp) * (tn + fn))
    value = np.divide(tp * tn - fp * fn, scale, out=np.zeros_like(scale), where=scale > 0)
    return np.where(both, np.clip(value, -1.0, 1.0), np.nan)


def brier(positive: Bools, score: Floats, weight: Floats) -> Floats:
    """Mean squared error of the probability that a score in log-odds stands for, shape (draws,), 0 to 1."""
    error = np.where(positive, sigmoid(-score), sigmoid(score)) ** 2
    exact = np.rint(error * FIXED_POINT)
    return _ratio(weight @ exact, weight.sum(axis=1)) / FIXED_POINT


def sigmoid(score: Floats) -> Floats:
    """1 / (1 + exp(-score)), without overflow at either end."""
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, small) / (1.0 + small)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
