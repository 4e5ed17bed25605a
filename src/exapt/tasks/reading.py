"""Reads CSV, TSV, JSON lines and Parquet files strictly: every fault is one line that names the file and the place."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import zlib
from dataclasses import dataclass
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from exapt.errors import BadInput, did_you_mean

Format = Literal["csv", "tsv", "jsonl", "parquet"]
_ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip


@dataclass(frozen=True)
class Raw:
    """Rows as they stand in a file or a data set, before labels and sides are understood.

    Attributes:
        frame: One column per field; values of any type, None where a JSON line lacks a field.
        digest: SHA-256 (hex) of the file's bytes as stored, or whatever else pins the content.
        origin: What to call it in messages.
    """

    frame: pd.DataFrame
    digest: str
    origin: str


def read_file(path: Path, format: Format | None = None, quoting: bool = True) -> Raw:
    """Read one file of rows.

    Args:
        path: The file; text formats may be gzipped (``.gz``).
        format: Its format; None tells it from the name.
        quoting: Whether quotation marks enclose fields in CSV and TSV; if not, they are letters like any other.

    Raises:
        BadInput: If the file is missing, unreadable, damaged, empty, not UTF-8, or a row does not fit; the message
            counts lines from 1, the header included.
    """
    kind = format or _format_of(path)
    stored = _bytes(path)
    digest = hashlib.sha256(stored).hexdigest()
    if kind == "parquet":
        frame = _parquet(path, stored)
    else:
        text = _decode(path, _unpack(path, stored) if stored[:2] == b"\x1f\x8b" or path.suffix == ".gz" else stored)
        if kind == "jsonl":
            frame = _json_lines(path, text)
        else:
            frame = _separated(path, text, "\t" if kind == "tsv" else ",", quoting)
    if frame.empty:
        raise BadInput(f"{path}: holds no rows; give a file with at least one.")
    return Raw(frame, digest, str(path))


def _format_of(path: Path) -> Format:
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    if suffixes and suffixes[-1] in _ENDINGS:
        return _ENDINGS[suffixes[-1]]
    raise BadInput(f"{path}: the name does not tell the format; set format to one of {', '.join(get_args(Format))}.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        try:
            there = [p.name for p in path.parent.iterdir()]
        except OSError:
            raise BadInput(f"{path}: no such file, nor its folder; check the path.") from None
        hint = did_you_mean(path.name, there) if len(there) < 20 else ""
        raise BadInput(f"{path}: no such file; check the path.{hint}") from None
    except IsADirectoryError:
        raise BadInput(f"{path}: is a folder; name the file of rows in it.") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); check the path and its permissions.") from None


def _unpack(path: Path, stored: bytes) -> bytes:
    try:
        return GzipFile(fileobj=io.BytesIO(stored)).read()
    except (EOFError, BadGzipFile, zlib.error):
        raise BadInput(f"{path}: the gzip is truncated or damaged; fetch the file again.") from None


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}: line {line} is not UTF-8; convert the file (iconv -t UTF-8).") from None


def _lines(text: str) -> list[str]:
    # not str.splitlines: it also breaks at form feeds and Unicode separators, which stand inside real sentences
    return text.rstrip("\r\n").replace("\r\n", "\n").split("\n")


def _separated(path: Path, text: str, separator: str, quoting: bool) -> pd.DataFrame:
    if not text.strip():
        raise BadInput(f"{path}: is empty; give a file with a header and rows.")
    if quoting:
        csv.field_size_limit(sys.maxsize)  # the default refuses sequences above 131,072 letters
        reader = csv.reader(io.StringIO(text.rstrip("\r\n"), newline=""), delimiter=separator, strict=True)
        rows, at = [], []
        begin = 1
        try:
            for row in reader:
                rows.append(row)
                at.append(begin)
                begin = reader.line_num + 1
        except csv.Error as error:
            raise BadInput(f"{path}: line {begin}: {error}; mend the quotes, or set quoting=false.") from None
    else:
        rows = [line.split(separator) for line in _lines(text)]
        at = list(range(1, len(rows) + 1))
    header = rows[0]
    repeated = [name for k, name in enumerate(header) if name in header[:k]]
    if repeated:
        raise BadInput(f"{path}: the header names the column '{repeated[0]}' twice; rename one.")
    for row, line in zip(rows, at, strict=True):
        if len(row) != len(header):
            hint = " or set quoting=false if quotation marks are text" if quoting else ""
            raise BadInput(f"{path}: line {line} has {len(row)} fields, the header {len(header)}; mend the line{hint}.")
    body = rows[1:]
    return pd.DataFrame({name: pd.Series([row[k] for row in body], dtype=object) for k, name in enumerate(header)})


def _json_lines(path: Path, text: str) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {}
    count = 0
    for number, line in enumerate(_lines(text), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise BadInput(f"{path}: line {number} is not JSON; each line holds one object.") from None
        if not isinstance(row, dict):
            raise BadInput(f'{path}: line {number} is not a JSON object; write it as {{"name": value, ...}}.')
        for name, value in row.items():
            column = columns.setdefault(name, [])
            column.extend([None] * (count - len(column)))
            column.append(value)
        count += 1
    for column in columns.values():
        column.extend([None] * (count - len(column)))
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def _parquet(path: Path, stored: bytes) -> pd.DataFrame:
    try:
        table = pq.read_table(pa.BufferReader(stored))
    except (pa.ArrowInvalid, OSError):
        raise BadInput(f"{path}: is not a whole Parquet file; write or fetch it again.") from None
    return pd.DataFrame({name: pd.Series(table[name].to_pylist(), dtype=object) for name in table.column_names})
