"""Boosted trees, many fits side by side: the scores are those of scikit-learn, a fit at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from exapt.audit import boosting, small_models
from exapt.audit.boosting import BINS, boosted
from exapt.audit.small_models import trees


def by_library(table: np.ndarray, positive: np.ndarray, train: np.ndarray, alone: bool, leaves: int = 4) -> np.ndarray:
    scores = []
    with threadpool_limits(1):
        for rows in train:
            model = HistGradientBoostingClassifier(
                max_iter=10, max_leaf_nodes=leaves, max_bins=BINS, learning_rate=0.1, early_stopping=False,
                random_state=0, interaction_cst="no_interactions" if alone else None,
            )  # fmt: skip
            scores.append(model.fit(table[rows], positive[rows]).decision_function(table))
    return np.stack(scores)


def drawn(seed: int, rows: int, features: int, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A table of one kind, labels that hang on its first column, and five folds left out in pairs and alone."""
    g = np.random.default_rng(seed)
    table = g.normal(size=(rows, features))
    positive = table[:, 0] + 2 * g.normal(size=rows) > 0
    if kind == "rounded":
        table = np.round(table, 1)
    elif kind == "flags":
        table = (table > 0.5).astype(float)
    elif kind == "copies":  # columns that part the rows alike: which of them is taken shows on rows not learned from
        table[:, 1:] = table[:, :1] * np.resize([2.0, -1.0], features - 1)
        table[:, -1] = np.abs(table[:, 0])
    elif kind == "infinite":  # as `trees` reads them: the largest numbers there are
        table[g.random(table.shape) < 0.1] = np.finfo(float).max
        table[g.random(table.shape) < 0.1] = np.finfo(float).min
    elif kind == "missing":
        table[g.random(table.shape) < 0.2] = np.nan
    elif kind == "missing by class":
        table[positive & (g.random(rows) < 0.5), -1] = np.nan
    fold = g.integers(0, 5, rows)
    train = np.stack([(fold != j) & (fold != k) for j in range(5) for k in range(j + 1)])
    return table, positive, train


KINDS = ("real", "rounded", "flags", "copies", "infinite", "missing", "missing by class")


@given(
    st.integers(0, 10**6), st.integers(50, 700), st.integers(2, 8), st.sampled_from(KINDS), st.booleans(),
    st.integers(2, 6),
)  # fmt: skip
def test_scores_are_those_of_the_library(
    seed: int, rows: int, features: int, kind: str, alone: bool, leaves: int
) -> None:
    table, positive, train = drawn(seed, rows, features, kind)
    train = train[::7]  # the library takes its time
    ours = boosted(table, positive, train, trees=10, leaves=leaves, rate=0.1, alone=alone)
    assert ours == pytest.approx(by_library(table, positive, train, alone, leaves), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_fits_do_not_meet(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit's scores do not depend on which others are made with it, or on how many at once."""
    table, positive, train = drawn(3, 400, 5, kind)
    together = boosted(table, positive, train, trees=5, leaves=4, rate=0.1)
    for fit in (0, 7, 14):
        alone = boosted(table, positive, train[[fit]], trees=5, leaves=4, rate=0.1)
        assert np.array_equal(alone[0], together[fit])
    monkeypatch.setattr(boosting, "CELLS", 2000)
    assert np.array_equal(boosted(table, positive, train, trees=5, leaves=4, rate=0.1), together)


def test_a_column_without_values_or_with_one_value_says_nothing() -> None:
    table, positive, train = drawn(5, 300, 2, "real")
    more = np.column_stack([np.full(300, np.nan), table, np.ones(300)])
    bare = boosted(table, positive, train, trees=5, leaves=4, rate=0.1)
    assert np.array_equal(boosted(more, positive, train, trees=5, leaves=4, rate=0.1), bare)
    assert len(np.unique(boosted(more[:, [0, 3]], positive, train[:1], trees=5, leaves=4, rate=0.1))) == 1


def test_what_was_never_missing_goes_with_the_most() -> None:
    """Rows with a gap where the training rows had none."""
    table, positive, train = drawn(8, 500, 3, "real")
    table[~train[0], 0] = np.nan
    ours = boosted(table, positive, train[:1], trees=10, leaves=4, rate=0.1)
    assert ours == pytest.approx(by_library(table, positive, train[:1], False), abs=1e-12)


@pytest.mark.parametrize("alone", [False, True])
def test_many_rows_are_read_as_few_are(alone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    table, positive, train = drawn(11, 600, 4, "missing")
    table[::9, 0], table[::11, 1], table[:, 2] = np.inf, -np.inf, np.nan
    few = trees(table, positive, train, alone=alone)
    with monkeypatch.context() as patch:
        patch.setattr(small_models, "SIDE_BY_SIDE", 100)
        patch.delattr(small_models, "boosted")
        many = trees(table, positive, train, alone=alone)
    assert few == pytest.approx(many, abs=1e-12)
    assert not few[train].any() and few[~train].any()
    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", None)  # few rows do without
    assert np.array_equal(trees(table, positive, train, alone=alone), few)
