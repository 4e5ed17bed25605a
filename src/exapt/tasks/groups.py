"""Which examples depend on each other, and how to divide or thin a table without parting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from exapt.tasks.task import SPLITS, Split

# one constant per purpose, so that dividing and drawing with the same seed are independent
_DIVIDE, _DRAW = 1, 2


def shared_sides(left: Sequence[str], right: Sequence[str | None]) -> list[str]:
    """Groups of rows that share a string, directly or through other rows.

    Rows are joined if the same string stands on a side of both, whichever side; the groups are the connected
    components. Only equal strings count: a lightly mutated copy of a sequence is another string.

    Args:
        left: First sides, length n.
        right: Second sides, length n; None where a row has no second side.

    Returns:
        Length n: ``group-000001`` and so on, numbered by first appearance.
    """
    n = len(left)
    if n == 0:
        return []
    second = [a if b is None else b for a, b in zip(left, right, strict=True)]
    codes, _ = pd.factorize(np.array([*left, *second], dtype=object))
    parent = list(range(int(codes.max()) + 1))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    firsts = codes[:n].tolist()
    for a, b in zip(firsts, codes[n:].tolist(), strict=True):
        one, other = root(a), root(b)
        if one != other:
            # the smaller root wins: paths stay short because codes are numbered by first appearance
            parent[max(one, other)] = min(one, other)
    number, _ = pd.factorize(np.array([root(a) for a in firsts]))
    return [f"group-{k + 1:06d}" for k in number.tolist()]


def divide(groups: Sequence[str], fractions: Mapping[Split, float], seed: int) -> dict[Split, np.ndarray]:
    """Divide rows between splits by whole groups.

    Groups are taken in an order drawn from `seed`, and each goes to the split that is furthest below its share.

    Args:
        groups: The group of each row, length n.
        fractions: The share (0 to 1) of rows for each split; they add up to 1.
        seed: Seed of the order.

    Returns:
        Ascending row numbers of each split; together they are all rows, each once.
    """
    code, names = pd.factorize(np.asarray(groups, dtype=object))
    size = np.bincount(code, minlength=len(names))
    splits = [s for s in SPLITS if fractions.get(s, 0) > 0]
    wanted = np.array([fractions[s] for s in splits]) * len(code)
    have = np.zeros(len(splits))
    home = np.empty(len(names), dtype=int)
    for group in np.random.default_rng([seed, _DIVIDE]).permutation(len(names)):
        home[group] = int(np.argmax((wanted - have) / wanted))
        have[home[group]] += size[group]
    return {split: np.flatnonzero(home[code] == k) for k, split in enumerate(splits)}


def draw(groups: Sequence[str], limit: int, seed: int) -> np.ndarray:
    """Draw a subsample of rows by whole groups.

    Groups are taken in an order drawn from `seed` for as long as they fit; one that no longer fits is passed over.

    Args:
        groups: The group of each row, length n.
        limit: The number of rows wanted; reached exactly if groups of one row are left, never exceeded.
        seed: Seed of the order.

    Returns:
        Ascending row numbers; all of them if `limit` is n or more.
    """
    if limit >= len(groups):
        return np.arange(len(groups))
    code, names = pd.factorize(np.asarray(groups, dtype=object))
    size = np.bincount(code, minlength=len(names)).tolist()
    taken = np.zeros(len(names), dtype=bool)
    room = limit
    for group in np.random.default_rng([seed, _DRAW]).permutation(len(names)).tolist():
        if size[group] <= room:
            taken[group] = True
            room -= size[group]
        if room == 0:
            break
    return np.flatnonzero(taken[code])
