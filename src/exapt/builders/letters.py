"""The letters of an annotated genome as tasks of single windows read them: painted layers, and which UTR is which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from exapt.builders.annotation import (
    CDS,
    EXON,
    FIVE_PRIME_UTR,
    GENE,
    INTRON,
    THREE_PRIME_UTR,
    Annotated,
    Feature,
    Part,
)
from exapt.builders.annotation_layers import Layer, introns, paint, utrs

_PIECES = (EXON, INTRON, FIVE_PRIME_UTR, THREE_PRIME_UTR)


@dataclass(frozen=True)
class Letters:
    """What the letters of one record belong to.

    Attributes:
        name: The record's name.
        sequence: Its letters.
        circular: Whether it is a circle.
        layers: `Layer` values, uint8, shape (2, letters): plus and minus strand.
        five: Whether each letter is of a 5' UTR, on either strand; bool, shape (letters,).
        three: Likewise of a 3' UTR.
        bare_introns: Likewise of an intron of a gene without a CDS.
    """

    name: str
    sequence: str
    circular: bool
    layers: np.ndarray
    five: np.ndarray
    three: np.ndarray
    bare_introns: np.ndarray

    def has(self, layer: Layer) -> np.ndarray:
        """Which letters belong to one of these layers on any strand; bool, shape (letters,)."""
        return np.asarray(((self.layers[0] | self.layers[1]) & np.uint8(layer)) != 0)


def read_letters(annotated: Annotated) -> Iterator[Letters]:
    """The records of a genome, one after the other."""
    features = without_lost(annotated)
    annotated = replace(annotated, features=tuple(features))
    coding = {f.gene for f in features if f.kind == CDS}
    told: dict[str, list[Feature]] = {}
    for feature in (*utrs(annotated), *(f for f in introns(annotated) if f.gene not in coding)):
        told.setdefault(feature.record, []).append(feature)
    for name, layers in paint(annotated):
        masks = {kind: np.zeros(layers.shape[1], bool) for kind in (FIVE_PRIME_UTR, THREE_PRIME_UTR, INTRON)}
        for feature in told.get(name, []):
            for part in () if feature.pseudo else feature.parts:
                masks[feature.kind][part.start : part.end] = True
        yield Letters(name, annotated.sequences[name], name in annotated.circular, layers, *masks.values())


def without_lost(annotated: Annotated) -> list[Feature]:
    """The features, with a bare gene in place of the exons, introns and UTRs of each transcript that has no row.

    A file cut at a record's end lacks the transcripts that it cuts through: that the rest of such a one is not seen
    makes no letter intergenic. Where nothing else lies between it and the record's end, the gene reaches that far.
    """
    names = {(f.record, f.name) for f in annotated.features}
    last: dict[str, int] = {}
    first: dict[str, int] = {}
    kept: list[Feature] = []
    lost: dict[tuple[str, str], list[Feature]] = {}
    for feature in annotated.features:
        for part in feature.parts:
            first[feature.record] = min(part.start, first.get(feature.record, part.start))
            last[feature.record] = max(part.end, last.get(feature.record, part.end))
        orphans = [parent for parent in feature.parents if (feature.record, parent) not in names]
        if feature.kind not in _PIECES or len(orphans) < max(1, len(feature.parents)):
            kept.append(feature)
        for parent in orphans:
            lost.setdefault((feature.record, parent), []).append(feature)
    for (record, name), pieces in lost.items():
        parts = [part for piece in pieces for part in piece.parts]
        if parts:
            start, end = min(part.start for part in parts), max(part.end for part in parts)
            start = 0 if start == first[record] else start
            end = len(annotated.sequences[record]) if end == last[record] else end
            kept.append(Feature(GENE, record, (Part(start, end, parts[0].strand),), name))
    return kept
