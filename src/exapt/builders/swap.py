"""Swap blocks: two positive pairs (i,i') (j,j') and their exchange (i,j') (j,i'): one side alone says nothing."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pairing:
    """Which positives share a swap block.

    Attributes:
        blocks: Pairs (i, j) of numbers of positives, each number at most once.
        rejected: Candidate blocks of two loci that were refused because their sides are related.
        left_over: Positives without a partner.
    """

    blocks: list[tuple[int, int]]
    rejected: int
    left_over: int


def pair_up(loci: np.ndarray, related: Set[tuple[int, int]], rng: np.random.Generator) -> Pairing:
    """Pair positives of different loci at random such that both exchanged pairs are unrelated.

    Args:
        loci: Locus of each positive, shape (n,).
        related: (i, j) where the left side of i is related to the right side of j.
        rng: Decides the order.
    """
    rejected = 0

    def fits(i: int, j: int) -> bool:
        nonlocal rejected
        if loci[i] == loci[j]:
            return False
        if (i, j) in related or (j, i) in related:
            rejected += 1
            return False
        return True

    blocks: list[tuple[int, int]] = []
    waiting: list[int] = []
    for i in map(int, rng.permutation(len(loci))):
        partner = next((j for j in waiting if fits(j, i)), None)
        if partner is None:
            waiting.append(i)
        else:
            waiting.remove(partner)
            blocks.append((partner, i))
    # who is left is of one locus, or related: open a block that takes in two of them
    while len(waiting) > 1:
        u, v = waiting[:2]
        opened = next((n for n, (a, b) in enumerate(blocks) if fits(u, a) and fits(v, b)), None)
        if opened is None:
            break
        a, b = blocks[opened]
        blocks[opened] = (u, a)
        blocks.append((v, b))
        del waiting[:2]
    return Pairing(blocks, rejected, len(waiting))
