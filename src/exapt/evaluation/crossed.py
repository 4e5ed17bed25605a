"""Intervals over training seeds and test examples at once: seeds and groups are drawn independently of each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import special

from exapt.evaluation.intervals import DRAWS, SEED, bootstrap
from exapt.evaluation.metrics import auroc

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

ROUNDING = 1e-12  # a spread below it is none
DOUBT = 0.1  # chance that seeds agree so well though they vary more than the degrees of freedom allow for


@dataclass(frozen=True)
class Drawn:
    """One arm's metric, seed by seed, on all examples and under draws of groups that all arms share.

    Attributes:
        plain: On all examples, shape (seeds,).
        drawn: Under each draw of groups, shape (draws, seeds).
        groups: Number of groups that were drawn from.
        fixed: Whether there is nothing to seed (a trivial baseline): then there is one column, which no other training
            would change.
        seeds: The seed of each column; empty where nobody says. Two columns of one seed are one training told twice.
        common: Variance that the mean owes to what all columns share and another study would draw anew: the 100 heads
            that every backbone got. The columns' own spread does not show it.
        freedom: Degrees of freedom of `common`.
    """

    plain: Floats
    drawn: Floats
    groups: int
    fixed: bool = False
    seeds: tuple[int, ...] = ()
    common: float = 0.0
    freedom: float = math.inf

    def __post_init__(self) -> None:
        if self.seeds and (len(self.seeds) != len(self.plain) or len(set(self.seeds)) < len(self.seeds)):
            raise ValueError(f"seeds {list(self.seeds)} do not name {len(self.plain)} trainings, each once")
        if self.drawn.shape[1:] != self.plain.shape or self.plain.ndim != 1 or not len(self.plain):
            raise ValueError(f"{self.plain.shape} values do not fit {self.drawn.shape} draws")
        if self.fixed and len(self.plain) > 1:
            raise ValueError("what has seeds is not fixed")

    @cached_property
    def middle(self) -> Floats:
        """Mean over the seeds under each draw, shape (draws,)."""
        return np.asarray(self.drawn @ np.full(len(self.plain), 1 / len(self.plain)))

    def turned(self, which: Bools) -> Drawn:
        """The same arm, some of its columns, shape (seeds,), the other way round: an AUROC of a becomes 1 - a."""
        plain, drawn = (np.where(which, 1 - values, values) for values in (self.plain, self.drawn))
        return replace(self, plain=plain, drawn=drawn)

    def in_order_of(self, other: Drawn) -> Drawn:
        """The same arm, its columns in the order of another arm's seeds; as it stands where one does not name its own.

        Raises:
            ValueError: If they have other seeds.
        """
        if len(self.plain) != len(other.plain):
            raise ValueError(f"{len(other.plain)} seeds do not pair with {len(self.plain)}")
        if not self.seeds or not other.seeds:
            return self
        if set(self.seeds) != set(other.seeds):
            raise ValueError(f"seeds {sorted(other.seeds)} do not pair with {sorted(self.seeds)}")
        order = [self.seeds.index(seed) for seed in other.seeds]
        return replace(self, plain=self.plain[order], drawn=self.drawn[:, order], seeds=other.seeds)


@dataclass(frozen=True)
class Spread:
    """A mean over seeds, or a difference of two, with what it may owe to the seeds and to the examples.

    Attributes:
        value: The mean, or the difference of the means.
        seeds: Variance of `value` over other seeds on the same examples, and over what an arm's columns have in common
            (`Drawn.common`); infinite with one seed.
        groups: Variance over other groups of examples with the same seeds.
        shared: What both hold: each seed's own luck with these examples. It is counted once.
        freedom: Degrees of freedom of the whole (Satterthwaite 1946, told more carefully; see `spread`).
        third: Third cumulant of `value` over other seeds: below 0 where a few seeds fall far behind the rest.
    """

    value: float
    seeds: float
    groups: float
    shared: float
    freedom: float
    third: float = 0.0

    @property
    def error(self) -> float:
        """Standard error of `value` over other seeds and other examples."""
        return math.sqrt(max(self.seeds + self.groups - self.shared, self.seeds, self.groups))

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Two-sided interval by Student's t; None where one seed says nothing of others."""
        if not math.isfinite(self.error):
            return None
        reach = float(special.stdtrit(self.freedom, (1 + level) / 2)) * self.error
        return self.value - reach, self.value + reach

    def above(self, margin: float) -> float:
        """One-sided p-value of the hypothesis that the true value is at most `margin`; 1 with one seed."""
        return self._tail(self.value - margin, self.third)

    def below(self, margin: float) -> float:
        """One-sided p-value of the hypothesis that the true value is at least `margin`; 1 with one seed."""
        return self._tail(margin - self.value, -self.third)

    def _tail(self, excess: float, third: float) -> float:
        """The larger of two p-values: Student's, and Student's of the statistic with its skewness taken away.

        Where three fits in ten fail, a handful of seeds with few failures has a mean that is too high and an error that
        is too small at once: at a nominal 5% Student's test errs in 10%. The expansion of a Studentized mean tells by
        how much its quantiles lie off, and is inverted here (Hall 1983, Inverting an Edgeworth expansion, Annals of
        Statistics 11:569): t is where a mean without skewness would have shown z, t = z - skew (2 z² + 1) / 6. Where
        that would make the test bolder it is left away: a skewness from few seeds is no reason to claim more.

        Trap: Hall's cubic transformation (1992, Journal of the Royal Statistical Society B 54:221) says the same to
        this order, but grows flat at t = -3 / skew. One outlying seed of ten made it -0.4, and so a difference of
        0.40 with an error of 0.05 (t = 8) had p = 0.01.
        """
        if not math.isfinite(self.error):
            return 1.0
        if self.error < ROUNDING:
            return float(excess <= ROUNDING)
        t, skew = excess / self.error, third / self.error**3
        return float(special.stdtr(self.freedom, -_unskewed(t, skew)))


