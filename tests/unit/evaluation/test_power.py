"""Power of a paired test and seeds of an interval, against simulation and known cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from exapt.evaluation.power import effective_size, paired_power, seeds_for, smallest_difference


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
