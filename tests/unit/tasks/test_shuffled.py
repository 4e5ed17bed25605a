"""The label-shuffled twin keeps everything but the tie between a pair and its label."""

from __future__ import annotations

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from sklearn.metrics import roc_auc_score

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.shuffled import ShuffledLabels
from exapt.tasks.task import SPLITS

TASK = DnaSynth(train=2000, dev=2000, test=2000)
TWIN = ShuffledLabels(task=TASK, seed=3)


def solved(examples: Examples) -> float:
    """AUROC of the edit distance, which solves the task."""
    sides = zip(examples.frame["left"], examples.frame["right"], strict=True)
    return float(roc_auc_score(examples.positive, [-Levenshtein.distance(a, b) for a, b in sides]))


@pytest.mark.parametrize("split", SPLITS)
def test_labels_are_dealt_out_anew_and_nothing_else_changes(split: str) -> None:
    own, twin = TASK.load(split), TWIN.load(split)  # type: ignore[arg-type]
    assert twin.frame.drop(columns="label").equals(own.frame.drop(columns="label"))
    assert twin.positive.sum() == own.positive.sum()
    assert 0.45 < np.mean(twin.positive == own.positive) < 0.55
    assert solved(own) > 0.99
    assert 0.45 < solved(twin) < 0.55


def test_the_shuffle_is_reproducible_and_its_own_in_each_split_and_seed() -> None:
    assert ShuffledLabels(task=TASK, seed=3).load("test").digest == TWIN.load("test").digest
    assert ShuffledLabels(task=TASK, seed=4).load("test").digest != TWIN.load("test").digest
    assert (TWIN.load("dev").positive != TWIN.load("test").positive).any()


def test_name_space_and_facts_say_what_it_is() -> None:
    assert TWIN.name == "dna_synth_shuffled"
    assert TWIN.space == TASK.space
    assert TWIN.facts() == {**TASK.facts(), "labels_shuffled": True, "shuffle_seed": 3}


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed is -1"):
        ShuffledLabels(task=TASK, seed=-1)


def test_a_split_that_the_task_lacks_stays_absent() -> None:
    with pytest.raises(BadInput, match="has no train split"):
        ShuffledLabels(task=DnaSynth(train=0)).load("train")
