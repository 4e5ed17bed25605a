"""The psychometric function: known thresholds come out, and what the data do not tell is not told."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit, minimize

from exapt.evaluation import psychometric as module
from exapt.evaluation.psychometric import psychometric

LEVELS = np.linspace(0.05, 0.6, 12)


def observer(threshold, rate, ceiling, n=200, seed=0, levels=LEVELS, members=4, unit=""):
    """An observer that is right with the stated chance, in groups of `members` on one level."""
    rng = np.random.default_rng(seed)
    level = np.repeat(levels, n)
    positive = np.arange(len(level)) % 2 == 0
    right = rng.random(len(level)) < 0.5 + (ceiling - 0.5) / (1 + np.exp(np.minimum(rate * (threshold - level), 700)))
    score = np.where(right == positive, 1.0, -1.0) * (0.1 + rng.random(len(level)))
    return positive, score, [f"g{i // members}" for i in range(len(level))], [f"{v:.3f}{unit}" for v in level]


@pytest.mark.parametrize(("threshold", "rate", "ceiling"), [(0.3, -20, 0.95), (0.25, 18, 1.0), (0.4, -25, 0.8)])
def test_a_known_observer_is_found_again(threshold, rate, ceiling):
    found = psychometric(*observer(threshold, rate, ceiling, n=400), draws=200)
    assert found.reason is None
    assert found.threshold.low <= threshold <= found.threshold.high
    assert found.threshold.value == pytest.approx(threshold, abs=0.03)
    assert found.threshold.high - found.threshold.low < 0.12
    assert found.slope.low <= (ceiling - 0.5) * rate / 4 <= found.slope.high
    assert found.ceiling.low - 0.02 <= ceiling <= found.ceiling.high + 0.02


def test_the_fit_is_that_of_another_fitter():
    """Least squares weighted by the fitted variances, repeated, is maximum likelihood (McCullagh and Nelder)."""
    positive, score, group, level = observer(0.3, -20, 0.9, n=400)
    right = (score >= 0) == positive
    x = np.array(sorted({float(v) for v in level}))
    share = np.array([right[np.array(level, float) == v].mean() for v in x])

    def function(x, a, b, c):
        return 0.5 + (c - 0.5) / (1 + np.exp(-b * (x - a)))

    p = np.array([0.3, -15.0, 0.85])
    for _ in range(50):
        fitted = function(x, *p)
        p, _ = curve_fit(function, x, share, p0=p, sigma=np.sqrt(fitted * (1 - fitted)))
    found = psychometric(positive, score, group, level, draws=10)
    assert found.threshold.value == pytest.approx(p[0], abs=1e-4)
    assert found.slope.value == pytest.approx((p[2] - 0.5) * p[1] / 4, rel=1e-3)
    assert found.ceiling.value == pytest.approx(p[2], abs=1e-4)


@pytest.mark.parametrize(
    ("threshold", "rate", "ceiling", "n"),
    [(0.3, -20, 0.9, 400), (0.25, 18, 1.0, 200), (0.4, -25, 0.8, 120), (0.3, -90, 0.9, 60), (0.3, -10, 0.7, 400)],
)
def test_no_resample_is_fitted_worse_than_by_another_optimizer(threshold, rate, ceiling, n):
    """Of counts that tell much or little, and where a ceiling or a rate runs into its bound."""
    uneven = np.array([0.05, 0.1, 0.12, 0.2, 0.25, 0.3, 0.33, 0.4, 0.5, 0.6])
    positive, score, _, level = observer(threshold, rate, ceiling, n=n, levels=uneven)
    x = np.array(sorted({float(v) for v in level}))
    share = np.array([((score >= 0) == positive)[np.array(level, float) == v].mean() for v in x])
    right = np.random.default_rng(1).binomial(n, share, size=(40, len(x))).astype(float)
    counts = np.stack([right, n - right], axis=1)
    start = module._fit(x, counts[0])
    z, bounds = (x - x[0]) / (x[-1] - x[0]), module._bounds(x)

    def loss(parameters, right, wrong):
        a, b, c = parameters
        s = 1 / (1 + np.exp(-b * (z - a)))
        p = 0.5 + (c - 0.5) * s
        pull, turn = right / p - wrong / (1 - p), (c - 0.5) * s * (1 - s)
        slopes = [pull @ (-b * turn), pull @ (turn * (z - a)), pull @ s]
        return -(right @ np.log(p) + wrong @ np.log1p(-p)), -np.array(slopes)

    exact = {"jac": True, "method": "L-BFGS-B", "bounds": bounds, "options": {"ftol": 1e-13, "gtol": 1e-8}}
    for ours, one in zip(module._refit(x, counts, start), counts, strict=True):
        assert all(low <= value <= high for value, (low, high) in zip(ours, bounds, strict=True))
        assert loss(ours, *one)[0] <= minimize(loss, start, tuple(one), **exact).fun + 1e-9


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = 0
    for seed in range(40):
        found = psychometric(*observer(0.3, -20, 0.9, n=120, seed=seed), draws=60)
        held += found.threshold is not None and found.threshold.low <= 0.3 <= found.threshold.high
    assert held >= 33


def test_groups_widen_the_interval():
    """Eight copies of an example are one observation, not eight."""
    positive, score, _, level = observer(0.3, -20, 0.9, n=100)
    eight = [np.repeat(positive, 8), np.repeat(score, 8)]
    levels = np.repeat(np.array(level), 8).tolist()
    alone = psychometric(*eight, [str(i) for i in range(len(levels))], levels, draws=60)
    together = psychometric(*eight, [str(i // 8) for i in range(len(levels))], levels, draws=60)
    assert together.threshold.value == pytest.approx(alone.threshold.value)
    width = [f.threshold.high - f.threshold.low for f in (alone, together)]
    assert width[1] > 1.8 * width[0]


def test_units_of_words_and_the_order_of_rows_change_nothing():
    positive, score, group, level = observer(0.3, -20, 0.9)
    plain = psychometric(positive, score, group, level, draws=30)
    order = np.random.default_rng(0).permutation(len(score))
    parts = ([values[i] for i in order] for values in (group, [f"{v} replaced" for v in level]))
    assert psychometric(positive[order], score[order], *parts, draws=30) == plain


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (observer(0.3, 0, 0.5, seed=1), "accuracy does not change with the level"),
        (observer(0.3, 0, 0.9, seed=1), "accuracy does not change with the level"),
        (observer(0.3, -4000, 0.9), "between two neighbouring levels"),
        (observer(0.3, -20, 0.9, levels=LEVELS[:3]), "there are 3 levels"),
        (observer(0.68, -30, 0.95, n=2000), "within the levels"),
    ],
    ids=["guessing", "flat", "step", "few", "outside"],
)
def test_what_cannot_be_told_is_not_told(data, said):
    found = psychometric(*data, draws=60)
    assert (found.threshold, found.slope, found.ceiling) == (None, None, None)
    assert said in found.reason


def test_chance_alone_hardly_ever_makes_a_threshold():
    told = [psychometric(*observer(0.3, 0, c, n=80, seed=s), draws=60) for s in range(30) for c in (0.5, 0.7, 0.9)]
    assert sum(found.threshold is not None for found in told) <= 3


def test_levels_that_are_no_numbers_and_classes_out_of_balance():
    positive, score, group, level = observer(0.3, -20, 0.9)
    assert "no numbers" in psychometric(positive, score, group, [f"a{v}" for v in level]).reason
    assert "not balanced" in psychometric(positive | (np.arange(len(score)) % 4 == 1), score, group, level).reason


def test_a_slope_that_some_resamples_cannot_tell_is_left_out_alone():
    found = psychometric(*observer(0.3, -90, 0.9, n=60, seed=3), draws=100)
    assert found.threshold is not None and found.threshold.low <= 0.3 <= found.threshold.high
    assert found.slope is None and "the slope is left out" in found.reason


def test_one_group_has_no_interval():
    positive, score, _, level = observer(0.3, -20, 0.9)
    found = psychometric(positive, score, ["one"] * len(score), level)
    assert found.threshold.value == pytest.approx(0.3, abs=0.05)
    assert found.threshold.low is None and found.slope.high is None


def test_equal_data_give_equal_numbers_and_the_threshold_of_calls_counts():
    data = observer(0.3, -20, 0.9)
    assert psychometric(*data, draws=30) == psychometric(*data, draws=30)
    moved = psychometric(data[0], data[1] + 5, *data[2:], threshold=5.0, draws=30)
    assert moved == psychometric(*data, draws=30)
    assert "does not change" in psychometric(*data, threshold=99.0).reason
    assert module.CHANCE == 0.5
