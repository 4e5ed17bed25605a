"""Infix alignment and longest common substrings against plain dynamic programs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exapt.features.alignment import LIMIT, infix_similarity, longest_common

TEXTS = st.one_of(st.text("ab", max_size=12), st.text(max_size=6))
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), max_size=8)


def infix(query, target):
    row = [0] * (len(target) + 1)  # a match may begin anywhere
    for i, a in enumerate(query, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(target, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return 1 - min(row) / len(query) if query and target else float(not query)


def substring(a, b):
    pieces = (a[i:j] for i in range(len(a)) for j in range(i + 1, len(a) + 1))
    return max((len(piece) for piece in pieces if piece in b), default=0)


@given(PAIRS)
@example([("", ""), ("a", ""), ("", "a"), ("é", "e")])
def test_infix_equals_the_dynamic_program(pairs):
    found = infix_similarity([a for a, _ in pairs], [b for _, b in pairs])
    assert found.tolist() == pytest.approx([infix(a, b) for a, b in pairs])


@given(PAIRS)
@example([("", ""), ("a", ""), ("ab", "xaby")])
def test_longest_common_equals_brute_force(pairs):
    found = longest_common([a for a, _ in pairs], [b for _, b in pairs])
    assert found.tolist() == [substring(a, b) for a, b in pairs]


def test_many_pairs_and_a_large_alphabet():
    rng = np.random.default_rng(0)
    for letters in ("ACGT", [chr(0x4E00 + i) for i in range(2000)]):
        left = ["".join(rng.choice(list(letters), rng.integers(0, 40))) for _ in range(700)]
        right = [text[7:25] + text[:4] for text in left]
        assert longest_common(left, right).tolist() == [substring(a, b) for a, b in zip(left, right, strict=True)]


def test_runs_above_255_and_the_limit():
    text = "".join(np.random.default_rng(1).choice(list("ACGT"), LIMIT + 50))
    assert longest_common([text, text], [text, "N" + text[100:900]]).tolist() == [LIMIT, 800]
    assert infix_similarity([text], [text[:LIMIT]]).tolist() == [1]
