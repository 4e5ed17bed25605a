"""A single split is the best there is, sees training rows only, and tells nothing where there is nothing to tell."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_selection import chi2

from exapt.audit.single_split import COUNTS, single_split


def halves(n: int) -> np.ndarray:
    return np.stack([np.arange(n) < n // 2, np.arange(n) >= n // 2])


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_the_column_is_the_one_with_the_largest_chi_square(kind: str) -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(400) < 0.4
    flags = (rng.random((400, 30)) < rng.uniform(0.05, 0.6, 30)).astype(float)
    flags[:, 7] = positive ^ (rng.random(400) < 0.3)
    train = halves(400)
    scores = single_split(sparse.csr_matrix(flags) if kind == "sparse" else flags, positive, train)
    for rows, score in zip(train, scores, strict=True):
        # scikit-learn's chi-square counts the ones of a column only; both of flag and its opposite make the table's
        table = chi2(flags[rows], positive[rows])[0] + chi2(1 - flags[rows], positive[rows])[0]
        best = flags[:, int(table.argmax())]
        for side in (0.0, 1.0):
            p = int((positive & rows & (best == side)).sum())
            q = int((~positive & rows & (best == side)).sum())
            assert np.allclose(score[~rows & (best == side)], np.log((p + 0.5) / (q + 0.5)))
        assert (score[rows] == 0).all()


def test_labels_of_held_out_rows_are_not_looked_at() -> None:
    rng = np.random.default_rng(1)
    positive, matrix, train = rng.random(300) < 0.5, rng.normal(size=(300, 5)), halves(300)[:1]
    other = np.where(train[0], positive, ~positive)
    assert (single_split(matrix, positive, train) == single_split(matrix, other, train)).all()


@pytest.mark.parametrize("share", [0.02, 0.06, 0.5])
def test_a_dense_mark_at_either_end_is_found(share: float) -> None:
    rng = np.random.default_rng(2)
    positive = rng.random(2000) < 0.5
    marked = positive & (rng.random(2000) < 2 * share)
    for sign in (1, -1):
        matrix = np.column_stack([rng.normal(size=2000), rng.normal(size=2000) + sign * 9 * marked])
        score = single_split(matrix, positive, halves(2000)[:1])[0, 1000:]
        assert score[marked[1000:]].min() > score[~marked[1000:]].max() - 1e-9


def test_high_counts_are_marks() -> None:
    rng = np.random.default_rng(3)
    positive = rng.random(1000) < 0.5
    counts = rng.integers(0, 4, (1000, 20)).astype(np.float32)
    counts[positive & (rng.random(1000) < 0.2), 3] += 8
    score = single_split(sparse.csr_matrix(counts), positive, halves(1000)[:1])[0, 500:]
    assert set(np.unique(score[counts[500:, 3] >= COUNTS[-1]])) == {score.max()}
    assert (score[counts[500:, 3] < COUNTS[-1]] < score.max()).all()


@pytest.mark.parametrize("matrix", [np.ones((40, 2)), np.zeros((40, 0)), sparse.csr_matrix((40, 3))])
def test_nothing_to_split_and_one_class_say_nothing(matrix: np.ndarray) -> None:
    positive = np.arange(40) % 2 == 0
    assert (single_split(matrix, positive, halves(40)) == 0).all()
    flags = positive[:, None].astype(float)
    assert (single_split(flags, np.ones(40, dtype=bool), halves(40)) == 0).all()


def test_missing_and_infinite_values_have_a_side() -> None:
    rng = np.random.default_rng(4)
    positive = rng.random(200) < 0.5
    for odd in (np.nan, np.inf, -np.inf):
        matrix = np.where(positive, odd, rng.normal(size=200))[:, None]
        score = single_split(matrix, positive, halves(200)[:1])[0, 100:]
        assert ((score > 3) == positive[100:]).mean() > 0.97 and abs(score).min() > 3
