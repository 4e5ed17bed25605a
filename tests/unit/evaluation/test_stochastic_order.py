"""Almost stochastic order: exact cases, and two normals against quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from exapt.evaluation.stochastic_order import almost_stochastic_order, violation

Values = st.lists(st.floats(-5, 5), min_size=2, max_size=12)


def test_two_normals_against_quadrature() -> None:
    """N(0.3, 1) is above N(0, 1.5²) in the lower quantiles only: the ratio is an integral of two known functions."""
    one, two = stats.norm(0.3, 1.0), stats.norm(0.0, 1.5)

    def gap(t: float) -> float:
        return float(one.ppf(t) - two.ppf(t))

    wrong = integrate.quad(lambda t: min(gap(t), 0.0) ** 2, 0, 1, limit=200)[0]
    whole = integrate.quad(lambda t: gap(t) ** 2, 0, 1, limit=200)[0]
    places = (np.arange(20_000) + 0.5) / 20_000
    assert violation(one.ppf(places), two.ppf(places)) == pytest.approx(wrong / whole, abs=1e-3)
    assert 0.1 < wrong / whole < 0.5


@given(Values, Values)
def test_the_two_directions_share_the_whole(one: list[float], two: list[float]) -> None:
    a, b = np.array(one), np.array(two)
    assert 0 <= violation(a, b) <= 1
    assert violation(a, b) + violation(b, a) == pytest.approx(1.0)


def test_samples_of_other_sizes_by_hand() -> None:
    # quantiles of (0, 3) are 0, 0, 0, 3, 3, 3 on sixths, those of (1, 1, 2) are 1, 1, 1, 1, 2, 2
    gaps = np.array([-1, -1, -1, 2, 1, 1], dtype=float)
    assert violation(np.array([3.0, 0.0]), np.array([1.0, 2.0, 1.0])) == pytest.approx(3 / (gaps @ gaps))


def test_few_seeds_are_not_believed() -> None:
    rng = np.random.default_rng(0)
    one, two = rng.normal(0.6, 1.0, 200), rng.normal(0.0, 1.0, 200)
    assert almost_stochastic_order(one, two) < 0.1
    apart, few = np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.2, 0.9, 1.8, 2.7, 3.9])
    assert violation(apart, few) < 0.25 < 0.5 < almost_stochastic_order(apart, few)
    assert almost_stochastic_order(two, one) > 0.9
    assert almost_stochastic_order(apart + 9, few) == 0.0
    with pytest.raises(ValueError, match="5 seeds"):
        almost_stochastic_order(one[:4], two)
