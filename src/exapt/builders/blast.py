"""Runs local BLAST: sequences in, a table of hits out, with a progress bar and nothing left behind."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from exapt.errors import BadInput

INSTALL = (
    "install BLAST+ (Debian, Ubuntu: apt install ncbi-blast+; conda: conda install -c bioconda blast; "
    "macOS: brew install blast)"
)
# BLAST+ otherwise reports its use over the network
_ENVIRONMENT = {"BLAST_USAGE_REPORT": "false"}


def version() -> str:
    """The version of the local blastn, such as "2.12.0+".

    Raises:
        BadInput: If there is no working blastn or makeblastdb; the message says how to install them.
    """
    for program in ("blastn", "makeblastdb"):
        if shutil.which(program) is None:
            raise BadInput(f"{program} is not on the PATH: {INSTALL}.")
    said = subprocess.run(["blastn", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r"blastn: (\S+)", said.stdout)
    if said.returncode != 0 or found is None:
        raise BadInput(f"blastn does not start: {INSTALL}.")
    return found[1]


def search(
    queries: Sequence[str],
    subjects: Sequence[str],
    options: Mapping[str, str],
    columns: Sequence[str],
    title: str,
) -> pd.DataFrame:
    """Every hit of every query among the subjects.

    Args:
        queries: Sequences; the hits name them by their number.
        subjects: Sequences to search in; the hits name them by their number.
        options: Options of blastn without their dash, such as {"task": "dc-megablast"}. No limit on the number of hits
            applies unless it is among them: BLAST's own limit of 500 subjects would hide hits.
        columns: Further columns of BLAST's tabular output, such as "score" or "qseq".
        title: What the progress bar says.

    Returns:
        Integer columns `query` and `subject`, then `columns`. The order of rows is BLAST's and means nothing.

    Raises:
        BadInput: If BLAST is missing or fails; the message is its own last line.
    """
    found = version()
    names = ["query", "subject", *columns]
    empty = pd.DataFrame({name: pd.Series(dtype=object if name in columns else int) for name in names})
    if not queries or not subjects:
        return empty
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = {"max_target_seqs": str(max(len(subjects), 10)), **options, "num_threads": str(threads)}
    if tuple(map(int, re.findall(r"\d+", found)[:2])) >= (2, 12):
        wanted["mt_mode"] = "1"  # threads share the queries, not the subjects: twice as fast on a small database
    wanted["outfmt"] = " ".join(["6", "qseqid", "sseqid", *columns])
    arguments = [part for name, value in wanted.items() for part in (f"-{name}", value)]
    with tempfile.TemporaryDirectory(prefix="exapt-blast-") as name:
        folder = Path(name)
        _write_fasta(folder / "queries.fa", queries)
        _write_fasta(folder / "subjects.fa", subjects)
        # relative names inside the folder: BLAST splits a database path at its spaces
        _run(["makeblastdb", "-in", "subjects.fa", "-dbtype", "nucl", "-out", "subjects"], folder, 0, "")
        lines = _run(["blastn", "-query", "queries.fa", "-db", "subjects", *arguments], folder, len(queries), title)
    if not lines:
        return empty
    # "NA" is a sequence too, no missing value
    return pd.read_csv(io.StringIO("".join(lines)), sep="\t", names=names, na_filter=False)


def _write_fasta(path: Path, sequences: Sequence[str]) -> None:
    with path.open("w", encoding="ascii") as stream:
        stream.writelines(f">{number}\n{sequence}\n" for number, sequence in enumerate(sequences))


def _run(command: list[str], folder: Path, queries: int, title: str) -> list[str]:
    """Run a program of BLAST+ in `folder`; its lines, while a bar follows the query's number (the first column)."""
    lines: list[str] = []
    with (folder / "errors.txt").open("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **_ENVIRONMENT}
        )
        try:
            assert process.stdout is not None
            console = Console(stderr=True)  # a bar that is not on a terminal leaves an empty line
            with Progress(
                TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
                console=console, transient=True, disable=not (title and console.is_terminal),
            ) as progress:  # fmt: skip
                bar = progress.add_task(title, total=queries or None)
                for line in process.stdout:
                    lines.append(line)
                    if title and len(lines) % 1000 == 0:
                        progress.update(bar, completed=int(line.split("\t", 1)[0]) + 1)
            process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            errors.seek(0)
            said = [line.strip() for line in errors if line.strip()]
            reason = said[-1] if said else "it said nothing"
            raise BadInput(f"{command[0]} failed with code {process.returncode}: {reason}")
    return lines
