"""Intervals over seeds and examples: against exact variances, against simulation, and what pairs with what."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from exapt.evaluation.crossed import Drawn, Spread, drawn_aurocs, spread
from exapt.evaluation.metrics import auroc

N = 300
GROUPS = [str(i // 2) for i in range(N)]
POSITIVE = np.arange(N) % 2 == 0


def scores(
    shift: np.ndarray, rng: np.random.Generator, shared: float = 0.5, base: np.ndarray | None = None
) -> np.ndarray:
    """Scores of seeds: an effect of the example that all share, each seed's own noise, positives moved by `shift`."""
    base = rng.normal(size=N) if base is None else base
    own = rng.normal(size=(len(shift), N))
    return np.where(POSITIVE, shift[:, None], 0.0) + math.sqrt(shared) * base + math.sqrt(1 - shared) * own


def seeds_only(values: np.ndarray) -> Spread:
    """Where other examples change nothing."""
    return spread(Drawn(values, np.tile(values, (3, 1)), 10**9))


def test_without_groups_that_matter_it_is_student_over_seeds() -> None:
    """Under draws that change nothing the interval is the textbook's: mean and t over seeds."""
    values = np.array([0.6, 0.7, 0.65, 0.8])
    found = spread(Drawn(values, np.tile(values, (50, 1)), 10**9))
    low, high = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values))
    assert found.interval() == pytest.approx((low, high), abs=1e-9)
    assert found.above(0.6) == pytest.approx(stats.ttest_1samp(values, 0.6, alternative="greater").pvalue, abs=1e-9)
    even = seeds_only(np.array([0.6, 0.7, 0.8]))
    assert even.below(0.9) == pytest.approx(stats.ttest_1samp([0.6, 0.7, 0.8], 0.9, alternative="less").pvalue)


def test_without_seeds_that_matter_it_is_the_bootstrap_over_groups() -> None:
    rng = np.random.default_rng(0)
    one = scores(np.array([1.0]), rng)
    drawn = drawn_aurocs(POSITIVE, np.tile(one, (5, 1)), GROUPS)
    found = spread(drawn)
    assert found.seeds == found.shared == 0
    more = drawn.groups / (drawn.groups - 1)  # groups drawn with replacement vary less than groups do
    assert found.error == pytest.approx(np.sqrt(more) * drawn.drawn[:, 0].std(ddof=1))
    assert found.value == pytest.approx(float(auroc(POSITIVE, one[0], np.ones((1, N)))[0]))


def test_a_seeds_own_luck_is_counted_once() -> None:
    """The standard error is that of the mean in repeated studies with other seeds and other examples."""
    rng = np.random.default_rng(1)
    found, means = [], []
    for _ in range(400):
        drawn = drawn_aurocs(POSITIVE, scores(rng.normal(1.0, 0.1, 4), rng), GROUPS, draws=100)
        one = spread(drawn)
        found.append((one.error**2, one.seeds + one.groups, one.shared))
        means.append(one.value)
    error, twice, shared = np.mean(found, axis=0)
    assert error == pytest.approx(np.var(means, ddof=1), rel=0.2)  # its own standard error is 7%
    assert shared > 0.1 * error and twice > error


def test_coverage_with_three_seeds() -> None:
    rng = np.random.default_rng(2)
    truth = float(stats.norm.cdf(1.0 / math.sqrt(2)))
    hits = 0
    for _ in range(250):
        low, high = spread(drawn_aurocs(POSITIVE, scores(np.full(3, 1.0), rng), GROUPS, draws=100)).interval() or (1, 0)
        hits += low <= truth <= high
    assert 0.915 <= hits / 250 <= 0.985


def test_pairing_by_seed_takes_away_what_both_arms_share() -> None:
    rng = np.random.default_rng(3)
    shift, base = rng.normal(1.0, 0.4, 6), rng.normal(size=N)
    one = drawn_aurocs(POSITIVE, scores(shift, rng, 0.9, base), GROUPS)
    two = drawn_aurocs(POSITIVE, scores(shift - 0.2, rng, 0.9, base), GROUPS)
    paired, unpaired = spread(one, two), spread(one, two, paired=False)
    assert paired.value == pytest.approx(unpaired.value)
    assert paired.error < 0.5 * unpaired.error
    more = one.groups / (one.groups - 1)
    assert unpaired.groups == pytest.approx(more * float((one.drawn.mean(1) - two.drawn.mean(1)).var(ddof=1)))


