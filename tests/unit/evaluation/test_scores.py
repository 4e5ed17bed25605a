"""Scores of a column, the dev threshold, and what they refuse."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput
from exapt.evaluation.scores import scores, threshold_for


def test_values_counts_and_intervals():
    found = scores(np.array([True, True, False, False]), np.array([2.0, 0.0, -1.0, 1.0]), ["a", "b", "c", "d"])
    assert found.metrics["auroc"].value == 0.75
    assert found.metrics["accuracy"].value == 0.75
    assert found.metrics["f1"].value == 0.8
    assert found.metrics["mcc"].value == pytest.approx(1 / np.sqrt(3))
    assert set(found.metrics) == {"auroc", "accuracy", "f1", "mcc", "brier"}
    counts = found.confusion
    # a score at the threshold is called positive
    assert (counts.true_positive, counts.false_positive, counts.true_negative, counts.false_negative) == (2, 1, 1, 0)
    for estimate in found.metrics.values():
        assert estimate.low <= estimate.value <= estimate.high


def test_no_probability_no_brier_and_own_threshold():
    found = scores(np.array([True, False]), np.array([0.9, 0.2]), ["a", "b"], threshold=0.5, probability=False)
    assert "brier" not in found.metrics
    assert found.threshold == 0.5 and found.confusion.true_negative == 1


def test_worse_than_chance_is_shown_as_it_is():
    positive = np.arange(40) % 2 == 0
    found = scores(positive, np.where(positive, -1.0, 1.0), [str(i) for i in range(40)])
    assert found.metrics["auroc"].value == 0 and found.metrics["accuracy"].value == 0
    assert found.metrics["mcc"].value == -1


@pytest.mark.parametrize(("positive", "none"), [(True, {"auroc", "mcc"}), (False, {"auroc", "mcc", "f1"})])
def test_one_class_gives_none_not_nan(positive, none):
    found = scores(np.full(3, positive), np.array([1.0, -1.0, 2.0]), ["a", "b", "c"])
    assert {name for name, e in found.metrics.items() if e.value is None} == none
    assert all((e.low is None) == (name in none) for name, e in found.metrics.items())


@pytest.mark.parametrize(
    ("positive", "score", "group", "says"),
    [
        ([], [], [], "no example"),
        ([True], [1.0, 2.0], ["a"], "one score per example"),
        ([True, False], [1.0, 2.0], ["a"], "one group per example"),
        ([True, False], [1.0, float("nan")], ["a", "b"], "row 2 has the score nan"),
        ([True, False], [float("inf"), 0.0], ["a", "b"], "row 1 has the score inf"),
    ],
)
def test_bad_columns_are_one_line(positive, score, group, says):
    with pytest.raises(BadInput, match=says) as caught:
        scores(np.array(positive, dtype=bool), np.array(score), group)
    assert "\n" not in str(caught.value)


@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=1, max_size=25))
def test_threshold_has_the_best_accuracy_of_all(rows):
    positive, score = np.array([p for p, _ in rows]), np.array([s for _, s in rows], dtype=float)
    chosen = threshold_for(positive, score)

    def right(threshold):
        return int(((score >= threshold) == positive).sum())

    candidates = [-4.0, *np.arange(-3.5, 4.0, 1.0)]
    best = max(map(right, candidates))
    assert right(chosen) == best

    def off(threshold):
        return abs(int((score >= threshold).sum()) - int(positive.sum()))

    # among the best, none has calls nearer the true share of positives, or equally near with fewer calls
    rivals = [t for t in candidates if right(t) == best]
    assert off(chosen) == min(map(off, rivals))
    assert (score >= chosen).sum() == min((score >= t).sum() for t in rivals if off(t) == off(chosen))


def test_threshold_lies_in_the_middle_and_survives_neighbouring_floats():
    assert threshold_for(np.array([False, True]), np.array([0.25, 0.75])) == 0.5
    low = 1.0
    high = np.nextafter(low, 2)
    chosen = threshold_for(np.array([False, True]), np.array([low, high]))
    assert chosen == high


def test_threshold_of_a_constant_column_calls_the_larger_class():
    constant = np.zeros(5)
    assert threshold_for(np.array([True, True, True, False, False]), constant) <= 0
    assert threshold_for(np.array([True, True, False, False, False]), constant) > 0


def test_sixteen_thousand_examples_take_seconds_not_minutes():
    rng = np.random.default_rng(0)
    positive = rng.random(16_000) < 0.5
    start = time.process_time()
    scores(positive, rng.normal(size=16_000).astype(np.float32), [str(i) for i in range(16_000)])
    assert time.process_time() - start < 10  # 0.3 s where nothing else runs
