"""Runs programs of other people on sequences: files in a folder of their own, a bar that follows, tables read whole."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
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
_PAUSE = 0.005  # seconds between two looks whether a program has ended
_LOOK = 0.25  # and between two looks at what it has written


def threads() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write_fasta(path: Path, sequences: Sequence[str], first: int = 0) -> None:
    """Write sequences under their numbers, from `first`, each on one line."""
    with path.open("w", encoding="ascii") as stream:
        stream.writelines(f">{number}\n{sequence}\n" for number, sequence in enumerate(sequences, first))


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


@dataclass(frozen=True)
class Call:
    """One call of a program.

    Attributes:
        command: The program and its arguments.
        output: Where its standard output goes; nowhere if None.
        first: Number of its first query; each line of `output` begins with the number of a query.
        queries: How many queries it works through.
    """

    command: Sequence[str]
    output: Path | None = None
    first: int = 0
    queries: int = 0


def run(calls: Sequence[Call], folder: Path, *, title: str = "", environment: Mapping[str, str] | None = None) -> None:
    """Make calls of programs, one a core at once; all end if one fails, or if this process is interrupted.

    Args:
        calls: They are begun in their order.
        folder: Where they run.
        title: What the progress bar over all queries says; no bar if empty, or if standard error is no terminal.
        environment: Variables to set beside the present ones.

    Raises:
        BadInput: If one fails; the message is its own last line.
    """
    console = Console(stderr=True)  # a bar that is not on a terminal leaves an empty line
    running: dict[int, subprocess.Popen[bytes]] = {}
    waiting = list(range(len(calls)))[::-1]
    done, look = 0, 0.0
    with ExitStack() as stack, Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not (title and console.is_terminal),
    ) as progress:  # fmt: skip
        stack.callback(_end, running)
        bar = progress.add_task(title, total=sum(call.queries for call in calls) or None)
        while waiting or running:
            while waiting and len(running) < threads():
                number = waiting.pop()
                running[number] = _start(calls[number], number, folder, environment)
            time.sleep(_PAUSE)
            for number in [number for number, process in running.items() if process.poll() is not None]:
                if code := running.pop(number).returncode:
                    raise BadInput(f"{calls[number].command[0]} failed with code {code}: {_last(folder, number)}")
                done += calls[number].queries
            if not progress.disable and time.perf_counter() > look:
                look = time.perf_counter() + _LOOK
                begun = [calls[number] for number in running if calls[number].output is not None]
                reached = [max(0, _reached(call.output) - call.first) for call in begun if call.output is not None]
                progress.update(bar, completed=done + sum(reached))


def _start(call: Call, number: int, folder: Path, environment: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    with _errors(folder, number).open("wb") as errors, (call.output or Path(os.devnull)).open("wb") as stream:
        return subprocess.Popen(
            call.command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=errors,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip


def _end(running: Mapping[int, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        process.kill()
        process.wait()


def _errors(folder: Path, number: int) -> Path:
    return folder / f"errors-{number}.txt"


def _last(folder: Path, number: int) -> str:
    said = [line.strip() for line in _errors(folder, number).read_text(errors="replace").splitlines() if line.strip()]
    return said[-1] if said else "no reason"


def _reached(output: Path) -> int:
    """How many queries a growing table has come to: the number that its last whole line begins with, and one."""
    with output.open("rb") as stream:
        stream.seek(max(0, output.stat().st_size - (1 << 16)))
        lines = stream.read().split(b"\n")
    first = lines[-2].split(b"\t", 1)[0] if len(lines) > 2 else b""
    return int(first) + 1 if first.isdigit() else 0