def test_a_baseline_has_no_seeds_but_the_same_examples() -> None:
    rng = np.random.default_rng(4)
    base = rng.normal(size=N)
    arm = drawn_aurocs(POSITIVE, scores(np.full(5, 1.0), rng, 0.9, base), GROUPS)
    line = drawn_aurocs(POSITIVE, scores(np.array([0.8]), rng, 1.0, base), GROUPS, fixed=True)
    found = spread(arm, line)
    assert math.isfinite(found.error) and found.groups < spread(arm).groups  # same examples: luck cancels
    assert spread(line).interval() is not None


def test_one_seed_says_nothing_of_others() -> None:
    rng = np.random.default_rng(5)
    found = spread(drawn_aurocs(POSITIVE, scores(np.array([3.0]), rng), GROUPS))
    assert found.interval() is None and found.above(0.5) == 1.0 and found.below(1.0) == 1.0


def test_what_does_not_fit_is_refused() -> None:
    two, three = np.full((10, 2), 0.5), np.full((10, 3), 0.5)
    with pytest.raises(ValueError, match="do not pair"):
        spread(Drawn(two[0], two, 9), Drawn(three[0], three, 9))
    with pytest.raises(ValueError, match="same draws"):
        spread(Drawn(two[0], two, 9), Drawn(two[0], two[:5], 9))
    with pytest.raises(ValueError, match="not fixed"):
        Drawn(two[0], two, 9, fixed=True)
    with pytest.raises(ValueError, match="both classes"):
        drawn_aurocs(np.ones(4, dtype=bool), np.zeros((1, 4)), list("aabb"))
    with pytest.raises(ValueError, match="two groups"):
        drawn_aurocs(np.arange(4) < 2, np.zeros((1, 4)), list("aaaa"))


def test_no_spread_at_all_is_a_certain_answer() -> None:
    flat = Drawn(np.full(3, 0.7), np.full((20, 3), 0.7), 5)
    assert spread(flat).above(0.6) == 0.0 and spread(flat).above(0.7) == 1.0 and spread(flat).below(0.7) == 1.0


def test_arms_are_paired_by_the_names_of_their_seeds() -> None:
    rng = np.random.default_rng(8)
    luck = rng.normal(0.0, 0.1, 5)
    one = drawn_aurocs(POSITIVE, scores(1.0 + luck, rng), GROUPS, seeds=[3, 1, 4, 15, 9])
    plain, drawn = one.plain - 0.01, one.drawn - 0.01
    other = Drawn(plain[::-1], drawn[:, ::-1], one.groups, seeds=(9, 15, 4, 1, 3))
    assert spread(one, other).value == pytest.approx(0.01)
    assert spread(one, other).error < 1e-9 < spread(one, Drawn(plain[::-1], drawn[:, ::-1], one.groups)).error
    with pytest.raises(ValueError, match=r"seeds \[1, 3, 4, 9, 15\] do not pair with \[1, 3, 4, 9, 16\]"):
        spread(one, Drawn(plain, drawn, one.groups, seeds=(3, 1, 4, 16, 9)))


@pytest.mark.parametrize("seeds", [(1, 1), (1,), (1, 2, 3)])
def test_a_training_is_told_once(seeds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="each once"):
        Drawn(np.array([0.5, 0.6]), np.full((3, 2), 0.5), 10, seeds=seeds)


def test_skewed_seeds_make_the_test_careful_and_never_bold() -> None:
    """The larger of Student's p and that of z, where Hall's (1983) expansion leads from z to t."""
    rng = np.random.default_rng(9)
    careful = 0
    for _ in range(50):
        values = rng.choice([0.6, 0.8, 0.9], size=10) + 0.01 * rng.normal(size=10)
        found, skew = seeds_only(values), stats.skew(values, bias=False) / math.sqrt(10)
        for margin in (0.3, 0.5, 0.7, 0.75):
            t = (values.mean() - margin) / stats.sem(values)
            for sign, p in ((1, found.above(margin)), (-1, found.below(margin))):
                if sign * t < 0:
                    assert p > 0.5
                    continue
                z = stats.t.isf(p, 9)
                careful += (one := z < sign * t - 1e-6)
                if one:
                    assert z - sign * skew * (2 * z**2 + 1) / 6 == pytest.approx(sign * t)
                else:
                    assert z == pytest.approx(sign * t)
                    assert sign * skew > 0  # left away where it would be bold
    assert careful > 50


