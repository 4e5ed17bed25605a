"""Units: what is never divided between splits, named by its content so that other rows do not change its split."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np


def merged(labellings: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Connected components of items that share a label.

    Args:
        labellings: Of each labelling the labels that it gives to the items: integer arrays of shape (n,), several
            where an item has several (its left and its right side's cluster).

    Returns:
        The component of each item, numbered from 0 in order of first appearance; shape (n,).
    """
    n = len(labellings[0][0])
    parent = list(range(n))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for labels in labellings:
        first: dict[int, int] = {}
        for column in labels:
            for i, label in enumerate(column.tolist()):
                low, high = sorted((root(i), root(first.setdefault(label, i))))
                parent[high] = low
    return np.unique([root(i) for i in range(n)], return_inverse=True)[1]


def keys_of(units: np.ndarray, texts: Sequence[str]) -> list[str]:
    """A key for each item's unit, made of the least digest among the texts of its members."""
    digests = [hashlib.blake2b(text.encode(), digest_size=8).hexdigest() for text in texts]
    least: dict[int, str] = {}
    for unit, digest in zip(units.tolist(), digests, strict=True):
        least[unit] = min(digest, least.get(unit, digest))
    return [least[unit] for unit in units.tolist()]
