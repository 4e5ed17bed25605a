"""AUROC with a standard error that knows which examples depend on each other."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exapt.evaluation.ranks import midranks


def clustered_auroc(
    positive: npt.NDArray[np.bool_], score: npt.NDArray[np.float64], cluster: npt.NDArray[np.integer]
) -> tuple[float, float]:
    """Area under the ROC curve and its standard error where examples come in clusters.

    Obuchowski (1997), Nonparametric analysis of clustered ROC curve data, Biometrics 53:567: the placements of a
    cluster's examples among those of the other class are summed, and the sums of different clusters are independent.
    With clusters of one example it is the estimator of DeLong, DeLong and Clarke-Pearson (1988). Placements are taken
    from mid-ranks (Sun and Xu 2014) in O(n log n). A cluster may hold both classes.

    Args:
        positive: Shape (n,).
        score: Shape (n,), any scale, finite; ties count half.
        cluster: Shape (n,), any whole numbers.

    Returns:
        The area, 0 to 1, and its standard error: infinite where a class stands in one cluster only, and too small
        (zero, if the classes are told apart without a fault) where it stands in very few.

    Raises:
        ValueError: If a class is missing or a score is not finite.
    """
    above, below = placements(positive, score)
    return float(above.mean()), clustered_error(positive, above, below, cluster)


def placements(
    positive: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The share of negatives below each positive, and of positives above each negative; ties count half.

    Args:
        positive: Shape (n,).
        score: Shape (n,), finite.

    Raises:
        ValueError: If a class is missing or a score is not finite.
    """
    m, n = int(positive.sum()), int((~positive).sum())
    if m == 0 or n == 0:
        raise ValueError(f"an AUROC needs both classes, got {m} positives and {n} negatives")
    if not np.isfinite(score).all():
        raise ValueError("a score is not finite")
    rank = midranks(score)
    above = (rank[positive] - midranks(score[positive])) / n
    return above, 1 - (rank[~positive] - midranks(score[~positive])) / m


def clustered_error(
    positive: npt.NDArray[np.bool_],
    above: npt.NDArray[np.float64],
    below: npt.NDArray[np.float64],
    cluster: npt.NDArray[np.integer],
) -> float:
    """The standard error that `clustered_auroc` gives, from placements; several clusterings share them."""
    m, n, area = len(above), len(below), float(above.mean())
    number = np.unique(cluster, return_inverse=True)[1]
    clusters = int(number.max()) + 1
    of_positives = np.bincount(number[positive], minlength=clusters)
    of_negatives = np.bincount(number[~positive], minlength=clusters)
    a = (np.bincount(number[positive], above, clusters) - of_positives * area) / m
    b = (np.bincount(number[~positive], below, clusters) - of_negatives * area) / n
    holding, others = int((of_positives > 0).sum()), int((of_negatives > 0).sum())
    if holding < 2 or others < 2:
        return math.inf
    variance = (
        _unbiased(holding) * float(a @ a) + _unbiased(others) * float(b @ b) + 2 * _unbiased(clusters) * float(a @ b)
    )
    return math.sqrt(max(variance, 0.0))


def permuted_error(positive: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> float:
    """Standard deviation of the area if the labels meant nothing: over all ways to deal them to the rows.

    Lehmann (1975), Nonparametrics, 1.4: of the Wilcoxon statistic with ties. Unlike an error that is told from the
    placements, it does not vanish where a few rows of a rare class happen to be alike.

    Args:
        positive: Shape (n,), of both classes.
        score: Shape (n,); ties count half.
    """
    m, n = int(positive.sum()), int((~positive).sum())
    rank = midranks(score)
    return math.sqrt(float(((rank - rank.mean()) ** 2).sum()) / ((m + n) * (m + n - 1) * m * n))


def _unbiased(clusters: int) -> float:
    return clusters / (clusters - 1)
