"""Sequences of NCBI by accession: fetched once, checked for being whole, kept in the cache under accession.version."""

import logging
import re
from collections.abc import Callable
from dataclasses import InitVar
from http.client import HTTPResponse
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from exapt.builders.entrez import Broken, Refused, Summary, ask, summaries, unknown
from exapt.cache import cache_dir
from exapt.errors import BadInput
from exapt.files import write_atomically
from exapt.settings import settings

LOG = logging.getLogger("exapt")
Kind = Literal["genbank", "fasta"]
PREFIX = "ncbi:"
ENDINGS: dict[Kind, str] = {"genbank": ".gb", "fasta": ".fasta"}
# NCBI's accession formats, https://www.ncbi.nlm.nih.gov/genbank/acc_prefix/ and its RefSeq counterpart
_DATABASES = {
    "nuccore": r"[A-Z]\d{5}|[A-Z]{2}(\d{6}|\d{8})|[A-Z]{4}\d{2}S?\d{6,8}|[A-Z]{6}\d{2}S?\d{7,9}"
    r"|(AC|NC|NG|NM|NR|NT|NW|XM|XR)_\d{6,}|NZ_[A-Z]+\d+",
    "protein": r"[A-Z]{3}(\d{5}|\d{7})|(AP|NP|WP|XP|YP|ZP)_\d{6,}",
}


def _text_or_none(value: Any) -> Any:
    # pydantic's own message would show the key
    if value is not None and not isinstance(value, str):
        raise BadInput("ncbi.api_key: is no text; put it in quotes.")
    return value or None


@settings
class Ncbi:
    """How NCBI is asked. The key is in no field, so that no record, manifest or log can hold it.

    Attributes:
        email: E-mail of who asks, which NCBI wants (only of those who really ask: the cache needs none).
        api_key: Personal key of an NCBI account; null asks without.
        rate: Most requests a second, of all processes together; null takes NCBI's limit, 3 without a key and 10 with.
        tries: How often a request is sent before it is given up.
        backoff: Seconds before the second try; doubles with each.
        timeout: Seconds of silence after which a try is given up.
        base: Address of the E-utilities.

    Raises:
        BadInput: For a number out of range, or an e-mail that is none.
    """

    email: str | None = None
    api_key: InitVar[Annotated[str | None, BeforeValidator(_text_or_none)]] = None
    rate: float | None = None
    tries: int = 6
    backoff: float = 1.0
    timeout: float = 60.0
    base: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"

    def __post_init__(self, api_key: str | None) -> None:
        self.__dict__["key"] = api_key  # beside the fields, which end up in records and error messages
        if self.email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.email):
            raise BadInput(f"ncbi.email: '{self.email}' is no e-mail; give NAME@HOST.")
        for name in ("rate", "backoff", "timeout"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise BadInput(f"ncbi.{name}: {value} is out of range; give a number above 0.")
        if not 1 <= self.tries <= 20:
            raise BadInput(f"ncbi.tries: {self.tries} is out of range (1 to 20).")

    def secret(self) -> str | None:
        """The API key, for requests only."""
        key: str | None = self.__dict__["key"]
        return key

    def per_second(self) -> float:
        """Most requests a second."""
        return self.rate or (10.0 if self.secret() else 3.0)


def resolve(place: str, settings: Ncbi, kind: Kind = "genbank") -> Path:
    """The file that an input names: a path as it is, `ncbi:ACCESSION` fetched (or found in the cache).

    Raises:
        BadInput: As `fetch` does.
    """
    return fetch([place.removeprefix(PREFIX)], kind, settings)[0] if place.startswith(PREFIX) else Path(place)


def fetch(accessions: list[str], kind: Kind, settings: Ncbi) -> list[Path]:
    """The files of records, fetched where the cache has none; whatever is complete stays if the rest fails.

    Args:
        accessions: Nucleotide or protein accessions. One without a version means the newest, which costs a request
            each time; the file's name tells which it was.
        kind: "genbank" (with the whole sequence; GenPept for proteins) or "fasta".
        settings: How NCBI is asked.

    Returns:
        One path for each accession, `EXAPT_CACHE`/ncbi/ACCESSION.VERSION with .gb or .fasta.

    Raises:
        BadInput: For what is no accession or unknown to NCBI, a record without a sequence, no e-mail, no network, or
            a server that keeps failing; the message names the accession.
    """
    folder = cache_dir() / "ncbi"
    asked = [_parse(accession) for accession in accessions]
    paths = {name: folder / f"{name}{ENDINGS[kind]}" for name, _ in asked if "." in name}
    missing = {name: database for name, database in asked if name not in paths or not paths[name].is_file()}
    records: dict[str, Summary] = {}
    for wanted in _DATABASES:
        if names := [name for name, database in missing.items() if database == wanted]:
            records |= summaries(names, wanted, settings)
    todo: dict[Summary, str] = {}
    for name, database in missing.items():
        record = records[name]
        paths[name] = folder / f"{record.accession}{ENDINGS[kind]}"
        if name != record.accession:
            LOG.info("ncbi:%s is %s now; name that version to always have the same record.", name, record.accession)
        if not paths[name].is_file():
            todo[record] = database
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[mb]:.1f} MB"),
        console=console, transient=True, disable=not (todo and console.is_terminal),
    ) as progress:  # fmt: skip
        bar = progress.add_task("fetching from NCBI", total=len(todo), mb=0.0)
        for record, database in todo.items():
            progress.update(bar, description=f"fetching {record.accession}", mb=0.0)
            _download(record, database, kind, folder, settings, lambda mb: progress.update(bar, mb=mb))
            progress.advance(bar)
    return [paths[name] for name, _ in asked]


