"""Reads the rows of a GFF3 file: columns, escaped attributes, circular records, an embedded FASTA."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from rich.console import Console
from rich.progress import track

from exapt.builders.annotation import kind_of
from exapt.errors import BadInput

PROTEINS = ("protein", "polypeptide")
RECORDS = ("region", "chromosome", "contig", "scaffold", "supercontig", "plasmid")  # types of a whole record's row


@dataclass(frozen=True, slots=True)
class Row:
    """One row of GFF3, of a kind that says something on genes.

    Attributes:
        line: Number of the line, from 1.
        record: Name of the record.
        kind: As `exapt.builders.annotation.kind_of` reads its type.
        start: 0-based.
        end: One past the last letter; on a circular record it may exceed the length.
        strand: 1, -1 or 0.
        phase: 0, 1 or 2; None if not given.
        attributes: Values by tag; a tag may have several.
        pseudo: Whether the type is a pseudogene's.
    """

    line: int
    record: str
    kind: str
    start: int
    end: int
    strand: int
    phase: int | None
    attributes: dict[str, list[str]]
    pseudo: bool

    def first(self, *tags: str) -> str:
        """The first value of the first of these tags that has one; else empty."""
        return next((self.attributes[tag][0] for tag in tags if self.attributes.get(tag)), "")


@dataclass(frozen=True)
class Gff:
    """A GFF3 file.

    Attributes:
        rows: In the file's order.
        records: Attributes of the rows that stand for a whole record (region, chromosome, ...), by the record's name.
        fasta: The text after `##FASTA`; empty if there is none.
        proteins: IDs of rows that stand for a protein: a CDS may name one beside its transcript.
        others: IDs of the other rows that were not read.
        counts: Rows that were not read, by type and source.
    """

    rows: list[Row]
    records: dict[str, dict[str, list[str]]]
    fasta: str
    proteins: frozenset[str]
    others: frozenset[str]
    counts: Counter[str]


def read_rows(path: Path, text: str) -> Gff:
    """Read GFF3 (version 1.26 of the Sequence Ontology's specification).

    Rows of a type that says nothing on genes are counted and not read; so are exons, introns and UTRs without a parent,
    which are evidence (such as the introns that RNA sequencing saw) and not part of a gene.

    Raises:
        BadInput: For a row that is no GFF3; the message names file and line.
    """
    rows: list[Row] = []
    records: dict[str, dict[str, list[str]]] = {}
    proteins: set[str] = set()
    others: set[str] = set()
    counts: Counter[str] = Counter()
    begin = 0 if text.startswith(">") else text.find("\n>") + 1 or len(text)
    mark = text.find("##FASTA")
    begin = min(begin, mark) if mark >= 0 else begin
    for number, line in _lines(path, text[:begin]):
        columns = line.split("\t")
        if len(columns) != 9:
            raise BadInput(f"{path}: line {number} has {len(columns)} columns, GFF3 has 9 with tabs between them.")
        kind, pseudo = kind_of(columns[2])
        attributes = _attributes(path, number, columns[8])
        name = f"{columns[2]} rows ({columns[1]}), not read"
        if kind is None:
            counts[name] += 1
            (proteins if columns[2] in PROTEINS else others).update(attributes.get("ID", []))
            if columns[2] in RECORDS:
                records.setdefault(unquote(columns[0]), {}).update(attributes)
            continue
        if kind in ("exon", "intron", "five_prime_UTR", "three_prime_UTR") and "Parent" not in attributes:
            counts[name.replace("rows", "rows without a parent")] += 1
            continue
        rows.append(_row(path, number, columns, attributes, kind, pseudo))
    fasta = text[begin:].removeprefix("##FASTA")
    return Gff(rows, records, fasta.lstrip(), frozenset(proteins), frozenset(others), counts)


def _lines(path: Path, text: str) -> Iterator[tuple[int, str]]:
    console = Console(stderr=True)
    lines = track(
        enumerate(io.StringIO(text), start=1), total=text.count("\n") + 1, description=f"reading {path.name}",
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    for number, line in lines:
        if line.strip() and not line.startswith("#"):
            yield number, line.rstrip("\r\n")


def _attributes(path: Path, number: int, text: str) -> dict[str, list[str]]:
    """Tags and values; they are split first and unescaped then, as an escaped comma parts nothing."""
    found: dict[str, list[str]] = {}
    for item in text.split(";"):
        if not item.strip() or item.strip() == ".":
            continue
        tag, equals, values = item.strip().partition("=")
        if not equals:
            if '"' in item:
                raise BadInput(
                    f"{path}: line {number} is GTF, not GFF3; convert the file (gffread -F in.gtf -o out.gff3)."
                )
            raise BadInput(f"{path}: line {number}: '{item.strip()[:40]}' is no attribute of GFF3 (tag=value).")
        found.setdefault(unquote(tag), []).extend(unquote(v) for v in values.split(","))
    return found


def _row(path: Path, number: int, columns: list[str], attributes: dict[str, list[str]], kind: str, pseudo: bool) -> Row:
    place = f"{path}: line {number}"
    try:
        start, end = int(columns[3]) - 1, int(columns[4])
    except ValueError:
        raise BadInput(f"{place}: start '{columns[3]}' and end '{columns[4]}' must be whole numbers.") from None
    if start < 0 or end < 1:
        raise BadInput(f"{place}: start {start + 1} and end {end} must be 1 or more.")
    if columns[6] not in ("+", "-", ".", "?"):
        raise BadInput(f"{place}: strand '{columns[6]}' must be +, -, . or ?.")
    if columns[7] not in (".", "0", "1", "2"):
        raise BadInput(f"{place}: phase '{columns[7]}' must be 0, 1, 2 or a dot.")
    phase = None if columns[7] == "." else int(columns[7])
    strand = {"+": 1, "-": -1}.get(columns[6], 0)
    return Row(number, unquote(columns[0]), kind, start, end, strand, phase, attributes, pseudo)
