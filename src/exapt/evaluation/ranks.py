"""Ranks of values where equal ones share the mean of theirs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def midranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mid-ranks from 1, as `scipy.stats.rankdata` gives them, which takes half a millisecond to begin with a few.

    Args:
        values: Shape (n,); of any NaN all ranks are NaN.

    Returns:
        Shape (n,).
    """
    order = np.argsort(values)
    rising = values[order]
    if len(rising) and np.isnan(rising[-1]):
        return np.full(len(values), np.nan)
    fresh = np.ones(len(values), dtype=bool)
    np.not_equal(rising[1:], rising[:-1], out=fresh[1:])
    first = np.append(np.flatnonzero(fresh), len(values))
    ranks = np.empty(len(values))
    ranks[order] = ((first[:-1] + first[1:] + 1) / 2)[np.cumsum(fresh) - 1]
    return ranks
