"""How many k-mers (runs of k characters) two sides share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

BLOCK = 2048  # pairs looked at together: bounds memory, and keeps alphabets small


def jaccard(left: Sequence[str], right: Sequence[str], k: int) -> npt.NDArray[np.float64]:
    """Jaccard similarity of the two sides' sets of k-mers.

    Args:
        left: n texts.
        right: n texts.
        k: Length of a k-mer, at least 1.

    Returns:
        Shape (n,), 0 to 1. Where neither side is long enough for a k-mer: 1 if they are equal, otherwise 0.

    Raises:
        ValueError: If `k` is below 1 or the sides are not equally many.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    if len(left) != len(right):
        raise ValueError(f"{len(left)} left sides but {len(right)} right sides")
    blocks = [
        _jaccard(left[start : start + BLOCK], right[start : start + BLOCK], k) for start in range(0, len(left), BLOCK)
    ]
    return np.concatenate([np.empty(0), *blocks])


def _jaccard(left: Sequence[str], right: Sequence[str], k: int) -> npt.NDArray[np.float64]:
    """One block: every k-mer becomes a whole number made of pair, k-mer and side, so that one sort finds the sets."""
    pairs = len(left)
    owner, code = _kmer_codes([*left, *right], k)
    kinds = int(code.max(initial=0)) + 1
    second = owner >= pairs
    key = np.sort(((owner - pairs * second) * kinds + code) * 2 + second)
    key = key[np.concatenate([[True], key[1:] != key[:-1]])[: len(key)]]  # np.unique hashes, which is slower here
    member = key >> 1
    # a k-mer on both sides stands twice in a row
    bounds = np.searchsorted(member, np.arange(pairs + 1) * kinds)
    twice = np.concatenate([[0, 0], np.cumsum(member[1:] == member[:-1])])[: len(member) + 1]
    shared = np.diff(twice[bounds])
    union = np.diff(bounds) - shared
    same = np.fromiter((a == b for a, b in zip(left, right, strict=True)), dtype=np.float64, count=pairs)
    return np.where(union > 0, shared / np.maximum(union, 1), same)


def _kmer_codes(texts: Sequence[str], k: int) -> tuple[Ints, Ints]:
    """Every k-mer of every text: the text's number and the k-mer's number, equal for equal k-mers."""
    size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    owner = np.repeat(np.arange(len(texts)), size)
    left_over = np.repeat(np.cumsum(size), size) - np.arange(len(owner))  # characters from here to the text's end
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    alphabet = np.flatnonzero(np.bincount(points))
    number = np.zeros(int(points.max(initial=0)) + 1, dtype=np.int64)
    number[alphabet] = np.arange(len(alphabet))
    letter = number[points]
    # of every place, also where k letters reach into the next text: whole slices are read faster than picked places
    code: Ints = letter
    kinds = max(1, len(alphabet))
    for offset in range(1, k):
        if kinds * len(alphabet) * len(texts) >= 2**61:  # large alphabets (Chinese): number the prefixes anew
            seen, code = np.unique(code, return_inverse=True)
            kinds = len(seen)
        code = code[: max(0, len(letter) - offset)] * len(alphabet)
        code += letter[offset:]
        kinds *= max(1, len(alphabet))
    start = np.flatnonzero(left_over >= k)
    code = code[start]
    return owner[start], code
