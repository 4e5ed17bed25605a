"""Makes features of GFF3 rows: CDS joined from rows, transcripts from exons, genes found by way of parents."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from exapt.builders.annotation import (
    CDS,
    EXON,
    FIVE_PRIME_UTR,
    THREE_PRIME_UTR,
    Coding,
    Feature,
    Part,
    within,
)
from exapt.builders.annotation_coding import NO_PARENT, NO_STRAND, NOT_WITHIN, PHASES, Codes, is_set, read_coding
from exapt.builders.gff import Gff, Row


class Family:
    """The rows of a file by ID, and who descends from whom."""

    def __init__(self, gff: Gff) -> None:
        self._rows: dict[str, Row] = {}
        for row in gff.rows:
            self._rows.setdefault(row.first("ID"), row)
        self._proteins, self._others = gff.proteins, gff.others

    def parents(self, row: Row) -> list[str]:
        """IDs of a row's parents, proteins left out: their transcript is named beside them."""
        return [p for p in row.attributes.get("Parent", []) if p not in self._proteins]

    def has(self, name: str) -> bool:
        """Whether a row of this ID stands in the file."""
        return name in self._rows or name in self._others

    def line(self, row: Row, parent: str | None) -> list[Row]:
        """The row and its ancestors: by the parent given, above it by the first of each."""
        found = [row]
        parents = [parent] if parent else self.parents(row)
        while parents:
            above = self._rows.get(parents[0])
            if above is None or above in found:
                break
            found.append(above)
            parents = self.parents(above)
        return found


def read_features(
    gff: Gff, lengths: Mapping[str, int], codes: Codes
) -> tuple[list[Feature], frozenset[str], Counter[str]]:
    """The features of a GFF3 file, the names of the circular records, and counts of what was left out.

    Args:
        gff: The file.
        lengths: Letters of each record.
        codes: Which genetic code applies where none is stated.
    """
    counts: Counter[str] = Counter()
    circular = frozenset(n for n, a in gff.records.items() if n in lengths and is_set(a.get("Is_circular")))
    family = Family(gff)
    groups: dict[tuple[str, ...], list[Row]] = {}
    exons: dict[str, list[Row]] = {}
    for row in gff.rows:
        if row.record not in lengths:
            counts["rows on records without a sequence, left out"] += 1
            continue
        if row.kind == EXON:
            for parent in family.parents(row):
                exons.setdefault(parent, []).append(row)
        for key in _keys(row, family):
            groups.setdefault(key, []).append(row)
    features = []
    for key, rows in _by_parent(groups, family, counts).items():
        length = lengths[rows[0].record]
        circle = length if rows[0].record in circular else 0
        own = exons.get(rows[0].first("ID"), []) if rows[0].kind.endswith(("RNA", "transcript")) else []
        rows = _in_order(rows, circle)
        parts = _parts(_in_order(own, circle) or rows, length, circle > 0)
        made = _feature(rows, parts, key[3] if key[2] == "Parent" else None, family, gff, codes)
        if made.kind == CDS:
            counts["CDS rows without a phase"] += sum(row.phase is None for row in rows)
        if not made.parts and made.coding is None:
            counts[f"{made.kind} features that are not within their record, left out"] += 1
        else:
            features.append(made)
    return _spliced(features), circular, +counts


def _keys(row: Row, family: Family) -> list[tuple[str, ...]]:
    """What rows of one feature share: their ID; without one, a CDS is what rows of one parent are."""
    if name := row.first("ID"):
        return [(row.record, row.kind, "ID", name)]
    if row.kind == CDS and (parents := family.parents(row)):
        return [(row.record, row.kind, "Parent", parent) for parent in parents]
    return [(row.record, row.kind, "line", str(row.line))]


def _by_parent(
    groups: dict[tuple[str, ...], list[Row]], family: Family, counts: Counter[str]
) -> dict[tuple[str, ...], list[Row]]:
    """The groups; CDS rows that have an ID each, one parent, and phases that go on, are one CDS all the same."""
    alone: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for key, rows in groups.items():
        if key[1] == CDS and key[2] == "ID" and len(rows) == 1 and len(parents := family.parents(rows[0])) == 1:
            alone.setdefault((key[0], parents[0]), []).append(key)
    for keys in alone.values():
        rows = _in_order([groups[key][0] for key in keys], 0)
        apart = all(a.end <= b.start or b.end <= a.start for a, b in itertools.pairwise(rows))
        if len(keys) > 1 and apart and len({r.strand for r in rows}) == 1 and _phases_agree(rows):
            counts["CDS joined from rows with an ID each"] += 1
            groups[keys[0]] = rows
            for key in keys[1:]:
                del groups[key]
    return groups


