"""Scores by level: each from its own examples alone, in the order of difficulty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, roc_auc_score

from exapt.errors import BadInput
from exapt.evaluation.curve import curve, numbers, ordered
from exapt.evaluation.scores import scores


def made(n=240, levels=("0.5", "0.10", "0.2"), seed=0):
    rng = np.random.default_rng(seed)
    positive = np.arange(n) % 2 == 0
    level = [levels[i // 4 % len(levels)] for i in range(n)]
    quality = np.array([1 / (0.2 + float(v)) for v in level])
    score = rng.normal(size=n) + quality * (positive - 0.5)
    return positive, score, [f"g{i // 4}" for i in range(n)], level


def test_levels_agree_with_scikit_learn_on_their_own_examples():
    positive, score, group, level = made()
    found = curve(positive, score, group, level, threshold=0.3)
    assert [row.level for row in found] == ["0.10", "0.2", "0.5"]
    for row in found:
        here = np.array(level) == row.level
        assert row.n == here.sum() == 80 and row.groups == 20
        assert row.auroc.value == pytest.approx(roc_auc_score(positive[here], score[here]))
        assert row.accuracy.value == pytest.approx(accuracy_score(positive[here], score[here] >= 0.3))
        assert row.auroc.low <= row.auroc.value <= row.auroc.high
        assert row.accuracy.low < row.accuracy.value < row.accuracy.high


def test_a_level_knows_nothing_of_the_others():
    positive, score, group, level = made()
    before = curve(positive, score, group, level)
    moved = np.where(np.array(level) == "0.2", score * -1 + 50, score)
    after = curve(positive, moved, group, level)
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]
    one = np.array(level) == "0.5"
    alone = scores(positive[one], score[one], [g for g, o in zip(group, one, strict=True) if o])
    assert before[2].auroc == alone.metrics["auroc"] and before[2].accuracy == alone.metrics["accuracy"]


def test_the_order_of_rows_changes_nothing():
    positive, score, group, level = made()
    order = np.random.default_rng(1).permutation(len(score))
    shuffled = curve(positive[order], score[order], [group[i] for i in order], [level[i] for i in order])
    assert shuffled == curve(positive, score, group, level)


def test_a_level_of_one_class_has_accuracy_and_no_auroc():
    found = curve(np.array([True, True, True, False]), np.array([1.0, -1, 2, -3]), list("abcd"), ["x", "x", "y", "y"])
    assert found[0].auroc.value is None and found[0].accuracy.value == 0.5
    assert found[1].auroc.value == 1.0


def test_lengths_must_agree():
    with pytest.raises(BadInput, match="4 scores, 4 groups, 3 levels"):
        curve(np.ones(4, bool), np.ones(4), list("abcd"), list("abc"))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["10 swaps", "1 swap", "2 swaps"], ["1 swap", "2 swaps", "10 swaps"]),
        (["0.9", "-1", "0.10"], ["-1", "0.10", "0.9"]),
        (["easy", "0.5", "1"], ["0.5", "1", "easy"]),
        (["0.2", "0.20", "0.1"], ["0.1", "0.2", "0.20"]),
        (["2 swaps, 3 clauses", "1 swap, 3 clauses"], ["1 swap, 3 clauses", "2 swaps, 3 clauses"]),
    ],
)
def test_the_order_of_levels(names, expected):
    assert ordered(names) == expected


def test_what_is_a_number():
    assert numbers(["0.20", "1 swap", "-3.5 log odds"]) == {"0.20": 0.2, "1 swap": 1.0, "-3.5 log odds": -3.5}
    for names in (["a"], ["1e5"], ["nan"], ["0.2", "0.20"], ["2 swaps, 3 clauses"], ["2swaps"], [""]):
        assert numbers(names) is None


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20, unique=True), st.sampled_from(["", " swaps", " %"]))
def test_numbers_are_ordered_as_numbers(values, unit):
    assert ordered([f"{v / 8}{unit}" for v in values]) == [f"{v / 8}{unit}" for v in sorted(values)]
