"""The metrics against scikit-learn, and properties that hold for every column of scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, matthews_corrcoef, roc_auc_score

from exapt.evaluation import metrics


@st.composite
def columns(draw):
    """Labels of both classes, scores with ties, whole weights that leave both classes some weight."""
    n = draw(st.integers(2, 40))
    positive = draw(hnp.arrays(bool, n))
    positive[0], positive[1] = True, False
    score = draw(hnp.arrays(np.float64, n, elements=st.integers(-6, 6).map(lambda v: v / 2)))
    weight = draw(hnp.arrays(np.float64, (3, n), elements=st.integers(0, 4).map(float)))
    weight[:, :2] += 1
    return positive, score, weight


@settings(max_examples=60, deadline=None)
@given(columns())
def test_every_draw_equals_scikit_learn(case):
    positive, score, weight = case
    called = score >= 0
    counts = metrics.confusion(positive, called, weight)
    brier = metrics.brier(positive, score, weight)
    for draw, w in enumerate(weight):
        given_weight = {"sample_weight": w}
        assert metrics.auroc(positive, score, weight)[draw] == pytest.approx(
            roc_auc_score(positive, score, **given_weight)
        )
        assert metrics.accuracy(counts)[draw] == pytest.approx(accuracy_score(positive, called, **given_weight))
        assert metrics.f1(counts)[draw] == pytest.approx(f1_score(positive, called, **given_weight, zero_division=0))
        assert metrics.mcc(counts)[draw] == pytest.approx(
            matthews_corrcoef(positive, called, **given_weight), abs=1e-12
        )
        chance = 1 / (1 + np.exp(-score))
        assert brier[draw] == pytest.approx(brier_score_loss(positive, chance, **given_weight), abs=1e-9)


@given(columns())
def test_a_whole_weight_is_a_repeated_row(case):
    positive, score, weight = case
    times = weight[0].astype(int)
    once = np.ones((1, times.sum()))
    repeated, column = np.repeat(positive, times), np.repeat(score, times)
    assert metrics.auroc(positive, score, weight)[0] == metrics.auroc(repeated, column, once)[0]
    assert metrics.brier(positive, score, weight)[0] == metrics.brier(repeated, column, once)[0]


@given(columns())
def test_auroc_sees_ranks_only_and_negation_mirrors_it(case):
    positive, score, weight = case
    area = metrics.auroc(positive, score, weight)
    assert np.array_equal(area, metrics.auroc(positive, np.exp(score) * 3 + 1, weight))
    assert metrics.auroc(positive, -score, weight) == pytest.approx(1 - area)
    assert metrics.auroc(~positive, -score, weight) == pytest.approx(area)


@given(columns(), st.randoms(use_true_random=False))
def test_row_order_changes_no_bit(case, random):
    positive, score, weight = case
    rows = list(range(len(score)))
    random.shuffle(rows)
    assert np.array_equal(
        metrics.auroc(positive, score, weight), metrics.auroc(positive[rows], score[rows], weight[:, rows])
    )
    assert np.array_equal(
        metrics.brier(positive, score, weight), metrics.brier(positive[rows], score[rows], weight[:, rows])
    )


def test_what_is_not_defined_is_nan():
    score, weight = np.array([-1.0, 2.0]), np.ones((1, 2))
    for positive, f1_defined in ((np.array([True, True]), True), (np.array([False, False]), False)):
        counts = metrics.confusion(positive, score >= 0, weight)
        assert np.isnan(metrics.auroc(positive, score, weight)[0])
        assert np.isnan(metrics.mcc(counts)[0])
        assert np.isnan(metrics.f1(counts)[0]) != f1_defined
        assert metrics.accuracy(counts)[0] == 0.5
        assert 0 < metrics.brier(positive, score, weight)[0] < 1


def test_mcc_is_zero_when_all_calls_are_of_one_class():
    counts = metrics.confusion(np.array([True, False]), np.array([True, True]), np.ones((1, 2)))
    assert metrics.mcc(counts)[0] == 0


def test_mcc_is_exactly_one_on_large_perfect_counts():
    assert metrics.mcc(np.array([[99_991.0, 0.0, 99_989.0, 0.0]]))[0] == pytest.approx(1.0, abs=1e-15)


def test_sigmoid_is_stable_at_both_ends():
    with np.errstate(all="raise", under="ignore"):
        assert metrics.sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]
    assert metrics.sigmoid(np.array([-40.0]))[0] == pytest.approx(np.exp(-40.0), rel=1e-12)
