"""Variance components against the analysis of variance of statsmodels, known truths and coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from exapt.evaluation.random_effects import components


def table(a: int, b: int, rows: float, columns: float, rest: float, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(0, rows, (a, 1)) + rng.normal(0, columns, (1, b)) + rng.normal(0, rest, (a, b))


def test_mean_squares_are_those_of_statsmodels() -> None:
    made = table(4, 5, 0.05, 0.02, 0.01, np.random.default_rng(0))
    frame = pd.DataFrame([(f"r{i}", f"c{j}", made[i, j]) for i in range(4) for j in range(5)], columns=["r", "c", "y"])
    squares = anova_lm(ols("y ~ C(r) + C(c)", frame).fit())["mean_sq"]
    found = components(made)
    assert found.rest.value == pytest.approx(squares["Residual"], abs=1e-12)
    assert found.rows.value == pytest.approx((squares["C(r)"] - squares["Residual"]) / 5, abs=1e-12)
    assert found.columns.value == pytest.approx((squares["C(c)"] - squares["Residual"]) / 4, abs=1e-12)
    turned = components(made.T)
    assert (turned.rows, turned.columns) == (found.columns, found.rows)


@pytest.mark.parametrize("rows", [0.0, 0.01, 0.05])
def test_intervals_hold_their_level(rows: float) -> None:
    rng = np.random.default_rng(1)
    hits = np.zeros(3)
    for _ in range(300):
        found = components(table(4, 4, rows, 0.03, 0.02, rng))
        for k, (part, truth) in enumerate(((found.rows, rows), (found.columns, 0.03), (found.rest, 0.02))):
            assert part.low is not None and part.high is not None
            hits[k] += part.low <= truth**2 <= part.high
    assert (hits / 300 > 0.91).all() and (hits[1:] / 300 < 0.99).all()


def test_a_holey_or_flat_table_is_refused() -> None:
    for bad in (np.ones((1, 4)), np.full((3, 3), np.nan), np.ones(4)):
        with pytest.raises(ValueError, match="full table"):
            components(bad)
    found = components(np.full((3, 3), 0.7))
    assert found.rows.value == pytest.approx(0, abs=1e-20) and found.rest.value == pytest.approx(0, abs=1e-20)
