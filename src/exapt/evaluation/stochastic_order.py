"""Almost stochastic order: how far one arm's seeds are from being better than another's at every quantile."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

DRAWS = 1000
FEWEST = 5  # seeds of each arm


def violation(better: Floats, worse: Floats) -> float:
    """Share of the squared distance between two quantile functions where the wrong one is above.

    The violation ratio of del Barrio, Cuesta-Albertos and Matran (2018), for the Wasserstein distance of order 2: 0 if
    `better` is at least as large at every quantile, 1 if it is at most as large at every one, 0.5 if they are alike.
    Quantile functions of samples are steps, so the integral is a sum without error.

    Args:
        better: Values of the one arm, shape (n,), n > 0.
        worse: Values of the other, shape (m,), m > 0.
    """
    n, m = len(better), len(worse)
    # all steps in units of 1 / (n m), so that equal places of both meet exactly
    cuts = np.unique(np.concatenate([np.arange(n + 1) * m, np.arange(m + 1) * n]))
    width = np.diff(cuts) / (n * m)
    gap = np.sort(better)[cuts[:-1] // m] - np.sort(worse)[cuts[:-1] // n]
    whole = float(width @ gap**2)
    return float(width @ np.where(gap < 0, gap, 0.0) ** 2) / whole if whole > 0 else 0.5


def almost_stochastic_order(better: Floats, worse: Floats, *, alpha: float = 0.05, seed: int = 0) -> float:
    """Upper bound of the violation ratio: below 0.5 `better` is almost stochastically dominant, near 0 clearly so.

    Dror, Shlomov and Reichart (2019), Deep dominance, ACL: the ratio plus its bootstrap standard error times the normal
    quantile.

    Args:
        better: Shape (n,), n at least 5: chance often draws two pairs that do not overlap, which would leave no doubt.
        worse: Shape (m,), m at least 5.
        alpha: Chance that the true ratio is larger.
        seed: Of the bootstrap.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: If an arm has fewer than five values.
    """
    if min(len(better), len(worse)) < FEWEST:
        raise ValueError(f"an order of two arms needs at least {FEWEST} seeds of each")
    rng = np.random.default_rng([seed, len(better), len(worse)])
    one = better[rng.integers(0, len(better), (DRAWS, len(better)))]
    two = worse[rng.integers(0, len(worse), (DRAWS, len(worse)))]
    drawn = np.array([violation(a, b) for a, b in zip(one, two, strict=True)])
    bound = violation(better, worse) - float(drawn.std(ddof=1)) * float(stats.norm.ppf(alpha))
    return min(max(bound, 0.0), 1.0) if math.isfinite(bound) else 1.0
