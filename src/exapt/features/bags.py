"""Bags of words, n-grams and k-mers as sparse matrices of hashed counts, for linear models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from exapt.features.arrays import blocks, sizes
from exapt.features.runs import Runs, Texts

COLUMNS_BITS = 18  # a bag has 2**18 columns; two things that meet in one are counted as one
MOST = 48_000_000  # about two gigabytes for the model that reads them
SAMPLE = 1000  # texts that tell the number of letters
ENDS = (1, 2, 3, 4)  # characters at the head and at the end of a text that are things of their own
_HEAD_AND_END = np.array([3, 5], dtype=np.uint64)


def bag(texts: Sequence[str], ks: Sequence[int], words: bool, most: int = MOST) -> sparse.csr_matrix:
    """How often each text holds each k-mer and word, and what its first and last characters are.

    Args:
        texts: n texts.
        ks: Lengths of k-mers, ascending.
        words: Whether words and pairs of neighbouring words are counted, too.
        most: Counts above zero that the matrix may have for memory's sake (8 bytes each, twice that while it is made):
            the larger k that would make more are left out.

    Returns:
        Counts, float32 of shape (n, 2**18); the same in every process.
    """
    kinds = max(1, len(set("".join(texts[:SAMPLE]))))
    length = sizes(texts).astype(np.float64)
    counts = np.cumsum([np.minimum(length, float(kinds) ** k).sum() for k in ks])
    kept = [k for k, count in zip(ks, counts, strict=True) if k == ks[0] or count <= most]
    parts = [_bag(texts[rows], kept, words) for rows in blocks(texts)]
    return sparse.vstack(parts, format="csr") if parts else sparse.csr_matrix((0, 1 << COLUMNS_BITS), dtype=np.float32)


def joined(left: sparse.csr_matrix, right: sparse.csr_matrix) -> sparse.csr_matrix:
    """Counts of pairs: those of left, of right, what both hold (the lower of the two) and the absolute differences.

    Returns:
        float32 of shape (n, 4 * columns of a side).
    """
    return sparse.hstack([left, right, left.minimum(right), abs(left - right)], format="csr", dtype=np.float32)


def in_use(matrix: sparse.csr_matrix, rows: int = 2) -> sparse.csr_matrix:
    """The columns that are not zero in at least so many rows, in their order; never none."""
    held = np.bincount(matrix.indices, minlength=matrix.shape[1])
    used = np.flatnonzero(held >= rows)
    if not len(used):
        return sparse.csr_matrix((matrix.shape[0], 1), dtype=np.float32)
    number = np.full(matrix.shape[1], -1, dtype=np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    keep = held[matrix.indices] >= rows
    ends = matrix.indptr - np.searchsorted(np.flatnonzero(~keep), matrix.indptr)
    return sparse.csr_matrix(
        (matrix.data[keep], number[matrix.indices[keep]], ends), shape=(matrix.shape[0], len(used))
    )


def _bag(texts: Sequence[str], ks: Sequence[int], words: bool) -> sparse.csr_matrix:
    """One block: text and column make a number, so that one sort brings together what is counted."""
    block = Texts(texts)
    kinds = [block.kmers(k) for k in ks]
    if words:
        kinds += [block.words(1), block.words(2)]
    for k in ENDS:
        # other than the same letters elsewhere
        kinds += [Runs(at.owner, at.code * odd) for at, odd in zip(block.ends(k), _HEAD_AND_END, strict=True)]
    keys = [run.owner << COLUMNS_BITS | (run.code >> np.uint64(64 - COLUMNS_BITS)).astype(np.int64) for run in kinds]
    key = np.sort(np.concatenate(keys))
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])[: len(key)])
    count = np.diff(np.concatenate([start, [len(key)]])).astype(np.float32)
    column = (key[start] & ((1 << COLUMNS_BITS) - 1)).astype(np.int32)
    ends = np.searchsorted(key[start] >> COLUMNS_BITS, np.arange(len(texts) + 1))
    return sparse.csr_matrix((count, column, ends), shape=(len(texts), 1 << COLUMNS_BITS))
