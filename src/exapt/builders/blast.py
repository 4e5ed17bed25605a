"""Runs local BLAST: sequences in, a table of hits out, with a progress bar and nothing left behind."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from exapt.builders.journal import Journal
from exapt.builders.programs import read_hits, run, threads, write_fasta
from exapt.errors import BadInput

Program = Literal["blastn", "blastp", "tblastn"]

INSTALL = (
    "install BLAST+ (Debian, Ubuntu: apt install ncbi-blast+; conda: conda install -c bioconda blast; "
    "macOS: brew install blast)"
)
LETTERS = 50_000  # of queries a thread, below which BLAST+ 2.12 warns of sharing them out, and now and then crashes
# BLAST+ otherwise reports its use over the network
_ENVIRONMENT = {"BLAST_USAGE_REPORT": "false"}
_DATABASE: dict[Program, str] = {"blastn": "nucl", "blastp": "prot", "tblastn": "nucl"}
# BLAST's defaults, handed over by name: what is not said in `options` stands in the journal, and no version decides it
_DEFAULTS: dict[Program, dict[str, str]] = {
    "blastn": {"task": "megablast", "evalue": "10", "strand": "both", "dust": "20 64 1"},
    "blastp": {"task": "blastp", "evalue": "10", "seg": "no"},
    "tblastn": {"task": "tblastn", "evalue": "10", "seg": "12 2.2 2.5", "db_gencode": "1"},
}
_WORDS = {
    "megablast": "28", "dc-megablast": "11", "blastn": "11", "blastn-short": "7",
    "blastp": "3", "blastp-short": "2", "blastp-fast": "6", "tblastn": "3", "tblastn-fast": "6",
}  # fmt: skip


def version(program: Program = "blastn") -> str:
    """The version of a local BLAST program, such as "2.12.0+".

    Raises:
        BadInput: If the program or makeblastdb is missing or does not start; the message says how to install them.
    """
    for name in (program, "makeblastdb"):
        if shutil.which(name) is None:
            raise BadInput(f"{name} is not on the PATH: {INSTALL}.")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(rf"{program}: (\S+)", said.stdout)
    if said.returncode != 0 or found is None:
        raise BadInput(f"{program} does not start: {INSTALL}.")
    return found[1]


def search(
    queries: Sequence[str],
    subjects: Sequence[str],
    options: Mapping[str, str],
    columns: Sequence[str],
    title: str,
    *,
    program: Program = "blastn",
    journal: Journal | None = None,
) -> pd.DataFrame:
    """Every hit of every query among the subjects.

    Args:
        queries: Sequences; the hits name them by their number.
        subjects: Sequences to search in; the hits name them by their number.
        options: Options of the program without their dash, such as {"task": "dc-megablast"}. No limit on the number of
            hits applies unless it is among them: BLAST's own limit of 500 subjects would hide hits.
        columns: Further columns of BLAST's tabular output, such as "score" or "qseq".
        title: What the progress bar says; no bar if empty.
        program: blastn (DNA in DNA), blastp (proteins in proteins) or tblastn (proteins in translated DNA, whose places
            are those of the DNA).
        journal: Takes the calls of makeblastdb and of the program: all options, the defaults among them (task, word
            size, E-value, strand, filter of simple sequence), version and size of the database; threads, which change
            no hit, are left out.

    Returns:
        Integer columns `query` and `subject`, then `columns`. The order of rows is BLAST's and means nothing.

    Raises:
        BadInput: If BLAST is missing or fails; the message is its own last line.
    """
    found = version(program)
    names = ["query", "subject", *columns]
    with tempfile.TemporaryDirectory(prefix="exapt-blast-") as name:
        folder = Path(name)
        table = folder / "hits.tsv"
        if not queries or not subjects:
            return read_hits(table, names)
        kind = _DATABASE[program]
        size = {"database_sequences": len(subjects), "database_letters": sum(map(len, subjects))}
        write_fasta(folder / "queries.fa", queries)
        write_fasta(folder / "subjects.fa", subjects)

        # relative names inside the folder: BLAST splits a database path at its spaces
        begun = time.perf_counter()
        run(["makeblastdb", "-in", "subjects.fa", "-dbtype", kind, "-out", "subjects"], folder)
        if journal is not None:
            journal.call("makeblastdb", {"dbtype": kind}, 0, len(subjects), time.perf_counter() - begun, 0)

        asked = _DEFAULTS[program] | dict(options)
        asked = {"word_size": _WORDS[asked["task"]]} | asked if asked["task"] in _WORDS else asked
        asked = {"max_target_seqs": str(max(len(subjects), 10))} | asked
        command = [program, "-query", "queries.fa", "-db", "subjects", "-num_threads", str(threads())]
        enough = sum(map(len, queries)) >= LETTERS * threads()
        if enough and tuple(map(int, re.findall(r"\d+", found)[:2])) >= (2, 12):
            command += ["-mt_mode", "1"]  # threads share the queries, not the subjects: twice as fast if these are few
        command += [part for option, value in asked.items() for part in (f"-{option}", value)]
        command += ["-outfmt", " ".join(["6", "qseqid", "sseqid", *columns])]
        begun = time.perf_counter()
        run(command, folder, output=table, queries=len(queries), title=title, environment=_ENVIRONMENT)
        hits = read_hits(table, names)
        if journal is not None:
            seconds = time.perf_counter() - begun
            journal.call(program, {**asked, **size, "version": found}, len(queries), len(subjects), seconds, len(hits))
        return hits
