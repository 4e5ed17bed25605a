"""The interquartile mean by hand, and its stratified interval."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.evaluation.interquartile import interquartile_mean, interquartile_means


def test_by_hand() -> None:
    assert interquartile_mean(np.array([9.0, 1.0, 2.0, 3.0, 4.0, 100.0, -50.0, 5.0])) == pytest.approx(3.5)
    assert interquartile_mean(np.array([1.0, 2.0, 6.0])) == pytest.approx(3.0)  # three quarters round down to none


def test_seeds_are_drawn_within_a_task() -> None:
    """Tasks at other heights, seeds alike: had cells been drawn across tasks, the interval would be as wide as they."""
    rng = np.random.default_rng(0)
    cells = [height + rng.normal(0, 0.001, 5) for height in (0.5, 0.6, 0.7, 0.8)]
    found = interquartile_means(cells)
    assert found.low is not None and found.high is not None and found.value is not None
    assert found.low <= found.value <= found.high and found.high - found.low < 0.003


def test_coverage() -> None:
    rng = np.random.default_rng(1)
    heights = np.linspace(0.5, 0.9, 8)
    hits = 0
    for _ in range(200):
        found = interquartile_means([height + rng.normal(0, 0.02, 10) for height in heights])
        assert found.low is not None and found.high is not None
        hits += found.low <= 0.7 <= found.high
    assert 0.88 <= hits / 200 <= 0.99


def test_one_seed_a_task_has_no_interval() -> None:
    assert interquartile_means([np.array([0.5]), np.array([0.7])]).low is None
    with pytest.raises(ValueError, match="no cells"):
        interquartile_means([])
