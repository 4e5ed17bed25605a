"""The two small models that read a family of features: shallow boosted trees, and logistic regression on counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from exapt.audit.boosting import BINS, boosted
from exapt.audit.family import Matrix

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

# few and shallow: a weak feature must not drown in what the others happen to say in the training rows
FEWEST, MOST, LEAVES, RATE = 10, 50, 4, 0.1  # trees: `FEWEST` up to 2,000 rows, then as the root of n
SIDE_BY_SIDE = 8000  # rows
C = 1.0  # weight of the loss against the ridge; rows have a mean squared length of one around their mean
STEPS, CLOSE = 60, 0.05  # at most, and the share of its first length at which a gradient counts as zero


def trees(matrix: Matrix, positive: Bools, train: Bools, *, alone: bool = False) -> Floats:
    """Gradient boosting on histograms (Friedman 2001; as in scikit-learn), one fit for each choice of training rows.

    Up to `SIDE_BY_SIDE` rows a fit is done in less time than a library takes to begin with one, so all are made in one
    sweep; the scores are the same to rounding.

    Args:
        matrix: Shape (n, features); NaN says that a value is missing.
        positive: Shape (n,).
        train: Shape (fits, n): the rows that each fit learns from.
        alone: Whether every tree reads one feature only, so that features of two sides are never compared.

    Returns:
        Log-odds of the positive class, shape (fits, n), finite; 0 where a fit's training rows are of one class. Rows
        that a fit learned from are not scored (0).
    """
    dense = np.asarray(matrix.toarray() if isinstance(matrix, sparse.csr_matrix) else matrix, dtype=np.float64)
    dense = np.nan_to_num(dense, nan=np.nan)  # infinities are refused by the trees
    scores = np.zeros(train.shape)
    fair = np.array([0 < positive[rows].sum() < rows.sum() < len(rows) for rows in train])
    if dense.shape[1] == 0 or not fair.any():
        return scores
    count = int(np.clip(FEWEST * np.sqrt(len(dense) / 2000), FEWEST, MOST))
    with threadpool_limits(1):  # sums of several threads differ in their last bits from machine to machine
        if len(dense) <= SIDE_BY_SIDE:
            scores[fair] = boosted(dense, positive, train[fair], trees=count, leaves=LEAVES, rate=RATE, alone=alone)
            return np.where(train, 0.0, scores)
        from sklearn.ensemble import HistGradientBoostingClassifier  # a second of imports that few audits need

        for fit in np.flatnonzero(fair):
            model = HistGradientBoostingClassifier(
                max_iter=count, max_leaf_nodes=LEAVES, max_bins=BINS, learning_rate=RATE, early_stopping=False,
                random_state=0, interaction_cst="no_interactions" if alone else None,
            )  # fmt: skip
            rows = train[fit]
            known = ~np.isnan(dense[rows]).all(axis=0)  # of nothing at all there are no quantiles
            if known.any():
                model.fit(dense[np.ix_(rows, known)], positive[rows])
                scores[fit, ~rows] = model.decision_function(dense[np.ix_(~rows, known)])
    return scores


def linear(matrix: Matrix, positive: Bools, train: Bools) -> Floats:
    """Ridge logistic regression on counts, all fits side by side.

    Counts become 1 + log(count), weighted by inverse document frequency, rows of length one, columns around their mean
    (labels play no part). All fits take the same steps of accelerated gradient descent (Nesterov 2004, 2.2.1, for
    strongly convex functions), so that every row of the table is read once a step however many fits there are.

    Args:
        matrix: Shape (n, features), counts.
        positive: Shape (n,).
        train: Shape (fits, n): the rows that each fit learns from.

    Returns:
        Log-odds, shape (fits, n), as `trees` gives them.
    """
    counts = sparse.csr_matrix(matrix, dtype=np.float32)
    fair = np.array([0 < positive[rows].sum() < rows.sum() for rows in train])
    if counts.shape[1] == 0 or counts.nnz == 0 or not fair.any():
        return np.zeros(train.shape)
    # nothing is copied that need not be: for many rows the table is most of what an audit holds
    table = TfidfTransformer(sublinear_tf=True).fit_transform(counts).astype(np.float32, copy=False)
    mean = np.asarray(table.mean(axis=0), dtype=np.float32).ravel()
    spread = float(table.data @ table.data) / table.shape[0] - float(mean @ mean)
    if spread < 1e-6:  # all rows are the same, but for rounding; one row in 50,000 that differs makes 2e-5
        return np.zeros(train.shape)
    table.data /= np.float32(np.sqrt(spread))
    mean /= np.float32(np.sqrt(spread))
    transposed = table.T.tocsr()

    def forward(weight: Singles) -> Singles:
        return np.asarray(table @ weight - mean @ weight)

    def backward(residual: Singles) -> Singles:
        return np.asarray(transposed @ residual - np.outer(mean, residual.sum(axis=0)))

    mask = np.ascontiguousarray((train & fair[:, None]).T, dtype=np.float32)
    target = positive.astype(np.float32)[:, None]
    share = (target * mask).sum(axis=0).clip(1) / mask.sum(axis=0).clip(2)
    odds = np.log(share / (1 - share))  # fixed: as one more weight it would be the steepest by far, and slow all others
    steep = 1 / C + 0.25 * _largest(forward, backward, table.shape[1])  # no second derivative is larger
    root = np.sqrt(steep * C)
    momentum = np.float32((root - 1) / (root + 1))
    weight = ahead = np.zeros((table.shape[1], len(train)), dtype=np.float32)
    first = np.zeros(len(train))
    for step in range(STEPS):
        gradient = backward(mask * (_sigmoid(forward(ahead) + odds) - target)) + ahead / np.float32(C)
        length = np.linalg.norm(gradient, axis=0)
        first = length if step == 0 else first
        if (length <= CLOSE * first).all():
            break
        moved = ahead - gradient / np.float32(steep)
        ahead = moved + momentum * (moved - weight)
        weight = moved
    scores = (forward(ahead) + odds).T.astype(np.float64) * fair[:, None]
    return np.where(train, 0.0, scores)


def _largest(forward: Callable[[Singles], Singles], backward: Callable[[Singles], Singles], size: int) -> float:
    """The largest eigenvalue of the table's second moments, and a little more, by the power method."""
    vector = np.random.default_rng(0).normal(size=(size, 1)).astype(np.float32)
    value = 0.0
    for _ in range(12):
        vector = vector / np.float32(np.linalg.norm(vector))
        vector = backward(forward(vector))
        value = float(np.linalg.norm(vector))
    return 1.1 * value


def _sigmoid(score: Singles) -> Singles:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -30, 30))), dtype=np.float32)


MODELS: Mapping[str, Callable[[Matrix, Bools, Bools], Floats]] = {
    "trees": trees, "stumps": partial(trees, alone=True), "linear": linear,
}  # fmt: skip
