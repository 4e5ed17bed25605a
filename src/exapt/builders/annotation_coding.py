"""What GenBank and GFF3 say alike of a CDS: genetic codes, `transl_except`, exceptions; and why one cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from Bio.Data import IUPACData

from exapt.builders.annotation import Coding, Recoding
from exapt.errors import BadInput
from exapt.sequences import genetic_code

UNREADABLE = "location cannot be read"
OTHER_RECORD = "location reaches into another record"
NOT_WITHIN = "location is not within its record"
UNCLEAR_ORDER = "order() of parts, no join"
PHASES = "phases contradict each other"
NO_PARENT = "its transcript is not in the file"
NO_STRAND = "no strand"
UNKNOWN_CODE = "no such genetic code"

_RESIDUES = {name.upper(): letter for name, letter in IUPACData.protein_letters_3to1_extended.items()}
_RESIDUES |= {"TERM": "*", "OTHER": "X"}
_TRANSL_EXCEPT = re.compile(r"pos:(.+?),\s*aa:\s*(\w+)", re.DOTALL)
_STRETCH = re.compile(r"(\d+)(?:\.\.(\d+))?")
_MITOCHONDRION = re.compile(r"(chr(omosome)?)?_?(m|mt|mtdna|mito)|mitochondri.*", re.IGNORECASE)


@dataclass(frozen=True)
class Codes:
    """Which genetic code applies to a CDS that states none.

    Attributes:
        table: Number of the code.
        records: Number of the code by name of record; goes before `table`.

    Raises:
        BadInput: For a number without a code.
    """

    table: int = 1
    records: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number in (self.table, *self.records.values()):
            genetic_code(number)

    def is_mitochondrial(self, record: str, source: str) -> bool:
        """Whether a record is a mitochondrion's, by its name (chrM, MT, MtDNA, ...) or what the file says of it."""
        return "mitochondri" in source.lower() or _MITOCHONDRION.fullmatch(record) is not None


def is_set(values: Sequence[str] | None) -> bool:
    """Whether a flag stands there and does not say "false"."""
    return values is not None and not any(value.lower() in ("false", "no") for value in values)


def read_coding(
    *,
    record: str,
    codes: Codes,
    mitochondrial: bool,
    offset: int,
    fault: str,
    table: str,
    recodings: str,
    exceptions: Sequence[str],
    stated: str,
    slippage: bool,
    trans_spliced: bool,
) -> Coding:
    """Make sense of a CDS's statements.

    Args:
        record: Name of its record.
        codes: Which genetic code applies where none is stated.
        mitochondrial: Whether the record is a mitochondrion's.
        offset: Letters before the first whole codon.
        fault: What is wrong with its location; empty if nothing.
        table: `transl_table` as written, or empty.
        recodings: All `transl_except` as written, such as "(pos:213..215,aa:Sec)".
        exceptions: Values of `exception`; "ribosomal slippage" and "trans-splicing" are GFF3's for the flags.
        stated: The stated protein, or empty.
        slippage: Whether slippage is stated by a flag.
        trans_spliced: Whether trans-splicing is.
    """
    number = codes.records.get(record, codes.table)
    if table:
        try:
            number = genetic_code(int(table)).number
        except (ValueError, BadInput):
            fault = fault or UNKNOWN_CODE
    read, clear = _recodings(recodings)
    said = [e for e in exceptions if e.replace("-", " ") not in ("ribosomal slippage", "trans splicing")]
    spoken = {e.replace("-", " ") for e in exceptions}
    return Coding(
        offset=offset, table=number, table_known=bool(table) or record in codes.records or not mitochondrial,
        recodings=read, slippage=slippage or "ribosomal slippage" in spoken,
        trans_spliced=trans_spliced or "trans splicing" in spoken, exception=", ".join(said),
        stated=stated.upper().removesuffix("*"), fault=fault or ("" if clear else "transl_except cannot be read"),
    )  # fmt: skip


def _recodings(text: str) -> tuple[tuple[Recoding, ...], bool]:
    """Every transl_except of a text, and whether all of it was understood.

    Their strand is their CDS's, whatever complement() says, and a join() is the set of its letters.
    """
    found: list[Recoding] = []
    for place, name in _TRANSL_EXCEPT.findall(text):
        residue = _RESIDUES.get(name.upper())
        runs = [range(int(a) - 1, int(b or a)) for a, b in _STRETCH.findall(place)]
        if residue is None or not 0 < sum(map(len, runs)) <= 3:
            return (), False
        found.append(Recoding(frozenset(n for run in runs for n in run), residue))
    return tuple(found), len(found) == text.count("pos:")
