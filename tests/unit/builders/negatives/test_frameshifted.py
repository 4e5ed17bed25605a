"""Frameshifted windows: natural DNA one or two letters on, same length, edges counted."""

from __future__ import annotations

import numpy as np

from exapt.builders.negatives import Frameshifted
from tests.unit.builders.negatives.positives import CODING_CONTEXT, coding


def test_windows_are_moved_on_their_own_sequence() -> None:
    positives = coding(600)
    rows = Frameshifted().make(positives, CODING_CONTEXT, np.random.default_rng(0)).rows
    moved = rows[~rows["positive"]]
    counts = moved["shift"].value_counts()
    assert set(counts.index) == {-2, -1, 1, 2} and counts.min() > 100
    whole = (positives["context_left"] + positives["left"] + positives["context_right"]).to_numpy()
    for left, i, shift in zip(moved["left"], moved["i"], moved["shift"], strict=True):
        assert left == whole[i][3 + shift : 3 + shift + 48]
    assert not rows["left_made"].any()
    assert (rows["shift"][rows["positive"]] == 0).all()


def test_what_cannot_be_moved_or_still_codes_is_counted() -> None:
    positives = coding(8)
    positives.loc[1, ["context_left", "context_right"]] = [None, ""]
    positives.loc[2, ["context_left", "context_right"]] = ["N", "NA"]
    positives.loc[3, ["context_left", "context_right"]] = ["", "A"]
    positives.loc[4, ["left", "right", "context_left", "context_right"]] = ["A" * 48, "K" * 16, "AA", "AA"]
    made = Frameshifted().make(positives, CODING_CONTEXT, np.random.default_rng(0))
    assert made.counts == {
        "a negative that still codes for its protein": 1,
        "no plain letters beside the window to move into": 2,
    }
    assert made.rows.loc[(made.rows["i"] == 3) & ~made.rows["positive"], "shift"].tolist() == [1]
