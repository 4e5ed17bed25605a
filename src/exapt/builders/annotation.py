"""What an annotated genome holds: features with their parts in reading order, and what coding sequences say more."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from exapt.builders.genomes import Genome
from exapt.sequences import reverse_complement

# The kinds of feature that are read, under the names of the Sequence Ontology; RNAs keep their own name (tRNA, ...).
GENE, CDS, MRNA, EXON, INTRON = "gene", "CDS", "mRNA", "exon", "intron"
FIVE_PRIME_UTR, THREE_PRIME_UTR = "five_prime_UTR", "three_prime_UTR"
_FIXED = {
    CDS: CDS, EXON: EXON, INTRON: INTRON, FIVE_PRIME_UTR: FIVE_PRIME_UTR, THREE_PRIME_UTR: THREE_PRIME_UTR,
    "5'UTR": FIVE_PRIME_UTR, "3'UTR": THREE_PRIME_UTR, "coding_exon": EXON, "noncoding_exon": EXON,
    "pseudogenic_exon": EXON, "nc_primary_transcript": "ncRNA", "mRNA_TE_gene": MRNA, "pseudogenic_CDS": CDS,
}  # fmt: skip
SMALL_STEP = 2  # letters that a ribosome slips at most; introns are longer by far


class Part(NamedTuple):
    """A stretch of a record: 0-based, end excluded; strand 1, -1, or 0 if the file gives none."""

    start: int
    end: int
    strand: int


@dataclass(frozen=True, slots=True)
class Recoding:
    """A codon that is read against the code (`transl_except`).

    Attributes:
        places: Letters of the record, 0-based.
        residue: The residue; "*" for TERM, "X" for OTHER.
    """

    places: frozenset[int]
    residue: str


@dataclass(frozen=True, slots=True)
class Coding:
    """What is known of a CDS beside its place.

    Attributes:
        offset: Letters before the first whole codon, 0 to 2 (`codon_start` - 1, or the phase).
        table: Number of the genetic code.
        table_known: Whether the code is stated or can be taken for granted; False for a mitochondrion without one.
        recodings: Codons read against the code.
        slippage: Whether programmed ribosomal slippage is stated.
        trans_spliced: Whether its parts are stated to come from several transcripts.
        exception: Any other exception stated, such as "RNA editing"; else empty.
        stated: The protein as the file states it; else empty.
        fault: Why it cannot be read; empty if nothing is wrong so far.
    """

    offset: int = 0
    table: int = 1
    table_known: bool = True
    recodings: tuple[Recoding, ...] = ()
    slippage: bool = False
    trans_spliced: bool = False
    exception: str = ""
    stated: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a record. A transcript's parts are its exons.

    Attributes:
        kind: gene, mRNA, CDS, exon, intron, five_prime_UTR, three_prime_UTR, or an RNA's name (tRNA, ncRNA, ...).
        record: Name of the record.
        parts: In the order in which they are read: on the minus strand the last of the record comes first, across the
            origin of a circular record its end comes before its start. Empty only for a CDS with a fault.
        name: Its own identifier: ID in GFF3; protein_id, transcript_id or locus tag in GenBank.
        gene: What all features of one gene share: the gene's ID, or the locus tag; empty if there is none.
        symbol: The gene's name for people, such as "prfB"; else empty.
        parents: IDs of its parents (GFF3).
        partial5: Whether its beginning, in reading direction, lies outside the sequence.
        partial3: Whether its end does.
        pseudo: Whether it, or what it belongs to, is a pseudogene.
        coding: For a CDS, else None.
    """

    kind: str
    record: str
    parts: tuple[Part, ...]
    name: str
    gene: str = ""
    symbol: str = ""
    parents: tuple[str, ...] = ()
    partial5: bool = False
    partial3: bool = False
    pseudo: bool = False
    coding: Coding | None = None

    @property
    def is_rna(self) -> bool:
        """Whether this is an RNA that codes for no protein."""
        return self.kind.endswith("RNA") and self.kind != MRNA

    @property
    def is_transcript(self) -> bool:
        """Whether this is an mRNA, an RNA, or a transcript of another kind."""
        return self.kind.endswith(("RNA", "transcript"))


@dataclass(frozen=True)
class Annotated:
    """A genome and its features.

    Attributes:
        genome: The sequences.
        features: In the file's order.
        circular: Names of the circular records.
        file: Name of the file that holds the features.
        sha256: SHA-256 (hex) of that file's bytes.
        counts: Features read and left out, by kind and reason.
    """

    genome: Genome
    features: tuple[Feature, ...]
    circular: frozenset[str]
    file: str
    sha256: str
    counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def sequences(self) -> dict[str, str]:
        """The sequence of each record by its name."""
        return dict(zip(self.genome.names, self.genome.sequences, strict=True))

    def splice(self, feature: Feature) -> str:
        """A feature's DNA as it is read: of an mRNA the transcript, of a CDS all its letters, stop codon included."""
        sequence = self.sequences[feature.record]
        return "".join(
            reverse_complement(sequence[p.start : p.end]) if p.strand < 0 else sequence[p.start : p.end]
            for p in feature.parts
        )

    def by_kind(self) -> dict[str, list[Feature]]:
        """The features by their kind, in the file's order."""
        found: dict[str, list[Feature]] = {}
        for feature in self.features:
            found.setdefault(feature.kind, []).append(feature)
        return found


def kind_of(name: str) -> tuple[str | None, bool]:
    """How a feature is read whose key or type is `name`.

    Returns:
        The kind, or None if features of this type say nothing on genes; and whether it is a pseudogene's.
    """
    pseudo = name.startswith("pseudo")
    if name in _FIXED:
        return _FIXED[name], pseudo
    if name.endswith("gene"):
        return GENE, pseudo
    return (name if name.endswith(("RNA", "transcript")) else None), pseudo


def within(start: int, end: int, strand: int, length: int, circular: bool) -> list[Part]:
    """A stretch as parts inside its record, in reading order: two if it runs over the origin of a circular one.

    Args:
        start: First letter, 0-based.
        end: One past the last; above `length`, or not above `start`, if it runs over the origin.
        strand: 1, -1 or 0.
        length: Letters of the record.
        circular: Whether the record is a circle.

    Returns:
        The parts; none if the stretch does not fit into the record.
    """
    if circular and start != end:
        start, end = start % length, end if 0 < end <= length else end - length
        if 0 < end <= start:
            parts = [Part(start, length, strand), Part(0, end, strand)]
            return parts[::-1] if strand < 0 else parts
    return [Part(start, end, strand)] if 0 <= start < end <= length else []


def steps(parts: tuple[Part, ...], length: int, circular: bool) -> list[int | None]:
    """The letters left out between each part and the next, in reading direction.

    Returns:
        One number for each pair of neighbours: 0 if the next goes on where the last ends, -1 if it begins a letter
        before; None if it lies on the other strand, or further back than a ribosome slips.
    """
    found: list[int | None] = []
    for this, after in itertools.pairwise(parts):
        step = this.start - after.end if this.strand < 0 else after.start - this.end
        # over the origin: only the way that is shorter than half the circle can be meant
        if step < -SMALL_STEP and circular and step + length < length / 2:
            step += length
        found.append(step if this.strand == after.strand and step >= -SMALL_STEP else None)
    return found


def places(parts: tuple[Part, ...]) -> np.ndarray:
    """The place in the record of every letter of the spliced feature, in reading order; an integer array."""
    runs = [np.arange(p.start, p.end)[:: -1 if p.strand < 0 else 1] for p in parts]
    return np.concatenate(runs) if runs else np.empty(0, dtype=int)
