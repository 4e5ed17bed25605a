"""Paired tests of two arms: example by example in whole groups, or seed by seed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

DRAWS = 10_000
EXACT = 14  # units up to which all 2**units sign patterns are tried
_BLOCK = 256  # patterns held at a time


def sign_flips(difference: Floats, unit: npt.NDArray[np.integer], *, seed: int = 0) -> float:
    """Two-sided p-value of differences that are symmetric around zero, where units are swapped as a whole.

    Fisher's randomisation test for matched pairs: had both arms been the same, each unit's differences could as well
    have had the other sign. Up to 14 units all patterns are tried; of more, 10,000 are drawn, and the observed one is
    counted among them (Phipson and Smyth 2010), so that p is never 0.

    Args:
        difference: One number an example, shape (n,): the one arm's outcome less the other's.
        unit: What is flipped together, shape (n,): the examples' groups, or of one value a seed its number.
        seed: Of the draws.
    """
    number = np.unique(unit, return_inverse=True)[1]
    total = np.bincount(number, weights=difference)
    total = total[total != 0]  # zeros have no sign to flip
    if not len(total):
        return 1.0
    seen = abs(float(total.sum())) * (1 - 1e-12)  # sums in another order differ in their last bits
    if len(total) <= EXACT:
        patterns = (np.arange(2 ** len(total))[:, None] >> np.arange(len(total))) & 1
        return float((np.abs((1 - 2 * patterns) @ total) >= seen).mean())
    rng = np.random.default_rng([seed, len(total)])
    reached = 0
    for start in range(0, DRAWS, _BLOCK):
        signs = 1.0 - 2.0 * rng.integers(0, 2, (min(_BLOCK, DRAWS - start), len(total)))
        reached += int((np.abs(signs @ total) >= seen).sum())
    return (reached + 1) / (DRAWS + 1)


def mcnemar(first_only: int, second_only: int) -> float:
    """Two-sided exact p-value (binomial) of McNemar (1947), for independent examples only.

    Args:
        first_only: Examples that only the one arm calls right.
        second_only: Examples that only the other does.
    """
    both = first_only + second_only
    return float(stats.binomtest(first_only, both, 0.5).pvalue) if both else 1.0


def wilcoxon(difference: Floats) -> float:
    """Two-sided p-value of Wilcoxon's signed ranks (1945) over seeds, exact unless there are ties or zeros."""
    if not np.any(difference):
        return 1.0
    return float(stats.wilcoxon(difference).pvalue)


def smallest_p(units: int) -> float:
    """The smallest two-sided p-value that signs of so many units allow: 2 / 2**units; above 0.05 under six."""
    return min(1.0, 2.0 ** (1 - units))
