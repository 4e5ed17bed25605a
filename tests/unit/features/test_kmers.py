"""k-mer Jaccard against Python's own sets."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exapt.features import kmers
from exapt.features.kmers import jaccard


def by_sets(a, b, k):
    one, other = ({t[i : i + k] for i in range(len(t) - k + 1)} for t in (a, b))
    return len(one & other) / len(one | other) if one | other else float(a == b)


TEXTS = st.one_of(st.text("acgt", max_size=30), st.text("ab", max_size=8), st.text(max_size=10))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), st.integers(1, 7))
@example([("", "")], 2)
@example([("", "abc"), ("a", "b")], 2)
@example([("ab", "ab"), ("ba", "ab")], 6)
def test_equals_sets(pairs, k):
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    assert jaccard(left, right, k).tolist() == [by_sets(a, b, k) for a, b in pairs]


def test_equals_sets_across_blocks_and_in_a_large_alphabet(monkeypatch):
    monkeypatch.setattr(kmers, "BLOCK", 7)
    rng = np.random.default_rng(0)
    words = [chr(0x4E00 + i) for i in range(4000)]
    left = ["".join(rng.choice(words, 40)) for _ in range(30)]
    right = [text[:5] + text[12:] + text[3:7] for text in left]
    for k in (2, 6):
        assert jaccard(left, right, k).tolist() == [by_sets(a, b, k) for a, b in zip(left, right, strict=True)]


def test_numbers_are_packed_anew_where_they_would_overflow():
    """4,000 letters to the power of 6, times the pairs, is beyond 64 bits."""
    rng = np.random.default_rng(1)
    words = [chr(0x4E00 + i) for i in range(4000)]
    left = ["".join(rng.choice(words, 60)) for _ in range(500)]
    assert len(set("".join(left))) ** 6 * 2 * len(left) > 2**63
    right = [text[::-1] if i % 2 else text[10:] + text[:10] for i, text in enumerate(left)]
    assert jaccard(left, right, 6).tolist() == [by_sets(a, b, 6) for a, b in zip(left, right, strict=True)]


def test_refuses_k_of_zero_and_unequal_sides():
    with pytest.raises(ValueError, match="at least 1"):
        jaccard(["a"], ["a"], 0)
    with pytest.raises(ValueError, match="2 left sides"):
        jaccard(["a", "b"], ["a"], 2)


def test_eighteen_thousand_pairs_take_seconds():
    rng = np.random.default_rng(2)
    letters = rng.choice(list("acgt"), (36_000, 150))
    texts = ["".join(row) for row in letters]
    start = time.process_time()
    for k in range(2, 7):
        jaccard(texts[:18_000], texts[18_000:], k)
    assert time.process_time() - start < 20  # 2.5 s where nothing else runs
