"""Power of a paired test and seeds of an interval, against simulation and known cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestPower

from exapt.evaluation.crossed import Drawn
from exapt.evaluation.power import (
    auroc_error,
    contrast_power,
    detectable_effect,
    effective_size,
    paired_power,
    seeds_for,
    smallest_difference,
)
from exapt.evaluation.rungs import judge_rung


def test_power_is_what_simulation_finds() -> None:
    """McNemar's test on drawn outcomes: of 4,000 experiments as many are significant as stated, within two points."""
    rng = np.random.default_rng(0)
    n, difference, discordance = 600, 0.05, 0.2
    better, worse = (discordance + difference) / 2, (discordance - difference) / 2
    counts = rng.multinomial(n, [better, worse, 1 - discordance], size=4_000)
    b, c = counts[:, 0], counts[:, 1]
    found = np.mean((b - c) ** 2 / (b + c) > stats.chi2.isf(0.05, 1))
    assert paired_power(n, difference, discordance) == pytest.approx(found, abs=0.02)


@given(st.integers(50, 100_000), st.floats(0.02, 0.6))
def test_the_smallest_difference_has_the_power_asked_for(n: int, discordance: float) -> None:
    difference = smallest_difference(n, discordance)
    if difference is None:
        assert paired_power(n, discordance, discordance) < 0.8
        return
    assert 0 < difference <= discordance
    assert paired_power(n, difference, discordance) == pytest.approx(0.8, abs=1e-6)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=60), st.floats(0, 1))
def test_groups_are_worth_less_than_their_examples(sizes: list[int], correlation: float) -> None:
    worth = effective_size(sizes, correlation)
    assert 1 - 1e-9 <= worth <= sum(sizes) + 1e-9
    assert effective_size([1] * len(sizes), correlation) == pytest.approx(len(sizes))
    assert effective_size([4] * 10, 1.0) == pytest.approx(10)


def test_seeds_for_an_interval() -> None:
    seeds = seeds_for(0.05, 0.05)
    assert seeds is not None
    for number, enough in ((seeds, True), (seeds - 1, False)):
        assert (stats.t.ppf(0.975, number - 1) * 0.05 / math.sqrt(number) <= 0.05) == enough
    assert seeds_for(0.05, 0.0) == 2
    assert seeds_for(1e-6, 1.0, most=50) is None


@pytest.mark.parametrize("seeds", [3, 5, 10, 20])
@pytest.mark.parametrize("effect", [0.03, 0.05, 0.1])
def test_contrasts_without_error_over_examples_are_a_paired_t_test(seeds: int, effect: float) -> None:
    size = (effect - 0.02) / (np.sqrt(2) * 0.03)
    expected = TTestPower().power(size, nobs=seeds, alpha=0.05, alternative="larger")
    found = contrast_power(effect, seeds, 0.03, 0.0, margin=0.02, groups=500)
    assert found == pytest.approx(expected, abs=1e-9)


def test_the_detectable_effect_has_its_power() -> None:
    found = detectable_effect(10, 0.03, 0.015, margin=0.02, groups=500, contrasts=2, tests=3)
    assert found is not None
    one = contrast_power(found, 10, 0.03, 0.015, margin=0.02, groups=500, tests=3)
    assert one**2 == pytest.approx(0.8, abs=2e-3)
    assert detectable_effect(2, 0.3, 0.1, margin=0.02, groups=20) is None
    more = detectable_effect(20, 0.03, 0.015, margin=0.02, groups=500, contrasts=2, tests=3)
    assert more is not None and more < found


def test_the_detectable_effect_is_what_the_judge_finds() -> None:
    """Simulated: the rung `pretraining` holds in four studies of five at the effect that was promised for it."""
    seeds, own, error = 10, 0.03, 0.01 * np.sqrt(2)
    effect = detectable_effect(seeds, own, error, margin=0.02, groups=500)
    assert effect is not None
    rng, held = np.random.default_rng(0), 0
    for _ in range(400):
        luck, drawn = error * rng.normal(), error * rng.normal(size=200)
        plain = effect + np.sqrt(2) * own * rng.normal(size=seeds) + luck
        difference = Drawn(plain, plain + drawn[:, None], 500)
        zero = Drawn(np.zeros(seeds), np.zeros((200, seeds)), 500)
        held += judge_rung("pretraining", difference, {"random_init": zero}).p <= 0.05  # type: ignore[operator]
    assert 0.74 < held / 400 < 0.86


def test_the_error_of_an_auroc_is_what_exponential_scores_show() -> None:
    """Hanley and McNeil's error is exact for scores with exponential tails."""
    rng = np.random.default_rng(0)
    ours, theirs = rng.exponential(3.0, (4000, 40)), rng.exponential(1.0, (4000, 60))
    found = (ours[:, :, None] > theirs[:, None, :]).mean(axis=(1, 2))
    assert found.mean() == pytest.approx(0.75, abs=0.005)
    assert auroc_error(0.75, 40, 60) == pytest.approx(found.std(), rel=0.04)
