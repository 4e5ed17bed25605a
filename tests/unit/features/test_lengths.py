"""Lengths in characters, and their similarity."""

from __future__ import annotations

from exapt.features.lengths import length_similarity, lengths


def test_lengths_are_characters_not_bytes():
    assert lengths(["", "äöü", "言葉"]).tolist() == [0, 3, 2]


def test_the_more_alike_the_higher():
    assert length_similarity(["abc", "a", ""], ["ab", "a", "abcd"]).tolist() == [-1, 0, -4]
