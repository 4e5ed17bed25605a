"""Pieces of sentences against noisy copies: shares as stated, splits apart, one side alone at chance, reproducible."""

from __future__ import annotations

import hashlib
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
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.tasks.task import SPLITS, Split
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
    assert np.mean([a == b for a, b in zip(*places, strict=True)]) < 0.3


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


@pytest.mark.parametrize("length", [24, 40])
def test_no_side_is_nearly_one_of_another_split(length: int) -> None:
    """By edits over all pairs of sides, not by what the auditor's candidates show."""
    task = TextMatch(length=length)
    sides = {s: sorted({*task.load(s).frame["left"], *task.load(s).frame["right"]}) for s in SPLITS}
    for earlier, later in combinations(SPLITS, 2):
        alike = cdist(sides[later], sides[earlier], scorer=Levenshtein.normalized_similarity, score_cutoff=0.8 - 1e-6)
        assert (alike > 0).any(axis=1).mean() < 0.001, (earlier, later)


def test_equal_settings_give_equal_examples_in_another_process() -> None:
    code = "from exapt.tasks.text_match import TextMatch; print(TextMatch(train=400).load('train').digest)"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert other.stdout.strip() == TextMatch(train=400).load("train").digest
    assert TextMatch(train=400, seed=1).load("train").digest != TextMatch(train=400).load("train").digest


def rows_digest(examples: Examples) -> str:
    """Over every column, and their names."""
    state = hashlib.sha256(repr(list(examples.frame.columns)).encode())
    for row in examples.frame.itertuples(index=False, name=None):
        state.update(repr(row).encode())
    return state.hexdigest()[:16]


@pytest.mark.parametrize(
    ("split", "digest", "rows"),
    [
        ("train", "15012ce3a0a6815c", "794307e8f788abcf"),
        ("dev", "997a87293383aa54", "81daaa76fc2391c0"),
        ("test", "d07f637310661e89", "9f916a263f5e5016"),
    ],
)
def test_examples_are_those_of_the_last_release(split: Split, digest: str, rows: str) -> None:
    """Fits and records name their data by digest: what changes it is told in the changelog."""
    examples = SMALL.load(split)
    assert (examples.digest[:16], rows_digest(examples)) == (digest, rows)


LADDER = TextMatch(train=0, dev=48, test=480, length=40, levels=[0.5, 0.05, 0.125, 0.3])


def test_a_ladder_has_equal_numbers_at_each_share_exactly() -> None:
    frame = LADDER.load("test").frame
    same = frame[frame["label"] == "match"]
    measured = [f"{shares(a, b):.3f}" for a, b in zip(same["left"], same["right"], strict=True)]
    assert Counter(zip(same["level"], measured, strict=True)) == {
        ("0.05", "0.050"): 60, ("0.125", "0.125"): 60, ("0.30", "0.300"): 60, ("0.50", "0.500"): 60,
    }  # fmt: skip
    assert Counter(frame["level"]) == dict.fromkeys(("0.05", "0.125", "0.30", "0.50"), 120)


def test_a_swap_block_is_on_one_level_and_one_side_alone_is_at_chance_there() -> None:
    frame = LADDER.load("test").frame
    assert (frame.groupby("group")["level"].nunique() == 1).all()
    for _, rows in frame.groupby("level"):
        for side in ("left", "right"):
            by_label = [Counter(rows[side][rows["label"] == label]) for label in LADDER.space.names]
            assert by_label[0] == by_label[1]


def test_the_order_of_rows_does_not_tell_the_level() -> None:
    level = LADDER.load("test").frame["level"].astype(float).to_numpy()
    assert abs(np.corrcoef(level, np.arange(len(level)))[0, 1]) < 0.15


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
        ({"levels": []}, "give shares from 0 to 1"),
        ({"levels": [0.2, 1.5]}, "give shares from 0 to 1"),
        ({"levels": [0.2, 0.2]}, "let no two be the same"),
        ({"levels": [0.20, 0.21]}, r"replace \[8, 8\] of 40"),
        ({"levels": [0.1, 0.2, 0.3]}, "train is 6400 pairs for 3 levels; give a multiple of 12"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises((BadInput, ValidationError), match=said):
        TextMatch(**settings)  # type: ignore[arg-type]


def test_a_split_of_size_0_is_refused_when_asked_for() -> None:
    with pytest.raises(BadInput, match="has no dev split"):
        TextMatch(dev=0).load("dev")
