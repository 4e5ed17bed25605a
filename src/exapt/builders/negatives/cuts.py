"""Where two aligned sequences are cut into blocks, and orders of blocks that are unlike the first one."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import pairwise, permutations

import numpy as np
from rapidfuzz.distance import Levenshtein

Cut = tuple[int, int]  # letters before the cut, on the left and on the right side

_TRIES = 200
_LISTED = 7  # blocks of which all orders are listed


def anchored_cuts(left: str, right: str, block: int) -> list[Cut]:
    """Cuts after aligned columns in which both sides hold one and the same letter, the same at every cut.

    The blocks between the first and the last cut may change places, on both sides alike, and no count of neighbouring
    letters changes: each of these blocks ends in the letter, and follows it. The letter with the most even cuts is
    taken: least sum of squares of what the blocks lack of `block` letters, and of the letters that must stay.

    Args:
        left: A sequence.
        right: One that is aligned with it (fewest edits, gaps allowed).
        block: Letters of a block, as near as the letter allows; no block has less than half of it on the left side.

    Returns:
        At least three cuts (two blocks to exchange), or none.
    """
    spots: defaultdict[str, list[Cut]] = defaultdict(list)
    for run in Levenshtein.editops(left, right).as_matching_blocks():
        for k in range(run.size):
            spots[left[run.a + k]].append((run.a + k + 1, run.b + k + 1))
    best: list[Cut] = []
    least = float("inf")
    for letter in sorted(spots):
        cuts = _spaced(spots[letter], block)
        if len(cuts) < 3:
            continue
        faults = sum((b[0] - a[0] - block) ** 2 for a, b in pairwise(cuts))
        faults += cuts[0][0] ** 2 + (len(left) - cuts[-1][0]) ** 2
        if faults < least:
            best, least = cuts, faults
    return best


def free_cuts(left: str, right: str, block: int) -> list[Cut]:
    """Cuts after aligned columns with equal letters, whatever they are, `block` letters apart; both ends included."""
    runs = Levenshtein.editops(left, right).as_matching_blocks()
    inside = [(run.a + k, run.b + k) for run in runs for k in range(1, run.size + 1)]
    inside = [cut for cut in inside if len(left) - cut[0] >= (block + 1) // 2 and cut[1] < len(right)]
    return [*_spaced([(0, 0), *inside], block), (len(left), len(right))]


def _spaced(spots: list[Cut], block: int) -> list[Cut]:
    """The first spot, and from each one on the spot that is nearest to `block` letters away."""
    chosen = spots[:1]
    for number, (at, other) in enumerate(spots[1:], start=2):
        gap = at - chosen[-1][0]
        if 2 * gap < block:
            continue
        if number < len(spots) and abs(spots[number][0] - chosen[-1][0] - block) < abs(gap - block):
            continue
        chosen.append((at, other))
    return chosen


def rearranged(text: str, cuts: list[int], order: list[int]) -> str:
    """The text with the blocks between its cuts in another order; what is before and after them stays."""
    blocks = [text[a:b] for a, b in pairwise(cuts)]
    return text[: cuts[0]] + "".join([blocks[k] for k in order]) + text[cuts[-1] :]


def other_order(blocks: int, rng: np.random.Generator) -> list[int]:
    """A random order of blocks with as few as possible in their place or after the one that they followed.

    Two blocks, or four and more, can have none at all; three have one. Above seven blocks orders are drawn until one
    has none.

    Args:
        blocks: How many, 2 or more.
        rng: Decides the order.
    """
    if blocks <= _LISTED:
        listed = _best_orders(blocks)
        return list(listed[int(rng.integers(len(listed)))])
    drawn = [rng.permutation(blocks).tolist()]
    while _faults(drawn[-1]) and len(drawn) < _TRIES:
        drawn.append(rng.permutation(blocks).tolist())
    return min(drawn, key=_faults)


def _faults(order: list[int]) -> int:
    return sum(k == place for place, k in enumerate(order)) + sum(b - a == 1 for a, b in pairwise(order))


@lru_cache
def _best_orders(blocks: int) -> list[tuple[int, ...]]:
    every = list(permutations(range(blocks)))
    faults = [_faults(list(order)) for order in every]
    return [order for order, count in zip(every, faults, strict=True) if count == min(faults)]
