"""Exchanged sides: never within a unit, never related, equal lengths where claimed, all counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exapt.builders.negatives import Context, LengthMatched, Random, Sides
from tests.unit.builders.negatives.positives import DNA_CONTEXT, dna


@pytest.mark.parametrize("negatives", [Random(), LengthMatched()])
def test_units_are_never_mixed_with_themselves(negatives: Random | LengthMatched) -> None:
    positives = dna(300, units=40)
    rows = negatives.make(positives, DNA_CONTEXT, np.random.default_rng(0)).rows
    assert len(rows) > 560
    unit = positives["unit"].to_numpy()
    assert ((unit[rows["i"]] == unit[rows["j"]]) == rows["positive"]).all()
    assert not rows["left_made"].any() and not rows["right_made"].any()


@pytest.mark.parametrize("negatives", [Random(), LengthMatched()])
def test_related_sides_are_refused_and_counted(negatives: Random | LengthMatched) -> None:
    positives = dna(200)

    def related(sets: list[Sides]) -> list[set[tuple[int, int]]]:
        return [
            {(i, j) for i, a in enumerate(left) for j, b in enumerate(right) if a[0] == b[0]} for left, right in sets
        ]

    made = negatives.make(positives, replace(DNA_CONTEXT, related=related), np.random.default_rng(0))
    wrong = made.rows[~made.rows["positive"]]
    assert len(wrong) > 100
    assert (wrong["left"].str[0] != wrong["right"].str[0]).all()
    assert made.counts["blocks refused because sides are related"] > 10


def test_the_search_is_asked_in_chunks_of_so_many_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def related(sets: list[Sides]) -> list[set[tuple[int, int]]]:
        assert all(len(left) == len(right) for left, right in sets)
        asked.extend(len(left) for left, _ in sets)
        return [set() for _ in sets]

    context = Context(related=related, identity=lambda a, b: 0.0, bound=1.0)
    positives = dna(1003)
    letters = positives["left"].str.len().sum()
    monkeypatch.setattr("exapt.builders.negatives.swapped.CHUNK", letters // 2 - 1)
    made = Random().make(positives, context, np.random.default_rng(0))
    assert len(asked) == 3 and max(asked) <= 335 and sum(asked) == 1003
    assert len(made.rows) == 4 * (sum(n // 2 for n in asked))


@given(st.lists(st.integers(5, 30), max_size=60), st.integers(0, 6), st.integers(0, 99))
def test_lengths_match_and_nobody_is_forgotten(lengths: list[int], tolerance: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sides = [["".join(rng.choice(list("ACGT"), k)) for k in lengths] for _ in range(2)]
    positives = pd.DataFrame({"left": sides[0], "right": sides[1], "unit": np.arange(len(lengths)) // 2})
    positives = positives.astype({"left": object, "right": object})
    context = Context(related=lambda sets: [set() for _ in sets], identity=lambda a, b: 0.0, bound=1.0)
    made = LengthMatched(tolerance=tolerance).make(positives, context, np.random.default_rng(seed))
    rows = made.rows
    size = np.array(lengths, dtype=int)
    if len(rows):
        assert (abs(size[rows["i"]] - size[rows["j"]]) <= tolerance).all()
    assert rows["i"].nunique() + made.counts.get("no partner", 0) == len(lengths)


def test_the_nearest_length_is_taken() -> None:
    positives = pd.DataFrame({"left": ["A"] * 4, "right": ["C" * k for k in (10, 13, 14, 17)], "unit": range(4)})
    context = Context(related=lambda sets: [set() for _ in sets], identity=lambda a, b: 0.0, bound=1.0)
    for tolerance, expected in ((1, {(1, 2)}), (3, {(0, 1), (2, 3)})):
        made = LengthMatched(tolerance=tolerance).make(positives, context, np.random.default_rng(0))
        wrong = made.rows[~made.rows["positive"]]
        assert {tuple(sorted(pair)) for pair in zip(wrong["i"], wrong["j"], strict=True)} == expected


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(ValidationError, match="tolerance=-1"):
        LengthMatched(tolerance=-1)
