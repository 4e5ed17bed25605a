"""Blocks divide no gene, are dealt by name alone, and windows near another split are found."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.blocks import cut, near


def genic(text: str) -> np.ndarray:
    return np.array([letter == "g" for letter in text])


def test_a_cut_that_would_divide_a_gene_moves_to_its_end() -> None:
    #                0         10        20        30
    plain = genic("..........ggggg.....ggggg......")
    assert cut("r", plain, 10).starts.tolist() == [0, 10, 20]
    assert cut("r", plain, 10).names == ("r:0", "r:1", "r:2")
    gene = genic("........ggggggg.....ggggg......")
    assert cut("r", gene, 10).starts.tolist() == [0, 15, 20]
    long = genic("........gggggggggggggggg.......")
    assert cut("r", long, 10).starts.tolist() == [0, 24]  # both cuts end at the same place: one block fewer
    assert cut("r", long, 10).names == ("r:0", "r:1")
    to_the_end = genic("........ggggggggggggggggggggggg")
    assert cut("r", to_the_end, 10).starts.tolist() == [0]
    assert cut("r", plain, None).names == ("r:0",)


def test_a_gene_over_the_origin_keeps_both_ends_in_one_block() -> None:
    over = genic("ggg.........................ggg")
    assert cut("r", over, 10, circular=True).names == ("r:0", "r:1", "r:0")
    assert cut("r", over, 10, circular=False).names == ("r:0", "r:1", "r:2")
    assert cut("r", genic("." * 31), 10, circular=True).names == ("r:0", "r:1", "r:2")


def test_borders_are_where_splits_change() -> None:
    blocks = cut("r", genic("." * 50), 10)
    splits = np.array([0, 0, 1, 1, 0])
    assert blocks.borders(splits).tolist() == [20, 40]
    ring = cut("r", genic("." * 50), 10, circular=True)
    assert ring.borders(np.array([0, 0, 1, 1, 2])).tolist() == [0, 20, 40]
    assert ring.borders(splits).tolist() == [20, 40]


@given(
    borders=st.lists(st.integers(0, 60), unique=True, max_size=4),
    margin=st.integers(0, 15), length=st.integers(1, 12), circular=st.booleans(),
)  # fmt: skip
def test_near_agrees_with_looking_at_every_letter(borders: list[int], margin: int, length: int, circular: bool) -> None:
    letters = 60
    starts = np.arange(letters - length + 1)
    places = sorted(borders)
    got = near(starts, length, np.array(places, dtype=int), letters, margin, circular)
    if circular:
        places = [b + turn for b in places for turn in (-letters, 0, letters)]
    for start in starts.tolist():
        holds = any(start < b < start + length for b in places)
        # letters between the window and the border, on whichever side
        apart = [start - b if b <= start else b - (start + length) for b in places]
        assert got[start] == (holds or any(0 <= gap < margin for gap in apart)), start