def _in_order(rows: list[Row], length: int) -> list[Row]:
    """Rows in reading order: by `part` if they have it, else along their strand.

    On a circle of `length` letters (0 for none) the feature begins after the widest gap between its rows.
    """
    if all(row.first("part").isdigit() for row in rows):

        def order(row: Row) -> tuple[int, int]:
            return int(row.first("part")), row.start * (-1 if row.strand < 0 else 1)

        return sorted(rows, key=order)
    rows = sorted(rows, key=lambda row: row.start)
    if length and len(rows) > 1:
        gaps = [after.start - row.end for row, after in itertools.pairwise(rows)]
        gaps.append(rows[0].start + length - rows[-1].end)
        first = (max(range(len(gaps)), key=gaps.__getitem__) + 1) % len(rows)
        rows = rows[first:] + rows[:first]
    return rows[::-1] if rows[0].strand < 0 else rows


def _phases_agree(rows: list[Row]) -> bool:
    """Whether the phase of every row follows from the letters before it; rows without a phase say nothing."""
    read = -(rows[0].phase or 0)
    for row in rows:
        if row.phase is not None and row.phase != -read % 3:
            return False
        read += row.end - row.start
    return True


def _parts(rows: list[Row], length: int, circular: bool) -> tuple[Part, ...]:
    parts: list[Part] = []
    for row in rows:
        inside = within(row.start, row.end, row.strand, length, circular)
        if not inside:
            return ()
        parts += inside
    return tuple(parts)


def _feature(
    rows: list[Row], parts: tuple[Part, ...], parent: str | None, family: Family, gff: Gff, codes: Codes
) -> Feature:
    first, last = rows[0], rows[-1]
    line = family.line(first, parent)
    return Feature(
        kind=first.kind, record=first.record, parts=parts,
        name=first.first("ID") or parent or f"{first.kind} at {first.record}:{min(r.start for r in rows) + 1}",
        gene=line[-1].first("ID", "Parent", "locus_tag", "gene"),
        symbol=next((n for r in line[::-1] if (n := r.first("gene", "Name"))), ""),
        parents=(parent,) if parent else tuple(family.parents(first)),
        partial5=_is_cut(first, "start_range" if first.strand >= 0 else "end_range", "start_NF"),
        partial3=_is_cut(last, "end_range" if last.strand >= 0 else "start_range", "end_NF"),
        pseudo=any(r.pseudo or is_set(r.attributes.get("pseudo")) or "pseudogene" in r.attributes for r in line),
        coding=_coding(rows, parts, parent, family, gff, codes) if first.kind == CDS else None,
    )  # fmt: skip


def _is_cut(row: Row, tag: str, end: str) -> bool:
    """Whether an end is marked as missing: by NCBI's ranges, or by Ensembl's tags."""
    return tag in row.attributes or any(t in (f"cds_{end}", f"mRNA_{end}") for t in row.attributes.get("tag", []))


def _coding(
    rows: list[Row], parts: tuple[Part, ...], parent: str | None, family: Family, gff: Gff, codes: Codes
) -> Coding:
    first = rows[0]
    parents = [parent] if parent else family.parents(first)
    fault = ""
    if parents and not any(map(family.has, parents)):
        fault = NO_PARENT  # a part of a chromosome has genes of which some rows were cut away
    elif any(row.strand == 0 for row in rows):
        fault = NO_STRAND
    elif not parts:
        fault = NOT_WITHIN
    elif not _phases_agree(rows):
        fault = PHASES
    exceptions = first.attributes.get("exception", [])
    return read_coding(
        record=first.record, codes=codes, offset=first.phase or 0, fault=fault, table=first.first("transl_table"),
        mitochondrial=codes.is_mitochondrial(first.record, gff.records.get(first.record, {}).get("genome", [""])[0]),
        # a comma that was not escaped has split it
        recodings=",".join(value for row in rows for value in row.attributes.get("transl_except", [])),
        exceptions=exceptions, stated=first.first("translation"),
        slippage=is_set(first.attributes.get("ribosomal_slippage")),
        trans_spliced=is_set(first.attributes.get("trans_splicing")),
    )  # fmt: skip


def _spliced(features: list[Feature]) -> list[Feature]:
    """The features, where transcripts that have no exon rows take their parts from their CDS and UTRs.

    Some files (Saccharomyces Genome Database, Augustus) have such transcripts: one stretch, introns included.
    """
    own: dict[tuple[str, str], list[Feature]] = {}
    for feature in features:
        if feature.kind in (CDS, EXON, FIVE_PRIME_UTR, THREE_PRIME_UTR):
            for parent in feature.parents:
                own.setdefault((feature.record, parent), []).append(feature)
    found = []
    for feature in features:
        children = own.get((feature.record, feature.name), []) if feature.is_transcript else []
        kinds = {child.kind for child in children}
        if CDS in kinds and EXON not in kinds:
            parts = sorted({part for child in children for part in child.parts})
            feature = replace(feature, parts=tuple(parts[::-1] if parts and parts[0].strand < 0 else parts))
        found.append(feature)
    return found
