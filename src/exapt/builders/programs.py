"""Runs programs of other people on sequences: files in a folder of their own, a bar that follows, tables read whole."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from exapt.errors import BadInput

_WHOLE = (
    "query", "subject", "score", "qstart", "qend", "sstart", "send", "length", "nident", "mismatch", "positive",
    "gapopen", "gaps", "qlen", "slen", "qframe", "sframe",
)  # fmt: skip
_REAL = ("evalue", "bitscore", "pident", "ppos", "qcovs", "qcovhsp")
_TYPES = {**dict.fromkeys(_WHOLE, pa.int64()), **dict.fromkeys(_REAL, pa.float64())}
_LONGEST_LINE = 1 << 26  # bytes; a line holds two aligned sequences
_LOOK = 0.25  # seconds between two looks at what a program has written


def threads() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write_fasta(path: Path, sequences: Sequence[str]) -> None:
    """Write sequences under their numbers, from 0, each on one line."""
    with path.open("w", encoding="ascii") as stream:
        stream.writelines(f">{number}\n{sequence}\n" for number, sequence in enumerate(sequences))


def read_hits(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read a table of hits without a header, tab separated.

    Args:
        path: The file; empty or missing for no hits.
        columns: Names of its columns, as BLAST calls them: places, lengths and scores are integers, E-values, bits and
            percentages floats, everything else text ("NA" is a sequence, no missing value).
    """
    types = {name: _TYPES.get(name, pa.string()) for name in columns}
    if not path.is_file() or path.stat().st_size == 0:
        return pd.DataFrame(pa.schema(list(types.items())).empty_table().to_pandas())
    table = pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(column_names=list(columns), block_size=_LONGEST_LINE),
        parse_options=pyarrow.csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False),
    )
    return pd.DataFrame(table.to_pandas())


def run(
    command: Sequence[str],
    folder: Path,
    *,
    output: Path | None = None,
    queries: int = 0,
    title: str = "",
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a program to its end; it is killed if this process is interrupted.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        output: Where its standard output goes; nowhere if None.
        queries: How many queries it works through; each line of `output` begins with the number of one.
        title: What the progress bar says; no bar if empty, or if standard error is no terminal.
        environment: Variables to set beside the present ones.

    Raises:
        BadInput: If it fails; the message is its own last line.
    """
    with (folder / "errors.txt").open("w+b") as errors, (output or Path(os.devnull)).open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=errors,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        try:
            console = Console(stderr=True)  # a bar that is not on a terminal leaves an empty line
            with Progress(
                TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
                console=console, transient=True, disable=not (title and console.is_terminal),
            ) as progress:  # fmt: skip
                bar = progress.add_task(title, total=queries or None)
                while True:
                    try:
                        process.wait(_LOOK)
                        break
                    except subprocess.TimeoutExpired:
                        if output is not None and not progress.disable:
                            progress.update(bar, completed=_reached(output))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            errors.seek(0)
            said = [line.strip() for line in errors.read().decode(errors="replace").splitlines() if line.strip()]
            raise BadInput(f"{command[0]} failed with code {process.returncode}: {said[-1] if said else 'no reason'}")


def _reached(output: Path) -> int:
    """How many queries a growing table has come to: the number that its last whole line begins with, and one."""
    with output.open("rb") as stream:
        stream.seek(max(0, output.stat().st_size - (1 << 16)))
        lines = stream.read().split(b"\n")
    first = lines[-2].split(b"\t", 1)[0] if len(lines) > 2 else b""
    return int(first) + 1 if first.isdigit() else 0
