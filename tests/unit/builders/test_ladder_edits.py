"""Edits that never cancel: distances exact by another program, kinds of edits as often as asked, proteins kept."""

from __future__ import annotations

import edlib
import numpy as np
import pytest
from Bio.Seq import Seq
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from exapt.builders.evolve import BASES, CODONS, coding_windows, scramble_orders, texts_of
from exapt.builders.ladder_edits import change_codons, codon_numbers, descend, has_synonyms, is_stop
from exapt.errors import BadInput

PURINES = "AG"


def hamming(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True))


def transitions(a: str, b: str) -> int:
    return sum(x != y and (x in PURINES) == (y in PURINES) for x, y in zip(a, b, strict=True))


@hypothesis_settings(max_examples=40)
@given(
    st.integers(20, 90), st.floats(0.6, 1), st.floats(0, 1), st.floats(0, 1), st.booleans(), st.integers(0, 2**32),
)  # fmt: skip
def test_the_edit_distance_is_the_number_of_edits(
    length: int, identity: float, indels: float, share: float, scrambled: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    old = coding_windows(6, length, rng)
    before = old.copy()
    edits = round((1 - identity) * length)
    order = scramble_orders(6, length, 5, rng) if scrambled else None
    family = descend(old, edits, indels, share, order, rng)
    assert (old == before).all()
    assert (family.transitions + family.transversions + family.indels == edits).all()
    assert (family.indels % 2 == 0).all()
    turned = old if order is None else np.take_along_axis(old, order, 1)
    for ancestors, descendants in ((old, family.descendants), (turned, family.scrambled)):
        assert descendants.shape == old.shape
        for a, b in zip(texts_of(ancestors), texts_of(descendants), strict=True):
            assert edlib.align(a, b)["editDistance"] == edits


def test_without_indels_letters_are_replaced_in_place_by_the_kind_that_is_said() -> None:
    rng = np.random.default_rng(0)
    old = coding_windows(1500, 60, rng)
    family = descend(old, 20, 0.0, 2 / 3, None, rng)
    for a, b, made in zip(texts_of(old), texts_of(family.descendants), family.transitions, strict=True):
        assert hamming(a, b) == edlib.align(a, b)["editDistance"] == 20
        assert transitions(a, b) == made
    assert binomtest(int(family.transitions.sum()), 1500 * 20, 2 / 3).pvalue > 0.001
    # of two transversions of a letter both are taken alike, at all places alike
    changed = old != family.descendants
    pairs = old[changed].astype(int) * 1000 + family.descendants[changed]
    crossed = {x: [int((pairs == ord(x) * 1000 + ord(y)).sum()) for y in "CT"] for x in PURINES}
    assert all(chisquare(counts).pvalue > 0.001 for counts in crossed.values())
    assert changed.any(axis=0).all()


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_indels_have_their_share_of_the_edits_although_they_cancel_more_easily(share: float) -> None:
    rng = np.random.default_rng(1)
    n, edits = 3000, 12
    old = coding_windows(n, 40, rng)
    family = descend(old, edits, share, 1 / 3, None, rng)
    made = family.indels / edits
    assert abs(made.mean() - share) < 4 * made.std() / np.sqrt(n) + 1e-9
    substituted = edits * n - int(family.indels.sum())
    assert binomtest(int(family.transitions.sum()), substituted, 1 / 3).pvalue > 0.001
    in_place = np.array([hamming(a, b) for a, b in zip(texts_of(old), texts_of(family.descendants), strict=True)])
    assert (in_place[family.indels == 0] == edits).all()
    assert (in_place[family.indels > 0] > edits).mean() > 0.8  # a shift puts other letters against each other


def test_long_far_sequences_with_indels_are_found_too() -> None:
    rng = np.random.default_rng(2)
    old = coding_windows(20, 150, rng)
    family = descend(old, 52, 0.3, 1 / 3, None, rng)  # of random edits, hardly one in a thousand has none that cancel
    for a, b in zip(texts_of(old), texts_of(family.descendants), strict=True):
        assert edlib.align(a, b)["editDistance"] == 52


def test_what_cannot_be_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exapt.builders.ladder_edits.ROUNDS", 50)
    alike = np.full((2, 40), ord("A"), dtype=np.uint8)
    # in a run of one letter every deletion and insertion can be read as one substitution
    with pytest.raises(BadInput, match="40 edits in 40 letters that do not cancel"):
        descend(alike, 40, 1.0, 0.0, None, np.random.default_rng(0))


@pytest.mark.parametrize("table", [1, 2, 11])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_codons_change_and_the_protein_stays(table: int, share: float) -> None:
    rng = np.random.default_rng(3)
    usage = np.where(is_stop(table), 0, 1.0)
    old = coding_windows(400, 60, rng, usage / usage.sum(), in_frame=True)
    count = round(share * 20)
    old = old[has_synonyms(table)[codon_numbers(old)].sum(axis=1) >= count]
    order = scramble_orders(len(old), 60, 6, rng)
    family = change_codons(old, count, table, order, rng)
    for n, (a, b, c) in enumerate(zip(*map(texts_of, (old, family.descendants, family.scrambled)), strict=True)):
        assert str(Seq(a).translate(table)) == str(Seq(b).translate(table))
        assert sum(a[k : k + 3] != b[k : k + 3] for k in range(0, 60, 3)) == count
        assert c == "".join(b[k] for k in order[n])
        assert transitions(a, b) == family.transitions[n]
        assert hamming(a, b) == family.transitions[n] + family.transversions[n]
    assert not family.indels.any()


def test_all_synonyms_and_all_places_are_taken_alike() -> None:
    rng = np.random.default_rng(4)
    old = np.tile(np.frombuffer(b"CTGCTGATGCTG", dtype=np.uint8), (6000, 1))
    family = change_codons(old, 1, 1, None, rng)
    places = (old != family.descendants).reshape(-1, 4, 3).any(axis=2)
    assert not places[:, 2].any()  # methionine has one codon
    assert chisquare(places.sum(axis=0)[[0, 1, 3]]).pvalue > 0.001
    codons, counts = np.unique(CODONS[codon_numbers(family.descendants)][places], return_counts=True)
    assert sorted(codons) == ["CTA", "CTC", "CTT", "TTA", "TTG"]
    assert chisquare(counts).pvalue > 0.001


def test_codons_are_numbered_as_they_are_listed() -> None:
    codes = np.array([list("".join(CODONS).encode())], dtype=np.uint8)
    assert codon_numbers(codes)[0].tolist() == list(range(64))
    assert set(CODONS[is_stop(1)]) == {"TAA", "TAG", "TGA"}
    assert set(CODONS[~has_synonyms(1)]) == {"ATG", "TGG"}
    assert set(CODONS[is_stop(2)]) == {"TAA", "TAG", "AGA", "AGG"}
    assert BASES.tobytes() == b"ACGT"
