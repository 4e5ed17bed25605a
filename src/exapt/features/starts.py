"""Marks of a coding sequence at the ends of DNA: a start codon at its head, a stop codon at its end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exapt.sequences import reverse_complement

STARTS = ("ATG", "GTG", "TTG")
STOPS = ("TAA", "TAG", "TGA")


def coding_marks(dna: Sequence[str]) -> npt.NDArray[np.float64]:
    """Flags of each sequence; case is not looked at, U is read as T.

    Returns:
        Shape (n, 12), 0 or 1. For the strand as it stands and then for the other: begins with ATG, with GTG, with TTG,
        ends with a stop codon, has a stop codon in its first frame before the last codon. Then: its length is a
        multiple of three; it begins with a start, ends with a stop and its length is one.
    """
    found = np.zeros((len(dna), 12))
    for row, text in enumerate(dna):
        forward = text.upper().replace("U", "T")
        marks = _marks(forward)
        whole = len(forward) % 3 == 0 and forward != ""
        found[row] = *marks, *_marks(reverse_complement(forward)), whole, whole and any(marks[:3]) and marks[3]
    return found


def _marks(dna: str) -> tuple[bool, ...]:
    inner = {dna[i : i + 3] for i in range(0, len(dna) - 5, 3)}
    return (*(dna.startswith(start) for start in STARTS), dna.endswith(STOPS), not inner.isdisjoint(STOPS))


def begins_with_methionine(protein: Sequence[str]) -> npt.NDArray[np.float64]:
    """Whether each protein begins with M, shape (n, 1), 0 or 1."""
    return np.array([text[:1] in ("M", "m") for text in protein], dtype=np.float64).reshape(-1, 1)
