"""Alphabets, checks that name the place, reverse complement, k-mers."""

from __future__ import annotations

import pytest
from Bio.Seq import reverse_complement as biopython
from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput
from exapt.sequences import DNA, IUPAC_DNA, check_dna, kmers, looks_like_protein, reverse_complement

DNA_TEXT = st.text(alphabet=IUPAC_DNA + IUPAC_DNA.lower(), max_size=80)


@given(DNA_TEXT)
def test_reverse_complement_is_that_of_biopython_and_its_own_inverse(sequence: str) -> None:
    assert reverse_complement(sequence) == biopython(sequence)
    assert reverse_complement(reverse_complement(sequence)) == sequence


@given(st.text(alphabet=DNA, max_size=30), st.integers(1, 8))
def test_kmers_are_all_substrings_in_order(sequence: str, k: int) -> None:
    made = kmers(sequence, k)
    assert len(made) == max(0, len(sequence) - k + 1)
    assert all(len(word) == k and sequence.startswith(word, i) for i, word in enumerate(made))


def test_iupac_letters_pass() -> None:
    check_dna(IUPAC_DNA, "here")


@pytest.mark.parametrize(
    ("sequence", "said"),
    [
        ("ACGTJACGTACGTACGT", "position 5 holds 'J'"),
        ("ACGT-ACGT", "position 5 holds '-'"),
        ("ACGTacgt", "position 5 holds 'a'"),
        ("AUGGCUAAC", "position 2 holds 'U', no IUPAC letter of DNA; write RNA with T for U"),
        ("MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ", "looks like a protein"),
        ("MKRISTTITTTITITTGNGAG", "looks like a protein"),
    ],
)
def test_anything_else_is_refused_with_its_place(sequence: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_dna(sequence, "a.fa: record 'x'")
    assert str(caught.value).startswith("a.fa: record 'x'")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(alphabet=IUPAC_DNA + "U", max_size=60), st.text(alphabet="EFILPQ", max_size=3))
def test_dna_and_rna_are_no_protein_even_with_a_typing_error(sequence: str, wrong: str) -> None:
    assert not looks_like_protein(sequence)
    assert looks_like_protein(sequence + wrong) == (len(wrong) >= max(1, len(sequence + wrong) / 10))
