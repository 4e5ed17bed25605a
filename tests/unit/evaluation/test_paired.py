"""Paired tests against scipy and statsmodels, and their level where examples depend on each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as reference

from exapt.evaluation.paired import mcnemar, sign_flips, smallest_p, wilcoxon


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=10))
def test_exact_flips_are_scipys(values: list[int]) -> None:
    difference = np.array(values, dtype=np.float64)
    expected = stats.permutation_test(
        (difference, np.zeros(len(values))), lambda x, y, axis: np.sum(x - y, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=np.inf,
    ).pvalue  # fmt: skip
    assert sign_flips(difference, np.arange(len(values))) == pytest.approx(min(float(expected), 1.0), abs=1e-9)


def test_drawn_flips_come_near_the_exact_ones() -> None:
    rng = np.random.default_rng(0)
    difference = rng.normal(0.5, 1, 40)
    expected = stats.ttest_1samp(difference, 0).pvalue
    assert sign_flips(difference, np.arange(40)) == pytest.approx(expected, abs=0.01)
    assert sign_flips(difference + 5, np.arange(40)) == pytest.approx(1 / 10_001)


def test_groups_are_flipped_as_a_whole() -> None:
    """Ten copies of each example: counted one by one they would alarm far too often."""
    alone = grouped = 0
    for seed in range(200):
        rng = np.random.default_rng([seed, 1])
        difference, unit = np.repeat(rng.normal(size=12), 10), np.repeat(np.arange(12), 10)
        alone += stats.ttest_1samp(difference, 0).pvalue <= 0.05
        grouped += sign_flips(difference, unit) <= 0.05
    assert alone > 60 and grouped <= 20


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_statsmodels(first: int, second: int) -> None:
    expected = reference([[10, first], [second, 10]], exact=True).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(float(expected), abs=1e-9)


def test_signed_ranks() -> None:
    difference = np.array([0.3, 0.1, -0.05, 0.4, 0.2, 0.25, 0.15])
    assert wilcoxon(difference) == pytest.approx(
        2 * 2 / 2**7
    )  # rank sums of 0 and of 1 are as extreme: 2 patterns a side
    assert wilcoxon(np.zeros(5)) == 1.0


def test_few_seeds_cannot_reject() -> None:
    assert smallest_p(10) == pytest.approx(0.002, abs=5e-4)
    assert smallest_p(5) > 0.05 > smallest_p(6)
    for seeds in (3, 5, 6):
        assert sign_flips(np.arange(1.0, seeds + 1), np.arange(seeds)) == pytest.approx(smallest_p(seeds))
    assert sign_flips(np.zeros(4), np.arange(4)) == 1.0
