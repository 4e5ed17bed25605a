"""Composition against Biopython's GC and counts by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from Bio.SeqUtils import gc_fraction
from hypothesis import given
from hypothesis import strategies as st

from exapt.features.composition import composition, dinucleotides

WIDTH = {"dna": 22, "protein": 27, "text": 33}


@given(st.lists(st.text("ACGTNacgt-", max_size=30), max_size=8))
def test_dna(texts):
    found = composition(texts, "dna")
    assert found.shape == (len(texts), 22)
    for text, row in zip(texts, found.tolist(), strict=True):
        upper, n = text.upper(), max(len(text), 1)
        singles = [upper.count(letter) / n for letter in "ACGT"]
        assert row[:4] == pytest.approx(singles, abs=1e-6)
        assert row[4] == pytest.approx((1 - sum(singles)) if text else 0, abs=1e-6)
        assert row[5] == pytest.approx(gc_fraction("".join(c for c in upper if c in "ACGT")), abs=1e-6)
        pairs = [a + b for a, b in pairwise(upper) if {a, b} <= set("ACGT")]
        by_hand = [pairs.count(a + b) / max(len(pairs), 1) for a in "ACGT" for b in "ACGT"]
        assert row[6:] == pytest.approx(by_hand, abs=1e-6)


def test_dinucleotides_do_not_cross_texts():
    assert dinucleotides(["AC", "GT"]).sum(axis=1).tolist() == [1, 1]
    assert dinucleotides(["A", "C"]).sum() == 0


def test_protein_and_text():
    protein = composition(["KRDX", "mmmm"], "protein")
    assert protein[0, [2, 8, 14]].tolist() == [0.25, 0.25, 0.25] and protein[0, 20] == 0.25  # D, K, R, other
    assert protein[0, 23] == 0.5 and protein[0, 24] == 0.25 and protein[1, 10] == 1  # positive, negative, M
    text = composition(["Ab, 1"], "text")[0]
    assert text[[0, 1]].tolist() == pytest.approx([0.2, 0.2]) and text[26] == pytest.approx(0.6)
    assert text[27:].tolist() == pytest.approx([0.2, 0.2, 0.2, 0, 0, 0.2])


@given(st.lists(st.text(max_size=6), max_size=5), st.sampled_from(sorted(WIDTH)))
def test_any_text_gives_shares(texts, alphabet):
    found = composition(texts, alphabet)
    assert found.shape == (len(texts), WIDTH[alphabet]) and found.dtype == np.float32
    assert np.isfinite(found).all() and (found >= -1e-6).all() and (found <= 1 + 1e-6).all()
