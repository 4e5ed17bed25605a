"""Coding sequences of an annotated genome: spliced DNA and its protein; every special case is named and counted."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass

from exapt.builders.annotation import CDS, SMALL_STEP, Annotated, Coding, Feature, Part, places, steps
from exapt.builders.translation import CUT_CODON, Reading, Unreadable, read_codons
from exapt.errors import BadInput

# why a CDS is left out, beside the faults of reading and translation
PSEUDOGENE = "pseudogene"
REPEATED = "same letters, frame and gene as another CDS"
NO_CODE = "mitochondrion without a stated genetic code"
OUT_OF_ORDER = "parts overlap, are out of order or lie on two strands, without stated trans-splicing"
SMALL = "parts one or two letters apart or over each other, without stated slippage"
NO_STEP = "slippage stated, but the parts tell no place for it"
OFF_CODON = "transl_except is not on a codon"
EXCEPTION = "stated exception, and no stated translation to check it by"
DIFFERS = "stated translation differs"
# what is to be known of one that is kept
STATED, NOT_STATED = "stated translation is the same", "no stated translation"
PARTIAL5, PARTIAL3 = "partial at the 5' end", "partial at the 3' end"
OFFSET = "letters of a codon that is cut at the 5' end, dropped"
SPLICED, SLIPPAGE, TRANS_SPLICED = "spliced", "programmed slippage", "trans-spliced"
OVER_ORIGIN = "over the origin of a circular record"


@dataclass(frozen=True, slots=True)
class CodingSequence:
    """One protein and the DNA that codes for it.

    Attributes:
        name: Identifier of the CDS, as in `Feature`.
        gene: What all CDS of one gene share; empty if the file names no gene.
        symbol: The gene's name for people; may be empty.
        record: Name of the record.
        start: Lowest place in the record, 0-based, of its letters (stop codon included).
        end: One past the highest; above the record's length if the sequence runs over the origin of a circle.
        strand: "+" or "-"; "?" if it is trans-spliced from both.
        parts: All its letters' stretches in reading order, cut codons at the ends and the stop codon included.
        offset: Letters of the parts before `dna`: those of a codon that is cut.
        table: Number of the genetic code.
        dna: Sense strand, whole codons, without the stop codon: codon i is `dna[3 * i : 3 * i + 3]`.
        protein: As we translate it: one residue a codon; U, O, X only where the file says so.
        stop: The stop codon; empty if there is none.
        alternative_start: Whether codon 0 is read as M though it codes for something else.
        recoded: Codons read against the code, and their residues.
        junctions: Places i between `dna[i - 1]` and `dna[i]` where letters of the record are left out or read twice.
        slips: Those of them that are programmed slippage; the others are introns.
        notes: Names of the special cases met.
    """

    name: str
    gene: str
    symbol: str
    record: str
    start: int
    end: int
    strand: str
    parts: tuple[Part, ...]
    offset: int
    table: int
    dna: str
    protein: str
    stop: str
    alternative_start: bool
    recoded: tuple[tuple[int, str], ...]
    junctions: tuple[int, ...]
    slips: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def contiguous(self) -> bool:
        """Whether `dna` is one stretch of the record."""
        return not self.junctions

    def special(self, first: int, codons: int) -> list[str]:
        """What a window of it holds that plain translation of contiguous DNA would not explain.

        Args:
            first: The window's first codon, from 0.
            codons: Its length.

        Returns:
            Any of "alternative start", "recoded", "slippage" and "intron"; for most windows nothing.
        """
        begin, end = 3 * first, 3 * (first + codons)
        found = ["alternative start"] if self.alternative_start and first == 0 < codons else []
        found += ["recoded"] if any(first <= codon < first + codons for codon, _ in self.recoded) else []
        found += ["slippage"] if any(begin < place < end for place in self.slips) else []
        introns = (place for place in self.junctions if place not in self.slips)
        return found + (["intron"] if any(begin < place < end for place in introns) else [])


def coding_sequences(annotated: Annotated) -> tuple[list[CodingSequence], dict[str, int]]:
    """Read every CDS of an annotated genome, in the file's order.

    A CDS is kept if its protein is beyond doubt: read with the right code from letters that are all known, without a
    stop inside, and the same as the translation that the file states, where it states one.

    Returns:
        The coding sequences, and counts: "CDS" and "coding sequences" (those kept), for each reason "<reason>, left
        out" (the first that applies), and of those kept how many met each special case.

    Raises:
        BadInput: If the file has no CDS, or none can be kept.
    """
    kept: list[CodingSequence] = []
    counts: Counter[str] = Counter()
    seen: set[tuple[object, ...]] = set()
    for feature in annotated.features:
        if feature.coding is None:
            continue
        counts[CDS] += 1
        try:
            made = _read(annotated, feature, feature.coding, seen)
        except Unreadable as reason:
            counts[f"{reason}, left out"] += 1
            continue
        kept.append(made)
        counts.update(made.notes)
    where = annotated.file
    if not counts[CDS]:
        raise BadInput(f"{where}: holds no CDS; give an annotated genome whose coding sequences are marked.")
    if not kept:
        most = max((name for name in counts if name != CDS), key=counts.__getitem__)
        raise BadInput(f"{where}: none of its {counts[CDS]} CDS can be read; most often: {most} ({counts[most]}).")
    return kept, {CDS: counts.pop(CDS), "coding sequences": len(kept), **dict(sorted(counts.items()))}


def _read(annotated: Annotated, feature: Feature, coding: Coding, seen: set[tuple[object, ...]]) -> CodingSequence:
    if feature.pseudo:
        raise Unreadable(PSEUDOGENE)
    if coding.fault:
        raise Unreadable(coding.fault)
    # transcripts that differ in their UTRs alone have one CDS
    key = (feature.record, feature.gene, feature.parts, coding.offset)
    if key in seen:
        raise Unreadable(REPEATED)
    seen.add(key)
    if not coding.table_known and not coding.stated:
        raise Unreadable(NO_CODE)
    length, circular = len(annotated.sequences[feature.record]), feature.record in annotated.circular
    junctions, slips = _junctions(feature.parts, coding, length, circular)
    dna = annotated.splice(feature)[coding.offset :]
    recoded, stop_cut = _recoded(feature, coding, len(dna))
    whole = not feature.partial5 and not coding.offset
    reading = read_codons(
        dna, coding.table, recoded, has_start=whole, partial3=feature.partial3, stop_cut=stop_cut
    )  # fmt: skip
    if coding.exception and not coding.stated:
        raise Unreadable(EXCEPTION)
    # two letters of a cut codon may already decide on its residue, which is then stated
    whole_codons = coding.stated[:-1] if CUT_CODON in reading.notes else None
    if coding.stated and reading.protein not in (coding.stated, whole_codons):
        raise Unreadable(DIFFERS)
    inside = tuple(place for place in junctions if 0 < place < len(reading.dna))
    start, end, strand = _span(feature.parts, length, circular)
    return CodingSequence(
        name=feature.name, gene=feature.gene, symbol=feature.symbol, record=feature.record, start=start, end=end,
        strand=strand, parts=feature.parts, offset=coding.offset, table=coding.table, dna=reading.dna,
        protein=reading.protein, stop=reading.stop, alternative_start=reading.alternative_start,
        recoded=reading.recoded, junctions=inside,
        slips=tuple(place for place in inside if place in slips),
        notes=_notes(feature, coding, reading, bool(slips), bool(junctions - slips), end > length),
    )  # fmt: skip


def _junctions(parts: tuple[Part, ...], coding: Coding, length: int, circular: bool) -> tuple[set[int], set[int]]:
    """Places in the DNA behind the offset where its neighbours are none in the record, and those of slippage."""
    junctions: set[int] = set()
    slips: set[int] = set()
    ends = itertools.accumulate(part.end - part.start for part in parts)
    for end, step in zip(ends, steps(parts, length, circular), strict=False):
        if step is None and not coding.trans_spliced:
            raise Unreadable(OUT_OF_ORDER)
        small = step is not None and 0 < abs(step) <= SMALL_STEP
        if small and not coding.slippage:
            raise Unreadable(SMALL)
        if step != 0:
            junctions.add(end - coding.offset)
        if small:
            slips.add(end - coding.offset)
    if coding.slippage and not slips:  # a hop: further than a step, and not to be told from an intron but by its sense
        if len(junctions) != 1:
            raise Unreadable(NO_STEP)
        slips = set(junctions)
    return junctions, slips


def _recoded(feature: Feature, coding: Coding, letters: int) -> tuple[dict[int, str], bool]:
    """Residues by codon that is read against the code; and whether the letters behind the last codon are a cut stop."""
    found: dict[int, str] = {}
    stop_cut = False
    if not coding.recodings:
        return found, stop_cut
    where = places(feature.parts)[coding.offset :].tolist()
    whole = letters // 3 * 3
    for recoding in coding.recodings:
        codons = [i // 3 for i in range(0, whole, 3) if recoding.places.issuperset(where[i : i + 3])]
        if recoding.residue == "*" and not codons and recoding.places <= set(where[whole:]):
            stop_cut = True
        elif not codons:
            raise Unreadable(OFF_CODON)
        found |= dict.fromkeys(codons, recoding.residue)
    return found, stop_cut


def _span(parts: tuple[Part, ...], length: int, circular: bool) -> tuple[int, int, str]:
    strands = {part.strand for part in parts}
    if len(strands) == 1 and (not circular or all(step is not None for step in steps(parts, length, circular))):
        low, high = (parts[-1], parts[0]) if strands == {-1} else (parts[0], parts[-1])
        over = circular and (high.end <= low.start or any(p.start < low.start for p in parts))
        return low.start, high.end + (length if over else 0), "-" if strands == {-1} else "+"
    return min(p.start for p in parts), max(p.end for p in parts), "?"


def _notes(
    feature: Feature, coding: Coding, reading: Reading, slipped: bool, spliced: bool, over: bool
) -> tuple[str, ...]:
    flags = {
        STATED: bool(coding.stated), NOT_STATED: not coding.stated, PARTIAL5: feature.partial5,
        PARTIAL3: feature.partial3, OFFSET: coding.offset > 0, SLIPPAGE: slipped,
        TRANS_SPLICED: coding.trans_spliced, SPLICED: spliced and not coding.trans_spliced, OVER_ORIGIN: over,
    }  # fmt: skip
    return (*reading.notes, *(name for name, holds in flags.items() if holds))
