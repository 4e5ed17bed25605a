"""Bags against counts by hand."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from exapt.features.bags import bag, in_use, joined

TEXTS = st.lists(st.one_of(st.text("acgt", max_size=20), st.text(max_size=10), st.just("")), max_size=6)


def by_hand(text, ks, words):
    """The counts, whatever their columns."""
    things = Counter((text[i : i + k],) for k in ks for i in range(len(text) - k + 1))
    for k in (1, 2, 3, 4):
        if len(text) >= k:
            things.update([("head", text[:k]), ("end", text[-k:])])
    if words:
        parts = [p for p in "".join(c if c.isalnum() else " " for c in text).split(" ") if p]
        things.update([("word", part) for part in parts])
        things.update([("two", *two) for two in pairwise(parts)])
    return sorted(things.values())


@given(TEXTS, st.booleans())
def test_counts(texts, words):
    found = bag(texts, (2, 3), words)
    assert found.shape == (len(texts), 1 << 18) and found.dtype == np.float32 and found.has_sorted_indices
    if not words:  # a word may also be a k-mer, and they would be counted together
        for i, text in enumerate(texts):
            assert sum(found[i].data) == sum(by_hand(text, (2, 3), words))
            assert sorted(found[i].data) == by_hand(text, (2, 3), words) or len(text) > 15  # two may share a column
    else:
        assert [row.sum() for row in found] == [sum(by_hand(text, (2, 3), True)) for text in texts]


def test_equal_things_share_columns_and_others_do_not():
    found = bag(["acg", "acg", "gtt", "tacgt"], (3,), False).toarray()
    assert np.array_equal(found[0], found[1])
    assert found[0] @ found[2] == 0 and found[0] @ found[3] == 1  # the 3-mer; heads and ends differ


def test_large_k_are_left_out_where_memory_would_be_short():
    texts = ["acgt" * 10] * 4
    assert bag(texts, (1, 2, 3), False, most=40).sum() == bag(texts, (1,), False).sum()
    assert bag(texts, (1, 2, 3), False).sum() > bag(texts, (1, 2), False).sum()


def test_joined_and_columns_in_use():
    left, right = (sparse.csr_matrix(np.array(rows, dtype=np.float32)) for rows in ([[2, 0, 1]], [[1, 3, 0]]))
    assert joined(left, right).toarray().tolist() == [[2, 0, 1, 1, 3, 0, 1, 0, 0, 1, 3, 1]]
    matrix = sparse.csr_matrix(np.array([[1, 0, 5, 2], [0, 0, 6, 3], [0, 0, 0, 4]], dtype=np.float32))
    assert in_use(matrix).toarray().tolist() == [[5, 2], [6, 3], [0, 4]]
    assert in_use(matrix, rows=9).shape == (3, 1)
