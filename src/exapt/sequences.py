"""Alphabets of DNA and protein, checks that name the place of a wrong letter, reverse complement, k-mers."""

from __future__ import annotations

import re

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


def reverse_complement(sequence: str) -> str:
    """The other strand, read in its own direction; IUPAC letters are complemented too, case is kept."""
    return sequence.translate(_COMPLEMENT)[::-1]


def kmers(sequence: str, k: int) -> list[str]:
    """All `len(sequence) - k + 1` substrings of length k >= 1, in order; none if the sequence is shorter than k."""
    return [sequence[i : i + k] for i in range(len(sequence) - k + 1)]
