"""The seed lottery: how likely the best of a few fits reaches a published number, though the typical fit does not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

MOST = 100


@dataclass(frozen=True)
class Lottery:
    """What the observed seeds say of the best of k.

    Attributes:
        seeds: Number of observed seeds.
        reached: How many of them reach the published value.
        low: Lower end of the 95% interval of the chance of one seed (Clopper and Pearson 1934).
        high: Upper end.
    """

    seeds: int
    reached: int
    low: float
    high: float

    @property
    def chance(self) -> float:
        """Of one seed, as observed."""
        return self.reached / self.seeds

    def best_of(self, k: int) -> tuple[float, float, float]:
        """Chance that the best of k seeds reaches the published value: as observed, and its 95% interval."""
        one, low, high = (1 - (1 - p) ** k for p in (self.chance, self.low, self.high))
        return one, low, high

    @property
    def even(self) -> int | None:
        """The smallest k at which the chance is one half; None if no observed seed reaches the value."""
        if self.reached == 0:
            return None
        if self.reached == self.seeds:
            return 1
        return max(1, math.ceil(math.log(0.5) / math.log1p(-self.chance) - 1e-12))


def lottery(values: npt.NDArray[np.float64], published: float) -> Lottery:
    """The lottery of a published value.

    Seeds are drawn from the observed values themselves. A normal fitted to them would promise values that no seed has
    shown: fits that learn and fits that do not make two heaps.

    Args:
        values: A metric of each seed, shape (seeds,), larger is better.
        published: The value that was reported, in the same metric.

    Raises:
        ValueError: Without values.
    """
    if not len(values):
        raise ValueError("a lottery needs at least one seed")
    seeds, reached = len(values), int((values >= published).sum())
    low = float(stats.beta.ppf(0.025, reached, seeds - reached + 1)) if reached else 0.0
    high = float(stats.beta.ppf(0.975, reached + 1, seeds - reached)) if reached < seeds else 1.0
    return Lottery(seeds, reached, low, high)
