"""Reads genomes: FASTA or GenBank, gzipped or not, recognised by content; every fault is one line."""

from __future__ import annotations

import gzip
import hashlib
import io
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from Bio import BiopythonWarning, SeqIO
from Bio.Seq import UndefinedSequenceError
from Bio.SeqIO.FastaIO import SimpleFastaParser

from exapt.errors import BadInput
from exapt.sequences import check_dna


@dataclass(frozen=True)
class Genome:
    """The records of one file.

    Attributes:
        file: Name of the file, without its folder.
        sha256: SHA-256 (hex) of the file's bytes, as `sha256sum` gives it.
        names: Names of the records (first word of a FASTA header, accession.version of GenBank), distinct.
        sequences: Their sequences, upper case, IUPAC letters of DNA, none empty.
    """

    file: str
    sha256: str
    names: tuple[str, ...]
    sequences: tuple[str, ...]


def read_bytes(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        BadInput: If the file is missing, a folder, or unreadable.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file; give a genome as FASTA or GenBank.") from None
    except IsADirectoryError:
        raise BadInput(f"{path}: is a folder; give one FASTA or GenBank file.") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}).") from None


def read_genome(path: Path) -> Genome:
    """Read a genome.

    Args:
        path: FASTA or GenBank, gzipped or not; the content decides, not the name.

    Raises:
        BadInput: If the file is missing, unreadable, truncated, empty, of another format, a protein, has a letter
            outside IUPAC, a record without a sequence, or two records of one name; the message names file, record and
            position.
    """
    data = read_bytes(path)
    text = _text(path, data)
    start = text.lstrip()[:5]
    if not start:
        raise BadInput(f"{path}: the file is empty; give a genome as FASTA or GenBank.")
    if start.startswith(">"):
        records = _fasta(path, text)
    elif start == "LOCUS":
        records = _genbank(path, text)
    else:
        raise BadInput(f"{path}: neither FASTA (begins with '>') nor GenBank (begins with 'LOCUS').")
    found: dict[str, str] = {}
    for name, raw in records:
        place = f"{path}: record '{name}'"
        if name in found:
            raise BadInput(f"{place} occurs twice; give each record its own name.")
        if not raw:
            raise BadInput(f"{place} has no sequence; download the file with its sequence, or remove the record.")
        sequence = raw.upper()
        check_dna(sequence, place)
        found[name] = sequence
    return Genome(path.name, hashlib.sha256(data).hexdigest(), tuple(found), tuple(found.values()))


def _text(path: Path, data: bytes) -> str:
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except EOFError:
            raise BadInput(f"{path}: the gzip file is truncated; download it again.") from None
        except (OSError, zlib.error) as error:
            raise BadInput(f"{path}: the gzip file is damaged ({error}); download it again.") from None
    try:
        # universal newlines: a file from another system is still the same file
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadInput(f"{path}: is not text; give a genome as FASTA or GenBank.") from None


def _fasta(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, (header, sequence) in enumerate(SimpleFastaParser(io.StringIO(text.lstrip())), start=1):
        words = header.split()
        if not words:
            raise BadInput(f"{path}: FASTA record {number} has no name; write one after its '>'.")
        yield words[0], sequence


def _genbank(path: Path, text: str) -> Iterator[tuple[str, str]]:
    if not text.rstrip().endswith("//"):
        raise BadInput(f"{path}: the GenBank file is truncated (no closing '//'); download it again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BiopythonWarning)
            records = list(SeqIO.parse(io.StringIO(text.lstrip()), "genbank"))
    except (ValueError, AssertionError, IndexError) as error:
        raise BadInput(f"{path}: is no valid GenBank file ({str(error).splitlines()[0]}).") from None
    for record in records:
        try:
            yield record.id, str(record.seq)
        except UndefinedSequenceError:
            yield record.id, ""
