"""Reads genomes: FASTA or GenBank, gzipped or not, recognised by content; every fault is one line."""

from __future__ import annotations

import gzip
import hashlib
import io
import warnings
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from Bio import BiopythonWarning, SeqIO
from Bio.Seq import UndefinedSequenceError
from Bio.SeqIO.FastaIO import SimpleFastaParser
from Bio.SeqRecord import SeqRecord
from rich.console import Console
from rich.progress import wrap_file

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


def joined(genomes: Sequence[Genome]) -> Genome:
    """Several genomes as one; where two records have one name, the file's name is put before it.

    Raises:
        BadInput: If a record has the name of another one of a file of the same name.
    """
    if len(genomes) == 1:
        return genomes[0]
    often = Counter(name for genome in genomes for name in genome.names)
    names = [f"{g.file}:{name}" if often[name] > 1 else name for g in genomes for name in g.names]
    for name, times in Counter(names).items():
        if times > 1:
            raise BadInput(f"record '{name}' occurs in two files of one name; give each file once.")
    digest = hashlib.sha256("".join(g.sha256 for g in genomes).encode()).hexdigest()
    sequences = tuple(sequence for genome in genomes for sequence in genome.sequences)
    return Genome(", ".join(g.file for g in genomes), digest, tuple(names), sequences)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        BadInput: If the file is missing, a folder, or unreadable.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file; check the path.") from None
    except IsADirectoryError:
        raise BadInput(f"{path}: is a folder; give a file.") from None
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
    text = text_of(path, data)
    start = text.lstrip()[:5]
    if not start:
        raise BadInput(f"{path}: the file is empty; give a genome as FASTA or GenBank.")
    if start.startswith(">"):
        records: Iterable[tuple[str, str]] = fasta_records(path, text)
    elif start == "LOCUS":
        records = [(str(record.id), letters_of(record)) for record in genbank_records(path, text)]
    else:
        raise BadInput(f"{path}: neither FASTA (begins with '>') nor GenBank (begins with 'LOCUS').")
    return genome_of(path, data, records)


def genome_of(path: Path, data: bytes, records: Iterable[tuple[str, str]]) -> Genome:
    """The genome of a file's records, checked.

    Args:
        path: The file.
        data: Its bytes.
        records: Name and sequence of each record, in any case.

    Raises:
        BadInput: For a protein, a letter outside IUPAC, an empty sequence, or two records of one name.
    """
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


def text_of(path: Path, data: bytes) -> str:
    """The text of a file's bytes, unpacked if they are gzipped, with plain line ends.

    Raises:
        BadInput: If the gzip file is truncated or damaged, or the bytes are no text.
    """
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
        raise BadInput(f"{path}: is not text, gzipped or not; download it again.") from None


def fasta_records(path: Path, text: str) -> Iterator[tuple[str, str]]:
    """Name (first word of the header) and sequence of each record of a FASTA text.

    Raises:
        BadInput: If a record has no name.
    """
    for number, (header, sequence) in enumerate(SimpleFastaParser(io.StringIO(text.lstrip())), start=1):
        words = header.split()
        if not words:
            raise BadInput(f"{path}: FASTA record {number} has no name; write one after its '>'.")
        yield words[0], sequence


def genbank_records(path: Path, text: str) -> list[SeqRecord]:
    """The records of a GenBank text with their features, with a progress bar on a terminal.

    Raises:
        BadInput: If the text is truncated or is no valid GenBank file.
    """
    if not text.rstrip().endswith("//"):
        raise BadInput(f"{path}: the GenBank file is truncated (no closing '//'); download it again.")
    console = Console(stderr=True)
    raw = text.lstrip().encode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BiopythonWarning)
            with wrap_file(
                io.BytesIO(raw), len(raw), description=f"reading {path.name}",
                console=console, transient=True, disable=not console.is_terminal,
            ) as stream:  # fmt: skip
                return list(SeqIO.parse(io.TextIOWrapper(stream, encoding="utf-8"), "genbank"))
    except (ValueError, AssertionError, IndexError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput(f"{path}: is no valid GenBank file ({reason}).") from None


def letters_of(record: SeqRecord) -> str:
    """The sequence of a GenBank record; empty if the file does not hold it."""
    try:
        return str(record.seq)
    except UndefinedSequenceError:
        return ""
