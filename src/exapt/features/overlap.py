"""How much of their k-mers or words two sides share: similarity, and how far each lies in the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from exapt.features.arrays import blocks
from exapt.features.runs import Runs, Texts

Floats = npt.NDArray[np.float64]

_ROW_BITS = 8  # of a pair's number in its block; few rows, so that what is sorted stays in a processor's cache


def kmer_overlap(left: Sequence[str], right: Sequence[str], ks: Sequence[int]) -> Floats:
    """Overlap of the two sides' sets of k-mers.

    Args:
        left: n texts.
        right: n texts.
        ks: Lengths of k-mers, each at least 1.

    Returns:
        Shape (n, 3 * len(ks)), 0 to 1. For each k: the Jaccard similarity, the share of the left side's k-mers that are
        in the right side, and the share of the right side's that are in the left. Where neither side is long enough for
        a k-mer all three are 1 if the sides are equal, otherwise 0; of a side that has none, 0 lie in the other.
    """
    return _overlap(left, right, [_kmers(k) for k in ks])


def word_overlap(left: Sequence[str], right: Sequence[str], together: Sequence[int] = (1,)) -> Floats:
    """Overlap of the two sides' sets of runs of so many neighbouring words, as `kmer_overlap` has it of k-mers.

    Order and number of the words are not looked at. A word is a run of letters and digits.
    """
    return _overlap(left, right, [_words(count) for count in together])


def _kmers(k: int) -> Callable[[Texts], Runs]:
    return lambda texts: texts.kmers(k)


def _words(together: int) -> Callable[[Texts], Runs]:
    return lambda texts: texts.words(together)


def _overlap(left: Sequence[str], right: Sequence[str], kinds: Sequence[Callable[[Texts], Runs]]) -> Floats:
    found = np.empty((len(left), 3 * len(kinds)))
    for rows in blocks(left, right, rows=1 << _ROW_BITS):
        texts = Texts([*left[rows], *right[rows]])
        same = np.fromiter(map(str.__eq__, left[rows], right[rows]), dtype=np.float64)
        for i, kind in enumerate(kinds):
            found[rows, 3 * i : 3 * i + 3] = _shares(kind(texts), same)
    return found


def _shares(runs: Runs, same: Floats) -> Floats:
    """One block: each run becomes a number of pair, hash and side, so that one sort finds the sets."""
    pairs = len(same)
    second = runs.owner >= pairs
    pair = (runs.owner - pairs * second).astype(np.uint64)
    # the upper bits of the hash are kept: within one pair, runs that differ and agree in all of them have a chance
    # of 2**-55 for each two
    key = (pair << np.uint64(64 - _ROW_BITS)) | (runs.code >> np.uint64(_ROW_BITS)) & ~np.uint64(1) | second
    key.sort()
    key = key[np.concatenate([[True], key[1:] != key[:-1]])[: len(key)]]
    owner, is_second = (key >> np.uint64(64 - _ROW_BITS)).astype(np.int64), (key & np.uint64(1)).astype(bool)
    twice = key[1:] ^ key[:-1] == 1  # a run on both sides: the left's number, then the same with the last bit set
    shared = np.bincount(owner[1:][twice], minlength=pairs)
    size = [np.bincount(owner[side], minlength=pairs) for side in (~is_second, is_second)]
    union = size[0] + size[1] - shared
    return np.stack([np.where(union > 0, shared / np.maximum(of, 1), same) for of in (union, size[0], size[1])], axis=1)
