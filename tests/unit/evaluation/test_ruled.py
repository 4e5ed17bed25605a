"""Numbers of a verdict file against their references: placements, causes of the spread, the lottery."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from exapt.evaluation.random_effects import components
from exapt.evaluation.ruled import causes_of, drawn_cause, lottery_of, placements


@given(st.integers(0, 10_000))
def test_placements_of_either_class_have_the_auroc_as_their_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positive = rng.random(30) < 0.5
    positive[:2] = True, False
    score = np.round(rng.normal(size=30), 1)
    found, area = placements(positive, score), roc_auc_score(positive, score)
    assert found[positive].mean() == pytest.approx(area, abs=1e-12)
    assert found[~positive].mean() == pytest.approx(area, abs=1e-12)


def test_causes_are_the_components_of_the_table() -> None:
    table = np.random.default_rng(0).normal(size=(4, 4))
    expected = components(table)
    assert [cause.variance for cause in causes_of(table)] == [expected.rows, expected.columns, expected.rest]


def test_a_variance_has_its_chi_squared_interval() -> None:
    values = [0.1, 0.3, 0.2, 0.5]
    found = drawn_cause(values).variance
    assert found.value == pytest.approx(np.var(values, ddof=1), abs=1e-12)
    sums = 3 * np.var(values, ddof=1)
    assert found.low == pytest.approx(sums / stats.chi2.ppf(0.975, 3), abs=1e-12)
    assert found.high == pytest.approx(sums / stats.chi2.ppf(0.025, 3), abs=1e-12)


def test_the_lottery_counts_what_was_seen() -> None:
    found = lottery_of([0.5, 0.6, 0.7, 0.8], 0.75, "accuracy")
    assert (found.seeds, found.reached, found.even) == (4, 1, 3)
    assert found.best_of["2"] == pytest.approx(1 - 0.75**2, abs=1e-12)
