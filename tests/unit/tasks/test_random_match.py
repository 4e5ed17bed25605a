"""Random letters against noisy copies: as text_match in all but the letters, which hold nothing of English."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from scipy.stats import chisquare
from sklearn.metrics import roc_auc_score

from exapt.tasks.random_match import RandomMatch
from exapt.tasks.task import SPLITS
from exapt.tasks.text_match import TextMatch

TASK = RandomMatch(train=800, dev=200, test=2000)


def test_it_is_matched_to_text_match_in_size_length_and_noise() -> None:
    for split in ("train", "dev"):
        own, english = (kind(train=800, dev=200, length=36).load(split).frame for kind in (RandomMatch, TextMatch))
        assert Counter(own["label"]) == Counter(english["label"])
        assert {*own["left"].str.len(), *own["right"].str.len()} == {36}
        assert abs(own["replaced"].mean() - english["replaced"].mean()) < 0.02
        assert own["replaced"].min() >= 0.05 and own["replaced"].max() <= 0.40 + 0.5 / 36


def test_letters_are_independent_and_each_as_likely() -> None:
    text = "".join(dict.fromkeys(TASK.load("test").frame["left"]))
    counts = Counter(text)
    assert len(counts) == 27
    assert chisquare(list(counts.values())).pvalue > 1e-4
    neighbours = Counter(pairwise(text))
    assert chisquare([neighbours[a, b] for a in counts for b in counts]).pvalue > 1e-4
    english = Counter("".join(dict.fromkeys(TextMatch(test=2000).load("test").frame["left"])))
    assert chisquare(list(english.values())).pvalue < 1e-9  # the same measure tells English


def test_one_side_alone_is_at_chance_and_the_pair_is_not() -> None:
    examples = TASK.load("test")
    for side in ("left", "right"):
        by_label = [Counter(examples.frame[side][examples.frame["label"] == label]) for label in TASK.space.names]
        assert by_label[0] == by_label[1]
    sides = zip(examples.frame["left"], examples.frame["right"], strict=True)
    assert roc_auc_score(examples.positive, [-Levenshtein.distance(a, b) for a, b in sides]) > 0.99


def test_splits_are_disjoint_and_draws_are_not_those_of_text_match() -> None:
    pieces = {split: set(TASK.load(split).frame["left"]) for split in SPLITS}
    assert [len(p) for p in pieces.values()] == [400, 100, 1000]
    assert all(not pieces[a] & pieces[b] for a, b in combinations(SPLITS, 2))
    assert not pieces["train"] & set(RandomMatch(seed=1, test=2000).load("test").frame["left"])


def test_it_is_reproducible_and_says_that_it_is_generated() -> None:
    assert RandomMatch(test=200).load("test").digest == RandomMatch(test=200).load("test").digest
    assert RandomMatch(test=200, seed=1).load("test").digest != RandomMatch(test=200).load("test").digest
    facts = TASK.facts()
    assert facts["generated"] is True and facts["generator"] == "RandomMatch"


@pytest.mark.parametrize("levels", [[0.1, 0.9], [0.0, 0.25, 0.8, 1.0]])
def test_its_ladder_gets_harder(levels: list[float]) -> None:
    examples = RandomMatch(test=800, train=0, dev=0, levels=levels).load("test")
    found = []
    for level in sorted(set(examples.frame["level"]), key=float):
        here = (examples.frame["level"] == level).to_numpy()
        rows = examples.frame[here]
        same = [-Levenshtein.distance(a, b) for a, b in zip(rows["left"], rows["right"], strict=True)]
        found.append(roc_auc_score(examples.positive[here], same))
    assert found[0] == 1.0 and np.all(np.diff(found) <= 0.02) and found[-1] < 0.999
