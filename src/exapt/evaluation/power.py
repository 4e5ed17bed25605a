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


def auroc_error(area: float, positives: int, negatives: int) -> float:
    """Standard error of an AUROC over independent examples (Hanley and McNeil 1982, Radiology 143:29)."""
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    return math.sqrt(spread / (positives * negatives))


def contrast_power(
    effect: float, seeds: int, deviation: float, error: float, *, margin: float, groups: int, tests: int = 1,
    alpha: float = 0.05,
) -> float:  # fmt: skip
    """Chance that one contrast of two arms, paired by seed, is shown to be above the margin (noncentral t).

    Args:
        effect: True difference.
        seeds: Of each arm; with fewer than two the chance is 0.
        deviation: Standard deviation between seeds of one arm; the two arms' are taken as independent.
        error: Standard error of the difference over groups of examples.
        margin: Smallest difference that counts.
        groups: Groups of examples.
        tests: Over which Holm's correction runs; the strictest of them.
        alpha: One-sided level.
    """
    if seeds < 2:
        return 0.0
    own, shared = 2 * deviation**2 / seeds, error**2
    total = own + shared
    if total <= 0:
        return float(effect > margin)
    free = total**2 / (own**2 / (seeds - 1) + shared**2 / max(groups - 1, 1))
    critical = float(stats.t.isf(alpha / tests, free))
    return float(stats.nct.sf(critical, free, (effect - margin) / math.sqrt(total)))


def detectable_effect(
    seeds: int, deviation: float, error: float, *, margin: float, groups: int, contrasts: int = 1, tests: int = 1,
    power: float = 0.8,
) -> float | None:  # fmt: skip
    """The smallest true difference that all of some contrasts show together with the given power.

    Every contrast is taken to have the same effect and to fail on its own, so that each needs power^(1 / contrasts):
    contrasts of one treatment fail together more often than that, and the real chance is higher.

    Returns:
        The difference, in the metric's units; None above 0.5.
    """
    wanted = float(power ** (1 / contrasts))

    def short(effect: float) -> float:
        found = contrast_power(effect, seeds, deviation, error, margin=margin, groups=groups, tests=tests)
        return found - wanted

    return None if short(0.5) < 0 else float(optimize.brentq(short, margin, 0.5, xtol=1e-4))
