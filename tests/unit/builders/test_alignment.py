"""Equal cuts from the middle of an alignment, identities, and the letters that face a stretch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from exapt.builders.alignment import Sides, cut, facing, identity, sides
from exapt.builders.homolog_recipe import HomologRecipe
from exapt.sequences import DNA

PLAIN = frozenset(DNA)
COLUMN = st.sampled_from([("A", "A"), ("C", "C"), ("G", "T"), ("T", "T"), ("-", "A"), ("C", "-")])


@given(st.lists(COLUMN, max_size=60), st.integers(1, 30))
def test_a_cut_begins_in_one_column_and_has_its_length(columns: list[tuple[str, str]], length: int) -> None:
    columns = [("A", "A"), *columns, ("A", "A")]  # an alignment of BLAST begins and ends in letters
    query, subject = ("".join(column[side] for column in columns) for side in (0, 1))
    skip = cut(query, subject, length)
    letters = [side.replace("-", "") for side in (query, subject)]
    if skip is None:
        assert min(map(len, letters)) < length
        return
    assert all(len(side[s : s + length]) == length for side, s in zip(letters, skip, strict=True))
    at = {(len(query[:i].replace("-", "")), len(subject[:i].replace("-", ""))) for i in range(len(columns))}
    assert skip in at


def test_the_cut_is_from_the_middle() -> None:
    assert cut("A" * 100, "A" * 100, 50) == (25, 25)
    assert cut("A" * 30 + "-" + "C" * 69, "A" * 100, 50) == (25, 25)
    assert cut("A" * 50, "C" * 50, 50) == (0, 0)
    assert cut("A" * 50 + "-", "C" * 51, 51) is None


@given(st.text("ACGT", min_size=1, max_size=40), st.text("ACGT", min_size=1, max_size=40))
def test_identity_is_one_minus_edit_distance_over_length(left: str, right: str) -> None:
    assert identity(left, right) == pytest.approx(Levenshtein.normalized_similarity(left, right))
    assert identity(left, left) == 1


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_facing_letters_are_those_of_the_aligned_columns(skip: int, length: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = [("ACGT-"[rng.integers(5)], "ACGT-"[rng.integers(5)]) for _ in range(60)]
    columns = [pair for pair in columns if pair != ("-", "-")]
    query, subject = ("".join(letters) for letters in zip(*columns, strict=True))
    number, places = -1, []
    for q, _ in columns:
        number += q != "-"
        places.append(number if q != "-" else None)
    expected = None
    if skip in places:
        column = places.index(skip)
        letters = "".join(s for _, s in columns[column:] if s != "-")[:length]
        expected = letters if columns[column][1] != "-" and len(letters) == length else None
    assert facing(query, subject, skip, length, PLAIN) == expected


def test_an_alignment_that_begins_behind_the_stretch_faces_nothing() -> None:
    assert facing("ACGT", "ACGT", -1, 2, PLAIN) is None
    assert facing("ACGT", "ANGT", 0, 3, PLAIN) is None


def test_an_alignment_gives_a_pair_or_the_reason_why_not() -> None:
    """The three reasons, and a pair whose sides, places and identity are read off by eye."""
    recipe = HomologRecipe(length=20, min_identity=0.7, max_identity=0.9)
    left = "A" * 4 + "ACGTACGTACGTACGTACGT" + "C" * 4
    right = "A" * 4 + "ACGTACGTAC-TACGTACTTG" + "C" * 4
    found = sides("A" * 4 + "ACGTACGTACGTACGTACGT-" + "C" * 4, right, recipe, PLAIN)
    assert isinstance(found, Sides)
    assert (found.left, found.right, found.skip) == (left[4:24], right.replace("-", "")[4:24], (4, 4))
    assert found.identity == pytest.approx(Levenshtein.normalized_similarity(found.left, found.right))
    assert sides(left, left, recipe, PLAIN) == "above max_identity"
    assert sides(left, "C" * 4 + "CATGCATGCATGCATGCATG" + "A" * 4, recipe, PLAIN) == "below min_identity"
    assert sides(left[:10], left[:10], recipe, PLAIN) == "too short"
    assert sides(left, left.replace("G", "N", 2), recipe, PLAIN) == "with ambiguous letters or stops"
