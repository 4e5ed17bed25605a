"""Swap blocks take partners of other loci that are not related, and take all they can."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.swap import pair_up


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(0, 9), st.floats(0, 0.3))
def test_blocks_are_allowed_and_disjoint(loci: list[int], seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    related = {(i, j) for i in range(len(loci)) for j in range(len(loci)) if rng.random() < share}
    made = pair_up(np.array(loci, dtype=int), related, rng)
    used = [i for block in made.blocks for i in block]
    assert len(used) == len(set(used)) == len(loci) - made.left_over
    for i, j in made.blocks:
        assert loci[i] != loci[j]
        assert (i, j) not in related
        assert (j, i) not in related


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(0, 9))
def test_only_what_cannot_be_paired_is_left(loci: list[int], seed: int) -> None:
    made = pair_up(np.array(loci, dtype=int), set(), np.random.default_rng(seed))
    largest = max(np.bincount(loci), default=0) if loci else 0
    assert made.left_over == max(len(loci) % 2, 2 * largest - len(loci))


def test_refusals_are_counted() -> None:
    made = pair_up(np.array([0, 1]), {(1, 0)}, np.random.default_rng(0))
    assert (made.blocks, made.rejected, made.left_over) == ([], 1, 2)
