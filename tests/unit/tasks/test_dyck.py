"""Brackets: a stack decides the label, and nothing that can be counted does."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations, product

import numpy as np
import pytest
from pydantic import ValidationError
from rapidfuzz.distance import Levenshtein
from scipy.sparse import csr_matrix, hstack
from scipy.stats import chisquare
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.tasks.dyck import Dyck, walk
from exapt.tasks.task import SPLITS

PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
TASK = Dyck(train=800, dev=200, test=400)


@cache
def big() -> Examples:
    """4,000 pairs of each class."""
    return Dyck(train=0, dev=0, test=8000).load("test")


def left_open(text: str) -> list[str] | None:
    """The brackets that are open at the end; None if one was closed by another kind, or never opened."""
    stack: list[str] = []
    for letter in text:
        if letter not in PAIRS:
            stack.append(letter)
        elif not stack or stack.pop() != PAIRS[letter]:
            return None
    return stack


@pytest.mark.parametrize("task", [TASK, Dyck(train=40, dev=40, test=40, length=11, types=2, depth=3)])
def test_a_stack_decides_every_label(task: Dyck) -> None:
    for split in SPLITS:
        examples = task.load(split)
        sides = list(zip(examples.frame["left"], examples.frame["right"], strict=True))
        assert [left_open(a + b) == [] for a, b in sides] == examples.positive.tolist()
        assert {len(text) for pair in sides for text in pair} == {task.length}
        assert {len(left_open(a) or []) for a, _ in sides} == {task.depth}
        assert len(set("".join(a + b for a, b in sides))) == 2 * task.types


def test_every_side_stands_once_under_each_label_and_pairs_have_equal_letters() -> None:
    frame = big().frame
    for side in ("left", "right"):
        by_label = [Counter(frame[side][frame["label"] == label]) for label in TASK.space.names]
        assert by_label[0] == by_label[1] and set(by_label[0].values()) == {1}
    for _, rows in frame.iloc[:2000].groupby("group"):
        assert len({"".join(sorted(a + b)) for a, b in zip(rows["left"], rows["right"], strict=True)}) == 1


def shared(a: str, b: str, k: int) -> float:
    one, two = ({t[i : i + k] for i in range(len(t) - k + 1)} for t in (a, b))
    return len(one & two) / len(one | two)


def test_shared_pieces_and_edit_distance_are_at_chance() -> None:
    examples = big()
    sides = list(zip(examples.frame["left"], examples.frame["right"], strict=True))
    for k in (1, 2, 3, 4):
        area = roc_auc_score(examples.positive, [shared(a, b, k) for a, b in sides])
        assert abs(area - 0.5) < 0.02, k
    assert abs(roc_auc_score(examples.positive, [Levenshtein.distance(a, b) for a, b in sides]) - 0.5) < 0.02


@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_pieces_of_the_pair_are_at_chance_for_a_model_that_learns(side: str) -> None:
    examples = big()
    frame = examples.frame
    sides = ["left", "right"] if side == "both" else [side]
    count = CountVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False)
    pieces = csr_matrix(hstack([count.fit_transform(frame[s]) for s in sides]))
    score = np.zeros(len(examples))
    for seen, new in GroupKFold(2).split(pieces, examples.positive, frame["group"]):
        model = LogisticRegression(C=0.1, max_iter=400).fit(pieces[seen], examples.positive[seen])
        score[new] = model.decision_function(pieces[new])
    assert abs(roc_auc_score(examples.positive, score) - 0.5) < 0.02


def test_splits_share_no_walk_and_examples_are_reproducible() -> None:
    lefts = {split: set(TASK.load(split).frame["left"]) for split in SPLITS}
    assert [len(texts) for texts in lefts.values()] == [400, 100, 200]
    assert all(not lefts[a] & lefts[b] for a, b in combinations(SPLITS, 2))
    assert not lefts["train"] & set(Dyck(seed=1, test=2000).load("test").frame["left"])
    assert Dyck(test=200).load("test").digest == Dyck(test=200).load("test").digest
    assert Dyck(test=200, seed=1).load("test").digest != Dyck(test=200).load("test").digest
    assert TASK.facts()["generated"] is True


@pytest.mark.parametrize(("ups", "downs"), [(4, 2), (4, 4), (5, 1)])
def test_walks_are_uniform(ups: int, downs: int) -> None:
    """Against all walks that are never negative, written out."""
    steps = [s for s in product((1, -1), repeat=ups + downs) if sum(s) == ups - downs]
    every = [s for s in steps if min(np.cumsum(s)) >= 0]
    rng = np.random.default_rng(0)
    counts = Counter(tuple(walk(ups, downs, rng)) for _ in range(200 * len(every)))
    assert set(counts) == set(every)
    assert chisquare([counts[s] for s in every]).pvalue > 1e-3


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"length": 8}, "length is 8"),
        ({"types": 1}, "types is 1"),
        ({"types": 5}, "types is 5"),
        ({"depth": 1}, "depth is 1"),
        ({"depth": 7}, "depth is 7 of length 40"),
        ({"depth": 36}, "depth is 36"),
        ({"train": 10}, "multiple of 4"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, int], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Dyck(**settings)


def test_walks_that_run_out_are_one_line() -> None:
    with pytest.raises(BadInput, match="different texts for test"):
        Dyck(length=10, depth=4, types=2, test=20000).load("test")
