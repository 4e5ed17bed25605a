"""Pieces of sentences against noisy copies: shares as stated, splits apart, one side alone at chance, reproducible."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exapt.errors import BadInput
from exapt.tasks.task import SPLITS
from exapt.tasks.text_match import TextMatch, replace_letters

SMALL = TextMatch(train=800, dev=200, test=400)


def shares(left: str, right: str) -> float:
    """Share of the left side's characters that differ on the right."""
    return sum(a != b for a, b in zip(left, right, strict=True)) / len(left)


def test_sizes_classes_and_ids() -> None:
    for split, size in zip(SPLITS, (800, 200, 400), strict=True):
        examples = SMALL.load(split)
        assert len(examples) == size
        assert examples.positive.sum() == size // 2
        assert examples.frame["id"][12] == f"{split}-000012"
        assert set(examples.frame["left"].str.len()) == set(examples.frame["right"].str.len()) == {40}
        assert set("".join(examples.frame["right"])) <= set("abcdefghijklmnopqrstuvwxyz ")


def test_positives_are_noisy_copies_with_the_stated_share() -> None:
    frame = SMALL.load("train").frame
    same = frame[frame["label"] == "match"]
    measured = np.array([shares(a, b) for a, b in zip(same["left"], same["right"], strict=True)])
    assert np.allclose(measured, same["replaced"])
    assert measured.min() >= 0.05 - 0.5 / 25
    assert measured.max() <= 0.40 + 0.5 / 25
    assert abs(measured.mean() - 0.225) < 0.02


def test_the_places_of_spaces_do_not_tell_a_copy() -> None:
    """Spaces that stayed where they were would solve the task without a letter."""
    frame = SMALL.load("train").frame
    same = frame[frame["label"] == "match"]
    places = [[[k for k, c in enumerate(text) if c == " "] for text in same[side]] for side in ("left", "right")]
    assert np.mean([a == b for a, b in zip(*places, strict=True)]) < 0.2


def test_neither_place_nor_id_tells_the_label() -> None:
    positive = TextMatch(train=4000).load("train").positive
    assert abs(positive[np.arange(4000) % 4 < 2].mean() - 0.5) < 0.05
    assert abs(positive[:2000].mean() - 0.5) < 0.05


def test_negatives_are_other_pieces_with_the_same_noise() -> None:
    frame = SMALL.load("train").frame
    other = frame[frame["label"] == "different"]
    assert min(shares(a, b) for a, b in zip(other["left"], other["right"], strict=True)) > 0.5
    assert Counter(other["replaced"]) == Counter(frame["replaced"][frame["label"] == "match"])


def test_one_side_alone_is_at_chance() -> None:
    frame = SMALL.load("test").frame
    for side in ("left", "right"):
        by_label = [Counter(frame[side][frame["label"] == label]) for label in SMALL.space.names]
        assert by_label[0] == by_label[1]


def test_no_piece_stands_in_two_splits_or_seeds_of_other_splits() -> None:
    for seed in (0, 1):
        task = TextMatch(train=2000, dev=2000, test=2000, seed=seed)
        pieces = {split: set(task.load(split).frame["left"]) for split in SPLITS}
        assert all(len(p) == 1000 for p in pieces.values())
        assert all(not pieces[a] & pieces[b] for a, b in combinations(SPLITS, 2))
        assert not pieces["train"] & set(TextMatch(seed=seed + 1).load("test").frame["left"])


def test_equal_settings_give_equal_examples_in_another_process() -> None:
    code = "from exapt.tasks.text_match import TextMatch; print(TextMatch(train=400).load('train').digest)"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert other.stdout.strip() == TextMatch(train=400).load("train").digest
    assert TextMatch(train=400, seed=1).load("train").digest != TextMatch(train=400).load("train").digest


def test_facts_state_the_settings_and_no_place_or_size() -> None:
    facts = SMALL.facts()
    assert facts["generated"] is True
    assert (facts["length"], facts["low"], facts["high"], facts["seed"]) == (40, 0.05, 0.40, 0)
    assert facts == TextMatch(test=4).facts()


@given(st.text("abcz ", min_size=8, max_size=8), st.floats(0, 1), st.integers(0, 2**32))
def test_replaced_characters_are_other_characters(text: str, share: float, seed: int) -> None:
    codes = np.frombuffer(text.encode(), dtype=np.uint8).reshape(1, -1)
    made, stated = replace_letters(codes, np.array([share]), np.random.default_rng(seed))
    changed = made[0] != codes[0]
    assert changed.sum() == round(share * len(text))
    assert stated[0] == changed.sum() / len(text)
    assert set(made[0].tobytes().decode()) <= set("abcdefghijklmnopqrstuvwxyz ")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"train": 6}, "multiple of 4"),
        ({"dev": -4}, "multiple of 4"),
        ({"length": 5}, "length is 5"),
        ({"low": 0.5, "high": 0.2}, "low <= high"),
        ({"positive": "yes"}, "positive class 'yes'"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": "abc"}, "seed"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises((BadInput, ValidationError), match=said):
        TextMatch(**settings)  # type: ignore[arg-type]


def test_a_split_of_size_0_is_refused_when_asked_for() -> None:
    with pytest.raises(BadInput, match="has no dev split"):
        TextMatch(dev=0).load("dev")
