"""Reads proteins: FASTA, gzipped or not; every fault is one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exapt.builders.genomes import fasta_records, read_bytes, text_of
from exapt.errors import BadInput
from exapt.sequences import check_protein, looks_like_dna


@dataclass(frozen=True)
class Proteins:
    """The records of one or several files.

    Attributes:
        file: Names of the files, without their folders.
        names: Names of the records (first word of a FASTA header), distinct.
        sequences: Their residues, upper case, IUPAC letters, none empty; a stop ("*") at the end is dropped.
    """

    file: str
    names: tuple[str, ...]
    sequences: tuple[str, ...]


def read_proteins(paths: Sequence[Path]) -> Proteins:
    """Read proteins from one or several files.

    Args:
        paths: FASTA, gzipped or not. Where two files have records of one name, the file's name is put before it.

    Raises:
        BadInput: If a file is missing, unreadable, truncated, empty, of another format, holds DNA, has a letter outside
            IUPAC, a record without a sequence, or two records of one name; the message names file, record and position.
    """
    read = [(path.name, _records(path)) for path in paths]
    often = Counter(name for _, records in read for name in records)
    names = [f"{file}:{name}" if often[name] > 1 else name for file, records in read for name in records]
    for name, times in Counter(names).items():
        if times > 1:
            raise BadInput(f"record '{name}' occurs in two files of one name; give each file once.")
    sequences = tuple(sequence for _, records in read for sequence in records.values())
    return Proteins(", ".join(file for file, _ in read), tuple(names), sequences)


def _records(path: Path) -> dict[str, str]:
    """Name and residues of each record of a file, checked."""
    text = text_of(path, read_bytes(path))
    start = text.lstrip()[:1]
    if start != ">":
        what = "is no FASTA (begins with '>')" if start else "the file is empty"
        raise BadInput(f"{path}: {what}; give proteins as FASTA.")
    found: dict[str, str] = {}
    for name, raw in fasta_records(path, text):
        place = f"{path}: record '{name}'"
        if name in found:
            raise BadInput(f"{place} occurs twice; give each record its own name.")
        sequence = raw.upper().removesuffix("*")
        if not sequence:
            raise BadInput(f"{place} has no sequence; download the file with its sequence, or remove the record.")
        check_protein(sequence, place)
        found[name] = sequence
    if looks_like_dna("".join(found.values())):
        first = next(iter(found))
        raise BadInput(f"{path}: holds DNA ('{first}' is {found[first][:12]}...); proteins are needed here.")
    return found
