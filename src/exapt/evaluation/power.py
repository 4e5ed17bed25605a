"""What a test set can show at all: the smallest difference between two models that a paired test finds, and seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats


def effective_size(sizes: Sequence[int], correlation: float) -> float:
    """How many independent examples some grouped ones are worth (Kish 1965: n over the design effect).

    Args:
        sizes: Examples of each group, every one at least 1.
        correlation: Intra-group correlation of the outcome, 0 to 1.

    Returns:
        n / (1 + (m - 1) · correlation), with m = Σ size² / Σ size, the size of the group an example finds itself in.
    """
    size = np.asarray(sizes, dtype=float)
    n = float(size.sum())
    return n / (1 + (float((size**2).sum()) / n - 1) * correlation)


def paired_power(n: float, difference: float, discordance: float, alpha: float = 0.05) -> float:
    """Chance that McNemar's two-sided test finds a difference in accuracy (Connor 1987, Biometrics 43:207).

    Args:
        n: Independent examples that both models score.
        difference: True difference in accuracy, 0 to `discordance`.
        discordance: Share of examples on which exactly one of the two models is right, 0 to 1.
        alpha: Level of the test.
    """
    spread = discordance - difference**2
    reach = abs(difference) * math.sqrt(n) - stats.norm.isf(alpha / 2) * math.sqrt(discordance)
    if spread <= 0:
        return float(reach > 0)
    return float(stats.norm.cdf(reach / math.sqrt(spread)))


def smallest_difference(n: float, discordance: float, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """The smallest difference in accuracy that `paired_power` finds with the given power; None if none is found."""
    if paired_power(n, discordance, discordance, alpha) < power:
        return None
    return float(optimize.brentq(lambda d: paired_power(n, d, discordance, alpha) - power, 1e-9, discordance))


def seeds_for(half_width: float, deviation: float, level: float = 0.95, most: int = 10_000) -> int | None:
    """Training seeds wanted for an interval of the mean over seeds (Student's t).

    Args:
        half_width: Half the interval's length, above 0.
        deviation: Standard deviation between seeds, not negative.
        level: Of the interval.
        most: Where to give up.

    Returns:
        The smallest number of seeds, at least 2; None above `most`.
    """
    for seeds in range(2, most + 1):
        if stats.t.isf((1 - level) / 2, seeds - 1) * deviation / math.sqrt(seeds) <= half_width:
            return seeds
    return None
