"""What causes the spread between seeds: the initial weights, the order of the data, or both together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from exapt.estimates import Estimate

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Components:
    """Variances of a two-way crossed design with one fit a cell, in squared units of the metric; not below 0.

    Attributes:
        rows: Of the row factor (initial weights).
        columns: Of the column factor (order of the data).
        rest: Of what neither explains alone: their interaction, and all that is left.
    """

    rows: Estimate
    columns: Estimate
    rest: Estimate


def components(table: Floats, level: float = 0.95) -> Components:
    """Variance components of a table of fits.

    Estimates by the method of moments, on the mean squares of the analysis of variance (Searle, Casella and McCulloch
    1992, 4.3). Intervals: exact (chi squared) for the rest; for the factors the modified large-sample intervals of Ting
    et al. (1990), Journal of Statistical Computation and Simulation 35:135, which hold their level in small tables.

    Args:
        table: The metric of each cell, shape (rows, columns), both at least 2.
        level: Of the intervals.

    Raises:
        ValueError: If the table is smaller, or a cell is missing.
    """
    if table.ndim != 2 or min(table.shape) < 2 or not np.isfinite(table).all():
        raise ValueError(f"a full table of at least 2 by 2 fits is needed, got {table.shape}")
    a, b = table.shape
    mean = table.mean()
    by_row, by_column = table.mean(axis=1), table.mean(axis=0)
    left = table - by_row[:, None] - by_column[None, :] + mean
    free = (a - 1, b - 1, (a - 1) * (b - 1))
    row = b * float(((by_row - mean) ** 2).sum()) / free[0]
    column = a * float(((by_column - mean) ** 2).sum()) / free[1]
    rest = float((left**2).sum()) / free[2]
    tail = (1 - level) / 2
    low, high = (rest * free[2] / float(stats.chi2.isf(q, free[2])) for q in (tail, 1 - tail))
    return Components(
        rows=_difference(row, rest, free[0], free[2], b, tail),
        columns=_difference(column, rest, free[1], free[2], a, tail),
        rest=Estimate(value=rest, low=low, high=high),
    )


def _difference(first: float, second: float, p: int, q: int, size: int, tail: float) -> Estimate:
    """(first - second) / size for independent mean squares with p and q degrees of freedom."""

    def f(upper: float, one: float, two: float) -> float:
        return float(stats.chi2.isf(upper, one)) / one if math.isinf(two) else float(stats.f.isf(upper, one, two))

    g1, g2 = 1 - 1 / f(tail, p, math.inf), 1 - 1 / f(tail, q, math.inf)
    h1, h2 = 1 / f(1 - tail, p, math.inf) - 1, 1 / f(1 - tail, q, math.inf) - 1
    up, down = f(tail, p, q), f(1 - tail, p, q)
    g12 = ((up - 1) ** 2 - (g1 * up) ** 2 - h2**2) / up
    h12 = ((1 - down) ** 2 - (h1 * down) ** 2 - g2**2) / down
    below = (g1 * first) ** 2 + (h2 * second) ** 2 + g12 * first * second
    above = (h1 * first) ** 2 + (g2 * second) ** 2 + h12 * first * second
    low = (first - second - math.sqrt(max(below, 0.0))) / size
    high = (first - second + math.sqrt(max(above, 0.0))) / size
    return Estimate(value=max((first - second) / size, 0.0), low=max(low, 0.0), high=max(high, 0.0))
