"""Deals units to splits by a draw of each unit's own, so that adding rows moves no unit that stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from exapt.errors import BadInput


def assign(keys: Sequence[str], fractions: Sequence[float], seed: int) -> np.ndarray:
    """The split of each item, decided by its unit's key and the seed alone.

    Seed and key are hashed (BLAKE2b, 64 bits) to a number from 0 to 1, which is looked up among the cumulated
    fractions. Thus the order of the items, and which other units there are, change nothing. The price: shares are met
    in expectation only. A split of fraction f gets on average f of the units, give or take the square root of
    f (1 - f) / units; and f of the items only as far as units are equally large, so one large unit tilts the shares.

    A unit moves only if its key changes. Where the key is that of the unit's least member (`units.keys_of`), a unit
    that grows keeps its split unless the new member becomes the least (one time in n + 1 for n members); of units that
    a new row merges, the one with the least member stays and the others follow it.

    Args:
        keys: Key of each item's unit; items of one key are never divided.
        fractions: Shares of the splits, 0 or more, adding up to 1; a split of fraction 0 gets nothing.
        seed: Decides the draw, 0 or more.

    Returns:
        Number of each item's split, shape (n,).

    Raises:
        BadInput: If the fractions are no shares, or the seed is negative.
    """
    if not fractions or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-6:
        raise BadInput(f"fractions={list(fractions)}: give shares of 0 or more that add up to 1.")
    if seed < 0:
        raise BadInput(f"seed={seed}: must be 0 or more.")
    drawn = {key: _draw(seed, key) for key in dict.fromkeys(keys)}
    bounds = np.cumsum(np.asarray(fractions, dtype=float))
    bounds[np.flatnonzero(fractions)[-1] :] = np.inf  # rounding must not give anything to a split of fraction 0
    return np.searchsorted(bounds, np.array([drawn[key] for key in keys], dtype=float), side="right")


def _draw(seed: int, key: str) -> float:
    """A number in [0, 1), uniform over keys."""
    state = hashlib.blake2b(f"{seed}\n{key}".encode(), digest_size=8, person=b"exapt split").digest()
    return (int.from_bytes(state, "big") >> 11) / (1 << 53)  # 53 bits: a float holds no more
