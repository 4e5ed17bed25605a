"""Words and windows that splits share, against a second way that uses strings and sets."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.builders import repeats
from exapt.builders.repeats import shared, words
from exapt.sequences import kmers, reverse_complement


def numbers(windows: list[str]) -> np.ndarray:
    return np.array([["ACGT".index(letter) for letter in window] for window in windows], np.uint8)


@given(st.text("ACGT", min_size=35, max_size=45), st.integers(1, 31))
def test_words_are_equal_exactly_where_strings_are(window: str, size: int) -> None:
    made = words(numbers([window, reverse_complement(window)]), size)
    assert made[0].tolist() == made[1][::-1].tolist()
    spelled = [min(word, reverse_complement(word)) for word in kmers(window, size)]
    by_number = dict(zip(made[0].tolist(), spelled, strict=True))
    assert [by_number[n] for n in made[0].tolist()] == spelled
    assert len(by_number) == len(set(spelled))


@settings(max_examples=40)
@given(st.data())
def test_shared_agrees_with_sets_of_strings(data: st.DataObject) -> None:
    letters = data.draw(st.text("ACGT", min_size=60, max_size=60))
    pool = [letters[i : i + 12] for i in range(0, 48, 4)]
    windows = [
        reverse_complement(w) if data.draw(st.booleans()) else w
        for w in data.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=12))
    ]
    split = np.array([data.draw(st.integers(0, 2)) for _ in windows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "WORD", 7)
        patch.setattr(repeats, "CHUNK", 2)
        gone = shared(numbers(windows), split)

    def spelled(window: str) -> set[str]:
        return {min(word, reverse_complement(word)) for word in kmers(window, 7)}

    seen: set[str] = set()
    for number in (2, 1, 0):
        mine = [i for i in range(len(windows)) if split[i] == number]
        assert [i for i in mine if gone[i]] == [i for i in mine if spelled(windows[i]) & seen]
        seen |= set(itertools.chain(*(spelled(windows[i]) for i in mine if not gone[i])))


def test_random_windows_share_nothing_and_copies_are_found() -> None:
    rng = np.random.default_rng(1)
    windows = rng.integers(0, 4, (25_000, 60)).astype(np.uint8)
    split = rng.integers(0, 3, 25_000)
    split[[10, 20_000]] = 0, 2
    assert not shared(windows, split).any()
    windows[10, :40] = 3 - windows[20_000, 15:55][::-1]
    assert np.flatnonzero(shared(windows, split)).tolist() == [10]
