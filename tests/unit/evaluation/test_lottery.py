"""The seed lottery by counting, by simulation and against statsmodels' intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from exapt.evaluation.lottery import lottery


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0, 1))
def test_one_seed_and_many(values: list[float], published: float) -> None:
    found = lottery(np.array(values), published)
    assert found.reached == sum(v >= published for v in values)
    assert found.best_of(1)[0] == pytest.approx(found.chance)
    chances = [found.best_of(k)[0] for k in range(1, 101)]
    assert chances == sorted(chances)
    if found.even is None:
        assert found.reached == 0 and found.best_of(100)[0] == 0 < found.best_of(100)[2]
    else:
        assert found.best_of(found.even)[0] >= 0.5 - 1e-9
        assert found.even == 1 or found.best_of(found.even - 1)[0] < 0.5
    low, high = proportion_confint(found.reached, found.seeds, method="beta")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_two_heaps_promise_nothing_between_them() -> None:
    """Of fits that learn (0.9) or do not (0.5) none has shown 0.95, though a normal around them reaches it."""
    values = np.array([0.5, 0.9] * 5)
    assert lottery(values, 0.95).best_of(100)[0] == 0
    found = lottery(values, 0.7)
    assert found.even == 1 and found.best_of(3)[0] == pytest.approx(7 / 8)
    rng = np.random.default_rng(0)
    drawn = rng.choice(np.array([0.5, 0.5, 0.5, 0.9]), (20_000, 4)).max(axis=1)
    found = lottery(np.array([0.5, 0.5, 0.5, 0.9]), 0.8)
    assert found.best_of(4)[0] == pytest.approx((drawn >= 0.8).mean(), abs=0.01) and found.even == 3


def test_no_seed_no_lottery() -> None:
    with pytest.raises(ValueError, match="at least one seed"):
        lottery(np.empty(0), 0.5)
