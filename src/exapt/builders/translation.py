"""Reads spliced DNA as a protein: start, stop, codons read against the code, and each fault by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from exapt.sequences import genetic_code, translate

# why a CDS is left out
AMBIGUOUS = "ambiguous letters"
LENGTH = "length not a multiple of three"
INTERNAL_STOP = "internal stop"
TOO_SHORT = "no whole codon"
# what is to be known of one that is kept
ALTERNATIVE_START = "alternative start read as M"
NO_START = "first codon is no start, read as it codes"
NO_STOP = "no stop codon at its end"
POLY_A = "stop codon that poly(A) completes"
CUT_CODON = "letters of a codon that is cut at the 3' end, dropped"
STATED_STOP = "stop codon by transl_except"
SELENOCYSTEINE, PYRROLYSINE, RECODED = "selenocysteine", "pyrrolysine", "other codon read against the code"

_OUTSIDE = re.compile("[^ACGT]")


class Unreadable(Exception):
    """A CDS that is left out; the message is the reason, by which it is counted."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A coding sequence, read.

    Attributes:
        dna: Whole codons without the stop, 3 letters a residue.
        protein: The residues.
        stop: The stop codon behind them; empty if there is none.
        alternative_start: Whether the first codon is read as M though it codes for something else.
        recoded: Codon (from 0) and residue where the code is not followed, first codons read as M aside.
        notes: Names of the special cases met.
    """

    dna: str
    protein: str
    stop: str
    alternative_start: bool
    recoded: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]


def read_codons(
    dna: str, table: int, recoded: Mapping[int, str], *, has_start: bool, partial3: bool, stop_cut: bool
) -> Reading:
    """Read DNA from its first letter on, as GenBank's feature table definition has it (INSDC, 7.4 and appendix).

    Args:
        dna: Spliced, upper case, its first codon whole.
        table: Number of the genetic code.
        recoded: Residue ("*" ends the protein) of codons that are read against the code, by number of the codon.
        has_start: Whether the protein begins here, so that a start codon is read as M whatever it codes for.
        partial3: Whether the end of the CDS is missing.
        stop_cut: Whether the last one or two letters are a stop codon that poly(A) completes.

    Raises:
        Unreadable: With the reason for which it is left out.
    """
    code = genetic_code(table)
    notes: list[str] = []
    if rest := len(dna) % 3:
        if not stop_cut and not partial3:
            raise Unreadable(LENGTH)
        notes.append(POLY_A if stop_cut else CUT_CODON)
        dna = dna[:-rest]
    if _OUTSIDE.search(dna):
        raise Unreadable(AMBIGUOUS)
    residues = list(translate(dna, table))
    for number, residue in recoded.items():
        residues[number] = residue
    stop = ""
    # in some codes a stop codon means a residue elsewhere: at the end of a whole CDS it is the stop
    last = len(residues) - 1
    if residues and (residues[-1] == "*" or (dna[-3:] in code.stops and last not in recoded and not partial3)):
        stop = dna[-3:]
        notes += [STATED_STOP] if last in recoded else []
        residues.pop()
        dna = dna[:-3]
    elif not rest and not partial3:
        notes.append(NO_STOP)
    if not residues:
        raise Unreadable(TOO_SHORT)
    if "*" in residues:
        raise Unreadable(INTERNAL_STOP)
    alternative = False
    if has_start and 0 not in recoded:
        alternative = dna[:3] in code.starts and residues[0] != "M"
        if alternative:
            residues[0] = "M"
            notes.append(ALTERNATIVE_START)
        elif dna[:3] not in code.starts:
            notes.append(NO_START)
    against = tuple(sorted((n, r) for n, r in recoded.items() if n < len(residues)))
    notes += sorted({{"U": SELENOCYSTEINE, "O": PYRROLYSINE}.get(r, RECODED) for _, r in against})
    return Reading(dna, "".join(residues), stop, alternative, against, tuple(notes))