def _parse(accession: str) -> tuple[str, str]:
    """An accession as NCBI writes it, and its database."""
    name = accession.strip().upper()
    for database, pattern in _DATABASES.items():
        if re.fullmatch(rf"({pattern})(\.[1-9]\d*)?", name):
            return name, database
    if re.fullmatch(r"GC[AF]_\d+(\.\d+)?", name):
        raise BadInput(f"ncbi:{accession}: is an assembly; name its sequences, such as ncbi:NC_000913.3.")
    raise BadInput(f"ncbi:{accession}: is no accession of a nucleotide or protein record, such as NC_000913.3.")


def _download(
    record: Summary, database: str, kind: Kind, folder: Path, settings: Ncbi, seen: Callable[[float], object]
) -> None:
    # "gb" leaves out the sequence of large records
    types = {"genbank": "gbwithparts" if database == "nuccore" else "gp", "fasta": "fasta"}

    def write(path: Path) -> None:
        def take(answer: HTTPResponse) -> None:
            size = 0
            with path.open("wb") as stream:
                while part := answer.read(1 << 16):
                    size += stream.write(part)
                    seen(size / 1e6)
            _check(path, record, kind)

        try:
            ask(
                "efetch", record.accession, settings, take,
                db=database, id=record.accession, rettype=types[kind], retmode="text",
            )  # fmt: skip
        except Refused as error:
            raise unknown(record.accession, database, f" to fetch ({error})") from None

    write_atomically(folder / f"{record.accession}{ENDINGS[kind]}", write)


def _check(path: Path, record: Summary, kind: Kind) -> None:
    """Refuse what is not exactly this record, whole.

    Raises:
        Broken: If it is something else or was cut off.
        BadInput: If the record is whole, but NCBI has no sequence of it.
    """
    with path.open(encoding="latin-1") as stream:
        lines = (line.strip() for line in stream)
        first = next(lines, "")
        if kind == "fasta":
            name = first[1:].split(maxsplit=1)[0] if first[:1] == ">" and first[1:].strip() else ""
            letters, ended = sum(map(len, lines)), True
        else:
            name, letters, ended = "", 0, False
            within = False
            for line in lines:
                if not within and line.startswith("VERSION"):
                    name = line.removeprefix("VERSION").strip().partition(" ")[0]
                within = within or line == "ORIGIN"
                if within and line[:1].isdigit():
                    letters += sum(map(len, line.split()[1:]))
                ended = line == "//" if line else ended
    what = "FASTA" if kind == "fasta" else "GenBank"
    if name != record.accession:
        raise Broken(f"what came is no {what} record of it")
    if kind == "genbank" and ended and not letters:
        raise BadInput(f"ncbi:{record.accession}: has no sequence of its own; name the sequences that it lists.")
    if not ended or letters != record.length:
        raise Broken(f"the {what} record was cut off: {letters:,} of {record.length:,} letters")
