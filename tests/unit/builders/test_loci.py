"""Windows in blocks, blocks joined to loci, loci dealt to splits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.loci import deal, join, tile


@given(st.integers(0, 9_000), st.integers(70, 400), st.integers(1, 600))
def test_no_window_crosses_a_block(length: int, window: int, stride: int) -> None:
    starts, blocks = tile(length, window, stride, 1000)
    assert len(starts) == len(blocks)
    if length >= window:
        assert len(starts) > 0
    assert all(starts + window <= length)
    spans = [(starts[blocks == b].min(), starts[blocks == b].max() + window) for b in np.unique(blocks)]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    # begins of neighbouring blocks lie a whole block of at least 1000 letters apart
    assert all(after[0] - before[0] >= 1000 for before, after in pairwise(spans))


def test_without_overlap_no_window_is_lost() -> None:
    assert len(tile(4_641_652, 150, 150, 1000)[0]) == 30_944


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(0, 50), st.integers(1, 9)), max_size=25))
def test_join_is_the_closure_of_overlap(rows: list[tuple[int, int, int, int]]) -> None:
    blocks, tracks, starts, sizes = (np.array([row[i] for row in rows], dtype=int) for i in range(4))
    made = join(blocks, tracks, starts, starts + sizes)
    expected = {int(b): int(b) for b in blocks}
    for _ in range(len(rows)):  # the slow way: spread the least name until nothing moves
        for i in range(len(rows)):
            for j in range(len(rows)):
                meet = tracks[i] == tracks[j] and max(starts[i], starts[j]) < min(
                    starts[i] + sizes[i], starts[j] + sizes[j]
                )
                if meet or blocks[i] == blocks[j]:
                    least = min(expected[int(blocks[i])], expected[int(blocks[j])])
                    expected[int(blocks[i])] = expected[int(blocks[j])] = least
    assert made == expected


@given(st.integers(0, 99), st.sampled_from([[0.8, 0.1, 0.1], [0.0, 0.0, 1.0], [0.5, 0.5, 0.0], [0.2, 0.3, 0.5]]))
def test_deal_keeps_loci_whole_and_shares_near(seed: int, fractions: list[float]) -> None:
    loci = np.random.default_rng(seed).integers(0, 200, 2_000)
    split = deal(loci, fractions, np.random.default_rng(seed))
    assert all(len(set(split[loci == name])) == 1 for name in np.unique(loci))
    shares = np.bincount(split, minlength=3) / len(loci)
    assert np.all(np.abs(shares - fractions) < 0.03)
    assert np.all(shares[np.array(fractions) == 0] == 0)
    assert np.array_equal(split, deal(loci, fractions, np.random.default_rng(seed)))
