"""Alphabets of DNA and protein, checks that name the place, reverse complement, genetic codes, translation, k-mers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from Bio.Data import CodonTable

from exapt.errors import BadInput

DNA = "ACGT"
IUPAC_DNA = "ACGTRYSWKMBDHVN"
PROTEIN = "ACDEFGHIKLMNPQRSTVWY"
IUPAC_PROTEIN = PROTEIN + "BJOUXZ*"

_OUTSIDE_DNA = re.compile(f"[^{IUPAC_DNA}]")
_OUTSIDE_PROTEIN = re.compile(f"[^{re.escape(IUPAC_PROTEIN)}]")
_COMPLEMENT = str.maketrans(IUPAC_DNA + IUPAC_DNA.lower(), "TGCAYRSWMKVHDBN" + "tgcayrswmkvhdbn")


def looks_like_protein(sequence: str) -> bool:
    """Whether a sequence (upper case) reads as a protein rather than as DNA or RNA.

    True if all letters are amino acids and at least a tenth are E, F, I, L, P or Q, which nucleotides do not have; in a
    protein they are about a third.
    """
    if _OUTSIDE_PROTEIN.search(sequence):
        return False
    return sum(map(sequence.count, "EFILPQ")) >= max(1, len(sequence) / 10)


def check_dna(sequence: str, place: str) -> None:
    """Refuse a sequence (upper case) that is not DNA in IUPAC letters.

    Args:
        sequence: The sequence.
        place: What to call it in the message: file and record.

    Raises:
        BadInput: Naming `place`, and the position (from 1) and letter at fault, or that this is a protein or RNA.
    """
    wrong = _OUTSIDE_DNA.search(sequence)
    if wrong is None:
        return
    if looks_like_protein(sequence):
        raise BadInput(f"{place} looks like a protein ('{sequence[:12]}...'); DNA is needed here.")
    remedy = "write RNA with T for U" if wrong[0] == "U" else f"allowed are {IUPAC_DNA}"
    raise BadInput(f"{place}: position {wrong.start() + 1} holds '{wrong[0]}', no IUPAC letter of DNA; {remedy}.")


def looks_like_dna(sequence: str) -> bool:
    """Whether a sequence (upper case) reads as DNA or RNA rather than as a protein.

    True if at least nine tenths of its letters are A, C, G, T, U or N, which are about a third of a protein. Meant for
    all letters of a file: single proteins, such as glycoproteins of ice fish, may be little else than A and T.
    """
    return bool(sequence) and sum(map(sequence.count, "ACGTUN")) >= 0.9 * len(sequence)


def check_protein(sequence: str, place: str) -> None:
    """Refuse a sequence (upper case) that is not a protein in IUPAC letters.

    DNA passes, since its letters are residues, too: `looks_like_dna` tells.

    Args:
        sequence: The sequence.
        place: What to call it in the message: file and record.

    Raises:
        BadInput: Naming `place`, and the position (from 1) and letter at fault.
    """
    wrong = _OUTSIDE_PROTEIN.search(sequence)
    if wrong is None:
        return
    remedy = "remove the gaps of an alignment" if wrong[0] in "-." else f"allowed are {IUPAC_PROTEIN}"
    raise BadInput(f"{place}: position {wrong.start() + 1} holds '{wrong[0]}', no IUPAC letter of proteins; {remedy}.")


def reverse_complement(sequence: str) -> str:
    """The other strand, read in its own direction; IUPAC letters are complemented too, case is kept."""
    return sequence.translate(_COMPLEMENT)[::-1]


@dataclass(frozen=True)
class GeneticCode:
    """One of NCBI's genetic codes (translation tables).

    Attributes:
        number: Its number: 1 is the standard code, 11 that of bacteria, archaea and plastids.
        residues: The residue of each of the 64 codons; "*" for a codon that only stops.
        starts: Codons that can begin a protein; whatever they code for elsewhere, they are read as M there.
        stops: Codons that end a protein. In the codes 27, 28 and 31 they code for a residue elsewhere.
    """

    number: int
    residues: Mapping[str, str]
    starts: frozenset[str]
    stops: frozenset[str]


@cache
def genetic_code(number: int) -> GeneticCode:
    """A genetic code by NCBI's number (www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi), as Biopython holds it.

    Raises:
        BadInput: If there is none of this number.
    """
    tables = CodonTable.unambiguous_dna_by_id
    if number not in tables:
        raise BadInput(f"genetic code {number}: there is none; NCBI's are {', '.join(map(str, sorted(tables)))}.")
    table = tables[number]
    residues = dict.fromkeys(table.stop_codons, "*") | table.forward_table
    return GeneticCode(number, residues, frozenset(table.start_codons), frozenset(table.stop_codons))


def translate(dna: str, table: int = 1) -> str:
    """The residues of the whole codons of a DNA sequence, from its first letter on, each codon by itself.

    The first codon is not read as a start, and nothing ends at a stop. Letters after the last whole codon are not read.

    Args:
        dna: Upper case.
        table: Number of the genetic code.

    Returns:
        One letter a codon: "*" for a stop, "X" for a codon that has a letter other than A, C, G and T.

    Raises:
        BadInput: If there is no such genetic code.
    """
    read = genetic_code(table).residues.get
    # three strided slices make the codons faster than a slice for each
    codons = map("".join, zip(dna[::3], dna[1::3], dna[2::3], strict=False))
    return "".join([read(codon, "X") for codon in codons])


def kmers(sequence: str, k: int) -> list[str]:
    """All `len(sequence) - k + 1` substrings of length k >= 1, in order; none if the sequence is shorter than k."""
    return [sequence[i : i + k] for i in range(len(sequence) - k + 1)]
