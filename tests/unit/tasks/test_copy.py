"""Strings of pseudo-words: equality decides, sides alone and words do not."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations
from typing import Literal

import numpy as np
import pytest
from pydantic import ValidationError
from rapidfuzz.distance import Levenshtein
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from exapt.example import Examples
from exapt.tasks.copy import Copy
from exapt.tasks.task import SPLITS

Altered = Literal["exchanged", "replaced"]
KINDS: tuple[Altered, ...] = ("exchanged", "replaced")


@cache
def big(altered: Altered) -> Examples:
    """4,000 pairs of each class."""
    return Copy(train=0, dev=0, test=8000, altered=altered).load("test")


@pytest.mark.parametrize("altered", KINDS)
@pytest.mark.parametrize("changes", [1, 2, 3])
def test_sides_are_equal_or_changed_as_stated(altered: Altered, changes: int) -> None:
    task = Copy(train=400, dev=80, test=80, altered=altered, changes=changes, length=50, tokens=8)
    for split in SPLITS:
        examples = task.load(split)
        for left, right, same in zip(examples.frame["left"], examples.frame["right"], examples.positive, strict=True):
            one, two = left.split(" "), right.split(" ")
            assert len(left) == len(right) == 50 and len(one) == len(two) == 8
            assert len(set(one)) == 8 and min(map(len, one)) >= 2
            assert (left == right) == same
            moved = sum(a != b for a, b in zip(one, two, strict=True))
            if not same and altered == "exchanged":
                assert moved == 2 * changes and sorted(one) == sorted(two)
            elif not same:
                assert moved == changes and list(map(len, one)) == list(map(len, two))
                assert len(set(two) - set(one)) == changes


@pytest.mark.parametrize("altered", KINDS)
def test_every_side_stands_once_under_each_label(altered: Altered) -> None:
    frame = big(altered).frame
    for side in ("left", "right"):
        by_label = [Counter(frame[side][frame["label"] == label]) for label in ("altered", "same")]
        assert by_label[0] == by_label[1] and set(by_label[0].values()) == {1}


@pytest.mark.parametrize("altered", KINDS)
def test_edit_distance_solves_it(altered: Altered) -> None:
    examples = big(altered)
    sides = zip(examples.frame["left"], examples.frame["right"], strict=True)
    assert roc_auc_score(examples.positive, [-Levenshtein.distance(a, b) for a, b in sides]) > 1 - 1e-9


def held_out(examples: Examples, texts: object, analyzer: str) -> float:
    pattern = {"token_pattern": r"\S+"} if analyzer == "word" else {}
    made = CountVectorizer(analyzer=analyzer, lowercase=False, max_features=3000, **pattern)
    features = made.fit_transform(texts)
    score = np.zeros(len(examples))
    for seen, new in GroupKFold(2).split(features, examples.positive, examples.frame["group"]):
        model = LogisticRegression(max_iter=50).fit(features[seen], examples.positive[seen])
        score[new] = model.decision_function(features[new])
    return float(roc_auc_score(examples.positive, score))


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_side_alone_says_nothing_to_a_model_that_learns(side: str) -> None:
    for altered in KINDS:
        assert abs(held_out(big(altered), big(altered).frame[side], "word") - 0.5) < 0.02
        assert abs(held_out(big(altered), big(altered).frame[side], "char") - 0.5) < 0.02


def test_shared_words_say_nothing_where_words_are_exchanged_and_all_where_they_are_replaced() -> None:
    for altered, expected in (("exchanged", 0.5), ("replaced", 1.0)):
        examples = big(altered)  # type: ignore[arg-type]
        sides = zip(examples.frame["left"], examples.frame["right"], strict=True)
        assert roc_auc_score(examples.positive, [len({*a.split()} & {*b.split()}) for a, b in sides]) == pytest.approx(
            expected
        )


@pytest.mark.parametrize("altered", KINDS)
def test_splits_share_no_set_of_words_and_examples_are_reproducible(altered: Altered) -> None:
    task = Copy(train=2000, dev=800, test=800, altered=altered)
    bags = {s: {frozenset(t.split()) for t in task.load(s).frame["left"]} for s in SPLITS}
    assert all(not bags[a] & bags[b] for a, b in combinations(SPLITS, 2))
    again = Copy(train=2000, dev=800, test=800, altered=altered)
    assert again.load("test").digest == task.load("test").digest
    assert Copy(test=800, altered=altered, seed=1).load("test").digest != task.load("test").digest
    assert task.facts()["generated"] is True and task.facts()["altered"] == altered


def test_two_tokens_are_enough_and_the_shortest_length_is_met() -> None:
    frame = Copy(train=0, dev=0, test=400, tokens=2, length=7).load("test").frame
    assert {len(t) for t in frame["left"]} == {7}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"tokens": 1}, "give at least 2 tokens"),
        ({"changes": 0}, "1 change"),
        ({"changes": 4}, "give at least 8 tokens"),
        ({"changes": 8, "altered": "replaced"}, "give at least 8 tokens"),
        ({"length": 26}, "need at least 27 characters"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Copy(**settings)  # type: ignore[arg-type]
