"""Cuts and orders: anchored cuts keep every pair of letters, orders leave as little as possible as it was."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.negatives.cuts import anchored_cuts, free_cuts, other_order, rearranged

DNA = st.text("ACGT", min_size=20, max_size=90)


def faults(order: list[int]) -> int:
    return sum(a == b for a, b in enumerate(order)) + sum(b == a + 1 for a, b in pairwise(order))


@given(DNA, DNA, st.integers(2, 12), st.integers(0, 99))
def test_anchored_blocks_move_and_no_pair_of_letters_changes(a: str, tail: str, block: int, seed: int) -> None:
    d = a[:5] + a[7:] + tail[:4]
    cuts = anchored_cuts(a, d, block)
    if not cuts:
        return
    assert len(cuts) >= 3
    assert {a[i - 1] for i, _ in cuts} == {d[j - 1] for _, j in cuts}
    assert len({a[i - 1] for i, _ in cuts}) == 1
    assert all(2 * (n[0] - m[0]) >= block and n[1] > m[1] for m, n in pairwise(cuts))
    order = other_order(len(cuts) - 1, np.random.default_rng(seed))
    for side, text in enumerate((a, d)):
        made = rearranged(text, [cut[side] for cut in cuts], order)
        assert Counter(pairwise(made)) == Counter(pairwise(text))
        assert (made[0], made[-1], len(made)) == (text[0], text[-1], len(text))


@given(DNA, st.integers(2, 12))
def test_free_cuts_go_from_end_to_end_through_equal_letters(a: str, block: int) -> None:
    d = a[3:] + "AC"
    cuts = free_cuts(a, d, block)
    assert (cuts[0], cuts[-1]) == ((0, 0), (len(a), len(d)))
    assert all(a[i - 1] == d[j - 1] for i, j in cuts[1:-1])
    assert all(n[0] > m[0] and n[1] > m[1] for m, n in pairwise(cuts))
    assert all(2 * (n[0] - m[0]) >= block for m, n in pairwise(cuts))


def test_the_cuts_by_hand() -> None:
    a = "GT" + "CCGT" + "AACT" + "GGAT" + "CCAT" + "AGGT" + "C"
    cuts = anchored_cuts(a, a, 4)
    assert cuts == [(k, k) for k in (2, 6, 10, 14, 18, 22)]
    made = rearranged(a, [c for c, _ in cuts], [3, 0, 4, 2, 1])
    assert made == "GT" + "CCAT" + "CCGT" + "AGGT" + "GGAT" + "AACT" + "C"
    assert anchored_cuts("AAAAAAAAAA", "CCCCCCCCCC", 3) == []


@pytest.mark.parametrize("blocks", range(2, 30))
def test_orders_have_no_block_in_its_place_or_after_its_neighbour(blocks: int) -> None:
    drawn = [other_order(blocks, np.random.default_rng(seed)) for seed in range(30)]
    assert all(sorted(order) == list(range(blocks)) for order in drawn)
    least = 1 if blocks == 3 else 0
    assert {faults(order) for order in drawn} == {least}
    if blocks > 3:
        assert len({tuple(order) for order in drawn}) > 1
    if blocks < 7:
        assert least == min(faults(list(order)) for order in permutations(range(blocks)))