def _unskewed(t: float, skew: float) -> float:
    """The root of z - skew (2 z² + 1) / 6 = t that is t where nothing is skewed; t itself where that is smaller."""
    if skew >= 0:
        return t
    under = max(1 - 4 / 3 * skew * (t + skew / 6), 0.0)  # 0 where there is no root, below t = 0: still growing with t
    return min(t, 2 * (t + skew / 6) / (1 + math.sqrt(under)))


def drawn_aurocs(
    positive: Bools, scores: Floats, group: Sequence[str], *, fixed: bool = False, seeds: Sequence[int] = (),
    draws: int = DRAWS, seed: int = SEED,
) -> Drawn:  # fmt: skip
    """The AUROC of each seed's scores under draws of groups.

    Arms that are scored on the same examples get the same draws, since these depend on the groups and the seed alone.

    Args:
        positive: Shape (n,).
        scores: Shape (seeds, n).
        group: Each example's group, n names.
        fixed: As in `Drawn`.
        seeds: As in `Drawn`.
        draws: Number of draws.
        seed: Of the draws.

    Raises:
        ValueError: If a class is missing or there is one group only.
    """
    if not 0 < positive.sum() < len(positive) or len(set(group)) < 2:
        raise ValueError("an AUROC needs both classes, and its interval two groups")
    plain = np.array([float(auroc(positive, row, np.ones((1, len(row))))[0]) for row in scores])
    found = bootstrap(
        lambda weight: {str(s): auroc(positive, row, weight) for s, row in enumerate(scores)},
        group, draws=draws, seed=seed,
    )  # fmt: skip
    table = np.stack([found[str(s)] for s in range(len(scores))], axis=1)
    return Drawn(plain, table[~np.isnan(table).any(axis=1)], len(set(group)), fixed, tuple(seeds))


def spread(one: Drawn, other: Drawn | None = None, *, paired: bool = True) -> Spread:
    """The mean over seeds of one arm, or of its difference to another.

    The crossed ("pigeonhole") bootstrap of Owen (2007), Annals of Applied Statistics 1:386, as Sellam et al. (2022,
    MultiBERTs) use it, with two corrections that matter for few seeds. Seeds drawn with replacement vary less than
    seeds do, by (S - 1) / S: their variance over all such draws is known and is taken with S - 1. And each seed's own
    luck with the examples would stand in the total three times: its size is told by how much further apart the seeds
    are under draws of groups than they are on all examples, and it is counted once. The interval is Student's, the
    one-sided p-values are Student's or more careful.

    Satterthwaite's degrees of freedom are too many where a few seeds agree by chance: their variance then looks small
    beside that of the examples, which is known from many groups, and the interval is short exactly when it misses
    (three seeds, nominal 95%: 92%). So the weight of the seeds is not the variance that they show, but the largest that
    they do not rule out at 10%.

    Args:
        one: The arm.
        other: What it is compared with, on the same examples and draws.
        paired: Whether the arms are paired by seed; a fixed arm pairs with any. Columns whose seeds are told are
            brought into one order, others are taken as they stand.

    Raises:
        ValueError: If the arms were not drawn alike, or are paired and have other seeds or something in common.
    """
    if other is None:
        return _spread([(one, 1.0)])
    if (len(one.drawn), one.groups) != (len(other.drawn), other.groups):
        raise ValueError("the arms were not scored under the same draws")
    if not paired or one.fixed or other.fixed:
        return _spread([(one, 1.0), (other, -1.0)])
    if one.common or other.common:
        raise ValueError("what all columns of an arm share does not pair with a seed")
    other = other.in_order_of(one)
    return _spread([(Drawn(one.plain - other.plain, one.drawn - other.drawn, one.groups), 1.0)])


def _spread(terms: list[tuple[Drawn, float]]) -> Spread:
    """The weighted sum of independent arms."""
    value = sum(sign * float(arm.plain.mean()) for arm, sign in terms)
    drawn_from = terms[0][0].groups
    groups = float(np.sum([sign * arm.middle for arm, sign in terms], axis=0).var(ddof=1))
    groups *= drawn_from / max(drawn_from - 1, 1)  # groups drawn with replacement vary less than groups do
    seeds = shared = third = parts = squares = 0.0
    for arm, sign in terms:
        if arm.fixed:
            continue
        count = len(arm.plain)
        if count < 2:
            return Spread(value, math.inf, groups, 0.0, 0.0)
        apart, again = arm.plain - arm.plain.mean(), (arm.drawn - arm.middle[:, None]).ravel()
        own = float(apart @ apart) / (count - 1) / count
        luck = min(max(float(again @ again) / (count - 1) / len(arm.drawn) / count - own, 0.0), own)
        seeds, shared = seeds + own + arm.common, shared + luck
        # without bias; divided as a population's it would be 0.41 of this with three seeds, 0.84 with ten
        third += sign**3 * float((apart**3).sum()) / (count * (count - 1) * max(count - 2, 1))
        most = (own - luck) * (count - 1) / float(special.chdtri(count - 1, 1 - DOUBT))
        parts, squares = parts + most + arm.common, squares + most**2 / (count - 1) + arm.common**2 / arm.freedom
    shared = min(shared, groups)
    parts, squares = parts + groups, squares + groups**2 / max(terms[0][0].groups - 1, 1)
    return Spread(value, seeds, groups, shared, parts**2 / squares if squares else math.inf, third)
