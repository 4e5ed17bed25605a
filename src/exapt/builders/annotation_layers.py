"""What every letter of a genome is: coding, UTR, exon, intron, RNA gene, pseudogene; introns and UTRs worked out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import IntFlag

import numpy as np
import pandas as pd

from exapt.builders.annotation import (
    CDS,
    FIVE_PRIME_UTR,
    INTRON,
    MRNA,
    SMALL_STEP,
    THREE_PRIME_UTR,
    Annotated,
    Feature,
    Part,
    places,
    steps,
    within,
)


class Layer(IntFlag):
    """What a letter belongs to; one letter may belong to several. 0 is intergenic."""

    GENE = 1  # whatever belongs to a gene, introns too
    CODING = 2  # of a CDS, its stop codon included
    UTR = 4
    EXON = 8  # of a mature transcript, coding or not
    INTRON = 16
    RNA = 32  # of an RNA that codes for no protein, its introns left out
    PSEUDO = 64  # of a pseudogene, whatever it is there


def introns(annotated: Annotated) -> list[Feature]:
    """The introns, each place once: those that the file states, and the gaps of its transcripts.

    The gaps of a CDS count if its gene has no transcript in the file. Pseudogenes and steps of slippage have none.
    """
    told = {f.gene for f in annotated.features if f.is_transcript}
    found: dict[tuple[str, tuple[Part, ...]], Feature] = {}
    for feature in annotated.features:
        if feature.pseudo:
            continue
        if feature.kind == INTRON:
            found.setdefault((feature.record, feature.parts), feature)
        elif feature.is_transcript or _tells_gaps(feature, told):
            for gap in _gaps(annotated, feature):
                found.setdefault((feature.record, gap), replace(feature, kind=INTRON, parts=gap, coding=None))
    return list(found.values())


def _tells_gaps(feature: Feature, told: set[str]) -> bool:
    coding = feature.coding
    return coding is not None and feature.gene not in told and not (coding.slippage or coding.trans_spliced)


def _gaps(annotated: Annotated, feature: Feature) -> list[tuple[Part, ...]]:
    length, circular = len(annotated.sequences[feature.record]), feature.record in annotated.circular
    found = []
    pairs = itertools.pairwise(feature.parts)
    for (this, after), step in zip(pairs, steps(feature.parts, length, circular), strict=True):
        if step is not None and step > SMALL_STEP:
            low, high = (after, this) if this.strand < 0 else (this, after)
            found.append(tuple(within(low.end, high.start or length, this.strand, length, circular)))
    return [gap for gap in found if gap]


def utrs(annotated: Annotated) -> list[Feature]:
    """The untranslated ends of mRNAs: those that the file states, and what its exons leave before and behind the CDS.

    Worked out for an mRNA without a stated UTR whose CDS is known: by its ID (GFF3), or as one of the same gene that
    lies within its exons (GenBank).
    """
    stated = [f for f in annotated.features if f.kind in (FIVE_PRIME_UTR, THREE_PRIME_UTR)]
    told = {name for f in stated for name in (f.parents or (f.gene,))}
    by_parent: dict[str, list[Feature]] = {}
    for cds in annotated.features:
        if cds.kind == CDS and cds.parts and not cds.pseudo:
            for name in cds.parents or (cds.gene,):
                by_parent.setdefault(name, []).append(cds)
    found = list(stated)
    for mrna in annotated.features:
        if mrna.kind != MRNA or mrna.pseudo or mrna.name in told or (not mrna.parents and mrna.gene in told):
            continue
        letters = places(mrna.parts)
        of_mrna = by_parent.get(mrna.name, []) or ([] if mrna.parents else by_parent.get(mrna.gene, []))
        inside = [np.isin(letters, own) for cds in of_mrna if np.isin(own := places(cds.parts), letters).all()]
        if not inside or mrna.record != of_mrna[0].record:
            continue
        coding = np.flatnonzero(np.any(inside, axis=0))
        for kind, begin, end in (
            (FIVE_PRIME_UTR, 0, int(coding[0])),
            (THREE_PRIME_UTR, int(coding[-1]) + 1, len(letters)),
        ):
            if begin < end:
                found.append(replace(mrna, kind=kind, parts=_cut(mrna.parts, begin, end)))
    return found


def _cut(parts: tuple[Part, ...], begin: int, end: int) -> tuple[Part, ...]:
    """The parts of the spliced letters from `begin` to `end`."""
    found = []
    read = 0
    for part in parts:
        size = part.end - part.start
        low, high = max(begin - read, 0), min(end - read, size)
        if low < high:
            start = part.end - high if part.strand < 0 else part.start + low
            found.append(Part(start, start + high - low, part.strand))
        read += size
    return tuple(found)


def paint(annotated: Annotated) -> Iterator[tuple[str, np.ndarray]]:
    """What every letter is, on each strand; one record after the other, so that one is in memory at a time.

    Yields:
        Name of the record, and an array of `Layer` values, uint8, shape (2, letters): row 0 the plus strand, row 1 the
        minus strand; a feature without a strand is on both.
    """
    stated = [f for f in annotated.features if f.kind not in (INTRON, FIVE_PRIME_UTR, THREE_PRIME_UTR)]
    of_record: dict[str, list[Feature]] = {}
    for feature in (*stated, *introns(annotated), *utrs(annotated)):
        of_record.setdefault(feature.record, []).append(feature)
    for record, sequence in annotated.sequences.items():
        layers = np.zeros((2, len(sequence)), dtype=np.uint8)
        for feature in of_record.get(record, []):
            layer = Layer.GENE | (Layer.PSEUDO if feature.pseudo else _layer(feature))
            for part in feature.parts:
                rows = slice(None) if part.strand == 0 else slice(int(part.strand < 0), int(part.strand < 0) + 1)
                layers[rows, part.start : part.end] |= np.uint8(layer)
        yield record, layers


def _layer(feature: Feature) -> Layer:
    if feature.kind == CDS:
        return Layer.CODING | Layer.EXON
    if feature.kind in (FIVE_PRIME_UTR, THREE_PRIME_UTR):
        return Layer.UTR | Layer.EXON
    if feature.kind == INTRON:
        return Layer.INTRON
    if feature.is_rna:
        return Layer.RNA | Layer.EXON
    return Layer.EXON if feature.is_transcript or feature.kind == "exon" else Layer(0)


def intervals(features: Iterable[Feature]) -> pd.DataFrame:
    """The parts of features as a table.

    Returns:
        One row a part, in reading order: `record`, `start` (0-based), `end` (excluded), `strand` ("+", "-" or "."),
        `kind`, `name`, `gene`, `pseudo`.
    """
    columns = ["record", "start", "end", "strand", "kind", "name", "gene", "pseudo"]
    rows = [
        (f.record, p.start, p.end, {1: "+", -1: "-"}.get(p.strand, "."), f.kind, f.name, f.gene, f.pseudo)
        for f in features
        for p in f.parts
    ]
    return pd.DataFrame(rows, columns=columns).astype({"start": int, "end": int, "pseudo": bool})
