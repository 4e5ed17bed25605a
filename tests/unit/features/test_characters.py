"""Shares and flags of characters against Python's own string methods."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.features.characters import SHARES, characters, counts, present

ASCII = st.text(st.characters(max_codepoint=127), max_size=12)


@given(st.lists(st.one_of(ASCII, st.text(max_size=8)), max_size=6))
def test_shares(texts):
    found = characters(texts)
    assert found.shape == (len(texts), SHARES + 5) and found.dtype == np.float32 and np.isfinite(found).all()
    for text, row in zip(texts, found.tolist(), strict=True):
        n = max(len(text), 1)
        expected = [
            sum(c.isupper() and c.isascii() for c in text),
            sum(c.islower() and c.isascii() for c in text),
            sum(c in "0123456789" if c.isascii() else unicodedata.category(c)[0] == "N" for c in text),
            sum(unicodedata.category(c)[0] == "P" or (c.isascii() and unicodedata.category(c)[0] == "S") for c in text),
            sum(c.isspace() if c.isascii() else unicodedata.category(c)[0] == "Z" for c in text),
            sum(c in "-." for c in text),
            sum(not c.isascii() for c in text),
            sum(c.isascii() and c.isalpha() and c not in "ACGTacgt" for c in text),
            sum(c.isascii() and c.isalpha() and c.upper() in "BJOUXZ" for c in text),
        ]
        assert row[:SHARES] == pytest.approx([count / n for count in expected], abs=1e-6)
    assert counts(texts).sum(axis=1).tolist() == [len(text) for text in texts]


def test_ends_and_case():
    found = characters(["Ab c.", " a  b", "ACgt", ""])[:, SHARES:]
    assert found.tolist() == [
        [1, 1, 0, 0, pytest.approx(1 / 3)],
        [0, 0, 1, 1, 0],
        [1, 0, 0, 0, 0.5],
        [0, 0, 0, 0, 0],
    ]


def test_flags_of_what_some_texts_have():
    texts = ["acgt-", "acgtN", "acg-N", "acg", "acgé"]
    assert present(texts).tolist() == [[1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 0], [0, 0, 0]]  # -, N, t
    assert present(texts, "ACGT").tolist() == [row[:2] for row in present(texts).tolist()]
