"""The clustered AUROC against its definition, written out in full, and against a bootstrap of clusters."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from exapt.evaluation.clustered import clustered_auroc, permuted_error


def by_definition(positive, score, cluster):
    """Obuchowski (1997), with every pair compared."""
    ours, theirs = score[positive], score[~positive]
    wins = (ours[:, None] > theirs) + 0.5 * (ours[:, None] == theirs)
    area, m, n = wins.mean(), len(ours), len(theirs)
    v10, v01 = wins.mean(axis=1), wins.mean(axis=0)
    names = sorted(set(cluster.tolist()))
    sums = [
        (
            (v10[cluster[positive] == c] - area).sum(),
            (v01[cluster[~positive] == c] - area).sum(),
            (cluster[positive] == c).any(),
            (cluster[~positive] == c).any(),
        )
        for c in names
    ]
    i, i10, i01 = len(names), sum(s[2] for s in sums), sum(s[3] for s in sums)
    if i10 < 2 or i01 < 2:
        return area, math.inf
    s10 = i10 / ((i10 - 1) * m) * sum(a * a for a, *_ in sums)
    s01 = i01 / ((i01 - 1) * n) * sum(b * b for _, b, *_ in sums)
    s11 = i / (i - 1) * sum(a * b for a, b, *_ in sums)
    return area, math.sqrt(max(0.0, s10 / m + s01 / n + 2 * s11 / (m * n)))


@st.composite
def clustered(draw):
    n = draw(st.integers(2, 40))
    positive = draw(hnp.arrays(bool, n))
    positive[:2] = True, False
    score = draw(hnp.arrays(np.float64, n, elements=st.integers(-4, 4).map(float)))
    return positive, score, draw(hnp.arrays(np.int64, n, elements=st.integers(-3, 12)))


@settings(max_examples=300, deadline=None)
@given(clustered())
def test_equals_the_definition(case):
    assert clustered_auroc(*case) == pytest.approx(by_definition(*case), abs=1e-9)


def test_clusters_of_one_give_delong():
    rng = np.random.default_rng(3)
    positive = rng.random(300) < 0.3
    score = np.round(rng.normal(size=300) + positive, 1)
    ours, theirs = score[positive], score[~positive]
    wins = (ours[:, None] > theirs) + 0.5 * (ours[:, None] == theirs)
    delong = math.sqrt(wins.mean(1).var(ddof=1) / len(ours) + wins.mean(0).var(ddof=1) / len(theirs))
    assert clustered_auroc(positive, score, np.arange(300)) == pytest.approx((wins.mean(), delong))


@pytest.mark.parametrize("mixed", [True, False], ids=["both classes in a cluster", "one class in a cluster"])
def test_agrees_with_a_bootstrap_of_clusters(mixed):
    rng = np.random.default_rng(11)
    cluster = np.repeat(np.arange(150), 4)
    positive = np.tile([True, True, False, False], 150) if mixed else np.repeat(rng.random(150) < 0.5, 4)
    score = np.repeat(rng.normal(size=150), 4) + 0.5 * rng.normal(size=600) + 0.5 * positive
    _, error = clustered_auroc(positive, score, cluster)
    drawn = []
    for _ in range(800):
        rows = (4 * rng.integers(0, 150, 150)[:, None] + np.arange(4)).ravel()
        drawn.append(clustered_auroc(positive[rows], score[rows], np.arange(600))[0])
    _, naive = clustered_auroc(positive, score, np.arange(600))
    assert error == pytest.approx(np.std(drawn), rel=0.12)
    assert abs(naive / np.std(drawn) - 1) > 0.2, "the clusters must matter here"


def test_a_class_in_one_cluster_has_no_finite_error():
    positive = np.array([True, True, False, False])
    assert clustered_auroc(positive, np.array([2.0, 3, 0, 1]), np.array([0, 0, 1, 2])) == (1.0, math.inf)


@pytest.mark.parametrize(
    ("positive", "score", "word"), [([1, 1], [0.0, 1], "both classes"), ([1, 0], [np.nan, 1], "finite")]
)
def test_refuses_what_has_no_auroc(positive, score, word):
    with pytest.raises(ValueError, match=word):
        clustered_auroc(np.array(positive, dtype=bool), np.array(score), np.array([0, 1]))


def test_the_error_of_permuted_labels_is_that_of_all_ways_to_deal_them() -> None:
    score = np.array([1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 5.0])
    areas = []
    for chosen in combinations(range(7), 3):
        positive = np.isin(np.arange(7), chosen)
        areas.append(clustered_auroc(positive, score, np.arange(7))[0])
    assert permuted_error(positive, score) == pytest.approx(np.std(areas), abs=1e-12)