@pytest.mark.parametrize("failed", [0.3, 0.4, 0.5])
def test_heaps_of_fits_that_fail_keep_the_level(failed: float) -> None:
    """The truth is exactly at the margin; Student's test alone errs in 10% with three failing fits of ten."""
    rng = np.random.default_rng(10)
    wrong = 0
    for _ in range(2000):
        values = (rng.random(10) >= failed) - (1 - failed) + 0.1 * rng.normal(size=10)
        wrong += seeds_only(values).above(0.0) <= 0.05
    assert wrong / 2000 <= 0.05


def test_few_seeds_that_agree_do_not_pass_for_many() -> None:
    """Beside a variance of the examples that is known well, few seeds weigh as much as they may vary (10% doubt)."""

    def found(values: np.ndarray) -> Spread:
        moved = np.tile([-0.01, 0.01], 100)[:, None]
        return spread(Drawn(values, values + moved, 101))

    few = found(np.array([0.79, 0.8, 0.81]))
    seeds, groups = 1e-4 / 3, 1e-4 * 200 / 199 * 101 / 100
    most = seeds * 2 / stats.chi2.ppf(0.1, 2)
    assert few.freedom == pytest.approx((most + groups) ** 2 / (most**2 / 2 + groups**2 / 100))
    assert few.freedom < 0.2 * (seeds + groups) ** 2 / (seeds**2 / 2 + groups**2 / 100)
    assert few.error**2 == pytest.approx(seeds + groups)  # the error itself is not enlarged
    many = found(0.8 + 0.01 * stats.norm.ppf((np.arange(400) + 0.5) / 400))
    plain = (many.seeds + many.groups) ** 2 / (many.seeds**2 / 399 + many.groups**2 / 100)
    assert many.freedom == pytest.approx(plain, rel=0.01)


def test_a_failed_fit_does_not_hide_a_large_effect() -> None:
    """The larger the effect, the smaller the p-value, however skewed the seeds are."""
    found = seeds_only(np.array([0.82, 0.8, 0.79, 0.81, 0.8, 0.78, 0.83, 0.8, 0.81, 0.6]))
    values = [found.above(margin) for margin in np.linspace(0.95, 0.3, 300)]  # from far below the margin on
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.001 and found.above(0.6) < 0.01 and found.above(0.7) < 0.05 < found.above(0.75)


def test_the_skewness_of_a_difference_is_that_of_its_arms() -> None:
    skewed = np.array([0.8, 0.8, 0.8, 0.5])
    one, other = Drawn(skewed, np.tile(skewed, (3, 1)), 9), Drawn(skewed, np.tile(skewed, (3, 1)), 9)
    assert spread(one).third < 0
    assert spread(one, other, paired=False).third == pytest.approx(0.0, abs=1e-12)
    line = Drawn(np.array([0.4]), np.full((3, 1), 0.4), 9, fixed=True)
    assert spread(one, line).third == pytest.approx(spread(one).third)
    assert spread(line, one).third == pytest.approx(-spread(one).third)


def test_what_all_columns_share_is_in_the_error() -> None:
    """Ten backbones with the same hundred heads: other heads would move all ten means at once."""
    rng = np.random.default_rng(11)
    means, told, alone = [], [], []
    for _ in range(1000):
        heads = 0.12 * rng.normal(size=100)
        plain = 0.5 + heads.mean() + 0.02 * rng.normal(size=10)
        drawn = np.tile(plain, (3, 1))
        found = spread(Drawn(plain, drawn, 10**9, common=heads.var(ddof=1) / 100, freedom=99))
        means.append(found.value)
        told.append(found.error**2)
        alone.append(spread(Drawn(plain, drawn, 10**9)).error ** 2)
    assert np.mean(told) == pytest.approx(np.var(means), rel=0.1)  # its own standard error is 4.5%
    assert np.mean(alone) < 0.3 * np.var(means)


def test_what_is_shared_has_its_degrees_of_freedom_and_no_partner() -> None:
    values = np.array([0.6, 0.7, 0.65, 0.8])
    heads = Drawn(values, np.tile(values, (3, 1)), 10**9, common=0.2, freedom=9)  # much larger than all else
    assert spread(heads).freedom == pytest.approx(9, rel=0.1)
    line = Drawn(np.array([0.5]), np.full((3, 1), 0.5), 10**9, fixed=True)
    assert spread(line, heads).seeds == pytest.approx(values.var(ddof=1) / 4 + 0.2)
    with pytest.raises(ValueError, match="does not pair"):
        spread(heads, Drawn(values, np.tile(values, (3, 1)), 10**9))
