"""Writes GenBank and GFF3 texts by hand, and random genes whose protein is known before any code reads it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exapt.builders.annotated import read_annotated
from exapt.builders.annotation import Annotated
from exapt.builders.coding import CodingSequence, coding_sequences

# The standard code as NCBI prints it: the residues of TTT, TTC, TTA, TTG, TCT, ...
RESIDUES = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
HAND_TABLE = dict(zip(map("".join, itertools.product("TCAG", repeat=3)), RESIDUES, strict=True))
OTHER = {"A": "T", "T": "A", "C": "G", "G": "C"}

Qualifiers = dict[str, str | None]


def turned(dna: str) -> str:
    """The other strand, by hand."""
    return "".join(OTHER[letter] for letter in reversed(dna))


def genbank(
    sequence: str, features: list[tuple[str, str, Qualifiers]], name: str = "REC.1", circular: bool = False
) -> str:
    """A GenBank record; a qualifier of None is a flag."""
    shape = "circular" if circular else "linear"
    lines = [
        f"LOCUS       {name.split('.')[0]:<16} {len(sequence):>11} bp    DNA     {shape:<8} BCT 01-JAN-2020",
        "DEFINITION  made by hand.", f"ACCESSION   {name.split('.')[0]}", f"VERSION     {name}",
        "FEATURES             Location/Qualifiers",
    ]  # fmt: skip
    for key, location, qualifiers in features:
        lines.append(f"     {key:<16}{location}")
        for tag, value in qualifiers.items():
            # numbers and places stand without quotes
            plain = value is not None and (value.isdigit() or value.startswith("("))
            lines.append(
                " " * 21 + (f"/{tag}" if value is None else f"/{tag}={value}" if plain else f'/{tag}="{value}"')
            )
    lines.append("ORIGIN")
    for start in range(0, len(sequence), 60):
        row = sequence[start : start + 60]
        lines.append(f"{start + 1:>9} " + " ".join(row[i : i + 10] for i in range(0, len(row), 10)))
    return "\n".join([*lines, "//", ""])


def gff(sequence: str, rows: list[str], name: str = "chr1", circular: bool = False) -> str:
    """A GFF3 file with its sequence; rows have spaces for tabs."""
    region = [f"{name} . region 1 {len(sequence)} . + . ID=r;Is_circular=true"] if circular else []
    body = ["\t".join(row.split(" ", 8)) for row in region + rows]
    return "\n".join(["##gff-version 3", *body, "##FASTA", f">{name}", sequence, ""])


def read(folder: Path, text: str | bytes, **options: int | dict[str, int]) -> Annotated:
    """An annotated genome from a text."""
    file = folder / "genome.txt"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_annotated(file, **options)  # type: ignore[arg-type]


def coding(
    folder: Path, text: str | bytes, **options: int | dict[str, int]
) -> tuple[list[CodingSequence], dict[str, int]]:
    """Its coding sequences and their counts."""
    return coding_sequences(read(folder, text, **options))


@dataclass(frozen=True)
class Placed:
    """A gene somewhere in a random record.

    Attributes:
        sequence: The record.
        protein: What the gene means.
        dna: Its codons without the stop.
        exons: (start, end) in the record, 0-based, in reading order; end is above the length over the origin.
        strand: 1 or -1.
        circular: Whether the record is a circle.
    """

    sequence: str
    protein: str
    dna: str
    exons: tuple[tuple[int, int], ...]
    strand: int
    circular: bool

    def location(self) -> str:
        """As GenBank writes it."""
        pieces = []
        for start, end in self.exons if self.strand > 0 else self.exons[::-1]:
            if end <= len(self.sequence):
                pieces.append(f"{start + 1}..{end}")
            else:
                pieces += [f"{start + 1}..{len(self.sequence)}", f"1..{end - len(self.sequence)}"]
        joined = pieces[0] if len(pieces) == 1 else f"join({','.join(pieces)})"
        return joined if self.strand > 0 else f"complement({joined})"

    def rows(self) -> list[str]:
        """As GFF3 writes it."""
        made, read = [], 0
        for start, end in self.exons:
            made.append(f"chr1 hand CDS {start + 1} {end} . {'+' if self.strand > 0 else '-'} {-read % 3} ID=c1")
            read += end - start
        return sorted(made, key=lambda row: int(row.split()[3]))


def place(seed: int, *, circular: bool) -> Placed:
    """A random gene of one to four exons on a random strand; in a circle of any turn, so that some cross the origin."""
    rng = np.random.default_rng(seed)
    codons = [c for c, r in HAND_TABLE.items() if r != "*"]
    inner = [codons[i] for i in rng.integers(0, len(codons), int(rng.integers(3, 40)))]
    dna = "ATG" + "".join(inner)
    letters = dna + ["TAA", "TAG", "TGA"][int(rng.integers(3))]
    marks = sorted(set(rng.integers(1, len(letters), int(rng.integers(0, 4))).tolist()))
    pieces = [letters[a:b] for a, b in itertools.pairwise([0, *marks, len(letters)])]

    def chance(low: int, high: int) -> str:
        return "".join(rng.choice(list("ACGT"), int(rng.integers(low, high))))

    track, exons = chance(200, 300), []
    for piece in pieces:
        exons.append((len(track), len(track) + len(piece)))
        track += piece + chance(20, 60)
    track += chance(200, 300)
    size = len(track)
    strand = 1
    if rng.random() < 0.5:
        track, strand = turned(track), -1
        exons = [(size - end, size - start) for start, end in exons]
    if circular:
        turn = int(rng.integers(size))
        track = track[turn:] + track[:turn]
        exons = [((s - turn) % size, (s - turn) % size + e - s) for s, e in exons]
    protein = "".join(HAND_TABLE[dna[i : i + 3]] for i in range(0, len(dna), 3))
    return Placed(track, protein, dna, tuple(exons), strand, circular)
