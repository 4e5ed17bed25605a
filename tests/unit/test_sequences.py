"""Alphabets, checks that name the place, reverse complement, genetic codes, translation, k-mers."""

from __future__ import annotations

import itertools

import pytest
from Bio.Data import CodonTable
from Bio.Seq import Seq
from Bio.Seq import reverse_complement as biopython
from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput
from exapt.sequences import (
    DNA,
    IUPAC_DNA,
    IUPAC_PROTEIN,
    PROTEIN,
    check_dna,
    check_protein,
    genetic_code,
    kmers,
    looks_like_dna,
    looks_like_protein,
    reverse_complement,
    translate,
)

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
    check_protein(IUPAC_PROTEIN, "here")


@pytest.mark.parametrize(
    ("sequence", "said"),
    [
        ("MKTA-YIA", "position 5 holds '-', no IUPAC letter of proteins; remove the gaps"),
        ("MK1", "position 3 holds '1', no IUPAC letter of proteins; allowed are ACDEF"),
        ("MKa", "position 3 holds 'a'"),
    ],
)
def test_no_protein_is_refused_with_its_place(sequence: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_protein(sequence, "a.faa: record 'x'")
    assert str(caught.value).startswith(f"a.faa: record 'x': {said}")


@pytest.mark.parametrize(
    ("sequence", "dna"),
    [("ACGTNACGTT", True), ("ACGUACGU", True), ("ACGTACGTRY", False), (PROTEIN, False), ("", False)],
)
def test_letters_tell_dna_from_proteins(sequence: str, dna: bool) -> None:
    assert looks_like_dna(sequence) is dna


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


# NCBI prints a code as the residues of its codons in the order TTT, TTC, TTA, TTG, TCT, ...: written out by hand
CODONS = ["".join(codon) for codon in itertools.product("TCAG", repeat=3)]
STANDARD = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
VERTEBRATE_MITOCHONDRIAL = "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG"


def test_translation_is_that_of_the_printed_codes() -> None:
    assert translate("".join(CODONS)) == STANDARD
    assert translate("".join(CODONS), 11) == STANDARD
    assert translate("".join(CODONS), 2) == VERTEBRATE_MITOCHONDRIAL
    assert translate("TGATAA", 4) == "W*"


@pytest.mark.filterwarnings("ignore:This table contains")
@given(st.text(alphabet=DNA, max_size=90), st.sampled_from(sorted(CodonTable.unambiguous_dna_by_id)))
def test_translation_is_that_of_biopython_in_every_code(dna: str, table: int) -> None:
    whole = dna[: len(dna) // 3 * 3]
    assert translate(dna, table) == str(Seq(whole).translate(table))


def test_a_codon_with_an_ambiguous_letter_is_x_and_a_rest_is_not_read() -> None:
    assert translate("ATGGCNNNNTAAGG") == "MXX*"
    assert translate("AT") == ""


def test_the_codes_know_their_starts_and_stops() -> None:
    assert genetic_code(11).starts == {"TTG", "CTG", "ATT", "ATC", "ATA", "ATG", "GTG"}
    assert genetic_code(4).stops == {"TAA", "TAG"}
    assert genetic_code(27).residues["TGA"] == "W" and genetic_code(27).stops == {"TGA"}
    with pytest.raises(BadInput, match=r"genetic code 7: there is none; NCBI's are 1, 2, 3"):
        genetic_code(7)
