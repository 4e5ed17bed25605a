"""Overlaps against Python's own sets, and against the Jaccard similarity of the trivial baselines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exapt.features.kmers import jaccard
from exapt.features.overlap import kmer_overlap, word_overlap

TEXTS = st.one_of(st.text("acgt", max_size=30), st.text("ab", max_size=8), st.text(max_size=10))


def by_sets(one, other, same):
    shared = len(one & other)
    if not one | other:
        return [float(same)] * 3
    return [shared / len(of) if of else float(same) for of in (one | other, one, other)]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), st.integers(1, 7))
@example([("", "")], 2)
@example([("a", "b"), ("", "abc")], 2)
def test_equals_sets(pairs, k):
    sets = [tuple({t[i : i + k] for i in range(len(t) - k + 1)} for t in pair) for pair in pairs]
    expected = [by_sets(one, other, a == b) for (one, other), (a, b) in zip(sets, pairs, strict=True)]
    assert kmer_overlap([a for a, _ in pairs], [b for _, b in pairs], [k]).tolist() == expected


def test_equals_the_other_jaccard_across_blocks():
    rng = np.random.default_rng(0)
    left = ["".join(rng.choice(list("acgt"), rng.integers(0, 60))) for _ in range(900)]
    right = [text[3:20] + text[:9] for text in left]
    found = kmer_overlap(left, right, (2, 5))
    assert np.array_equal(found[:, 0], jaccard(left, right, 2))
    assert np.array_equal(found[:, 3], jaccard(left, right, 5))


def test_words():
    left, right = ["the cat, the dog", "one two three", "..."], ["a cat and the dog", "three two one", "!"]
    assert word_overlap(left, right).tolist() == [pytest.approx([3 / 5, 1, 3 / 5]), [1, 1, 1], [0, 0, 0]]
    # the cat, cat the, the dog; a cat, cat and, and the, the dog
    assert word_overlap(left, right, (2,))[:2].tolist() == [pytest.approx([1 / 6, 1 / 3, 1 / 4]), [0, 0, 0]]
