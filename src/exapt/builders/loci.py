"""Loci: stretches of two genomes that belong together, so that a split between loci divides no sequence."""

from __future__ import annotations

import numpy as np


def tile(length: int, window: int, stride: int, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows on one record, in blocks whose ends no window crosses.

    Args:
        length: Letters of the record.
        window: Letters of a window.
        stride: Letters from one window's start to the next within a block; smaller than `window` if they overlap.
        least: Least letters of a block, 1 or more; a rest shorter than this goes to the block before it.

    Returns:
        Starts of the windows (0-based) and the number of each window's block, from 0; two integer arrays of one length.
    """
    windows = max(1, -(-(least - window) // stride) + 1)
    # with overlap a block ends with its last window; without, it is a whole number of strides
    block = window + (windows - 1) * stride if stride < window else -(-least // stride) * stride
    starts: list[int] = []
    blocks: list[int] = []
    count = max(1, length // block)
    for number in range(count):
        end = length if number == count - 1 else (number + 1) * block
        inside = range(number * block, end - window + 1, stride)
        starts.extend(inside)
        blocks.extend([number] * len(inside))
    return np.array(starts, dtype=int), np.array(blocks, dtype=int)


def join(blocks: np.ndarray, tracks: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> dict[int, int]:
    """Join blocks that share a letter of any genome.

    Args:
        blocks: Block of each interval, shape (n,).
        tracks: The record that each interval lies on, shape (n,); one number means one sequence, in either genome.
        starts: First letter of each interval, 0-based.
        ends: One past its last letter.

    Returns:
        The locus of every block in `blocks`: the least block among those joined.
    """
    parent = {int(b): int(b) for b in blocks}

    def root(b: int) -> int:
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        return b

    track, end, last = None, -1, -1
    for i in np.lexsort((ends, starts, tracks)):
        here = int(blocks[i])
        if tracks[i] == track and starts[i] < end:
            low, high = sorted((root(here), root(last)))
            parent[high] = low
            end = max(end, int(ends[i]))
        else:
            track, end, last = tracks[i], int(ends[i]), here
    return {b: root(b) for b in parent}


def deal(loci: np.ndarray, fractions: list[float], rng: np.random.Generator) -> np.ndarray:
    """Deal whole loci to splits.

    Args:
        loci: Locus of each item, shape (n,).
        fractions: Share of the items that each split shall have, at least one above 0.
        rng: Decides the order in which loci are dealt.

    Returns:
        Number of each item's split, shape (n,). A split may exceed its share by part of one locus.
    """
    names, which, sizes = np.unique(loci, return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    before = np.cumsum(sizes[order]) - sizes[order]
    bounds = np.cumsum(fractions) / np.sum(fractions) * len(loci)
    split = np.empty(len(names), dtype=int)
    split[order] = np.searchsorted(bounds, before, side="right")
    return np.minimum(split, len(fractions) - 1)[which]
