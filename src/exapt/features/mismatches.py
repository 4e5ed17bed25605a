"""Where two sides begin to differ, read from either end, and at how many places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exapt.features.arrays import Ints, blocks, columns, sizes

Floats = npt.NDArray[np.float64]

LIMIT = 2000  # characters looked at from either end
_LEFT, _RIGHT = 0x110000, 0x110001  # no characters, and not equal to each other


def mismatches(left: Sequence[str], right: Sequence[str]) -> Floats:
    """How two sides agree place by place.

    Only the first (for suffixes the last) 2,000 characters are looked at.

    Returns:
        Shape (n, 5): length of the common prefix; of the common suffix; the relative place of the first difference (the
        prefix over the longer length, 1 if the sides are equal); the share of equal places, if the sides are equally
        long (1 - Hamming distance / length), otherwise -1; the share of equal places among those that both sides have.
    """
    found = np.empty((len(left), 5))
    for rows in blocks(left, right):
        one, other = left[rows], right[rows]
        size = sizes(one), sizes(other)
        shorter, longer = np.minimum(*size), np.maximum(*size)
        prefix, agreeing = _agreement([t[:LIMIT] for t in one], [t[:LIMIT] for t in other])
        suffix, _ = _agreement([t[: -LIMIT - 1 : -1] for t in one], [t[: -LIMIT - 1 : -1] for t in other])
        place = prefix / np.minimum(np.maximum(longer, 1), LIMIT)
        share = np.where(shorter > 0, agreeing / np.minimum(np.maximum(shorter, 1), LIMIT), longer == 0)
        found[rows] = np.stack(
            [prefix, suffix, np.where(longer > 0, place, 1), np.where(shorter == longer, share, -1), share], axis=1
        )
    return found


def _agreement(left: Sequence[str], right: Sequence[str]) -> tuple[Ints, Ints]:
    """Length of the common prefix, and number of equal places."""
    one, other = columns(left, LIMIT, _LEFT), columns(right, LIMIT, _RIGHT)
    both = min(len(one), len(other))
    same = one[:both] == other[:both]
    # a last row that differs, so that argmin finds an end everywhere
    ended = np.concatenate([same, np.zeros((1, len(left)), dtype=bool)])
    return ended.argmin(axis=0).astype(np.int64), same.sum(axis=0, dtype=np.int64)
