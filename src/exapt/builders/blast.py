"""Runs local BLAST: sequences in, a table of hits out, with a progress bar and nothing left behind."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from exapt.builders.journal import Journal
from exapt.builders.programs import Call, read_hits, run, threads, write_fasta
from exapt.errors import BadInput

Program = Literal["blastn", "blastp", "tblastn"]

INSTALL = (
    "install BLAST+ (Debian, Ubuntu: apt install ncbi-blast+; conda: conda install -c bioconda blast; "
    "macOS: brew install blast)"
)
# Queries are dealt to processes of one thread: BLAST's own threads share the subjects, which is no help if these are
# few, or (mt_mode) the queries, and then 2.12 now and then crashes. Each process reads all subjects: not too many.
LETTERS, SUBJECTS = 20_000, 10  # least letters of queries a process; most letters of subjects a letter of queries
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
    """Every hit of every query among the subjects: `search_each` of one pair of sets."""
    return search_each([(queries, subjects)], options, columns, title, program=program, journal=journal)[0]


def search_each(
    sets: Sequence[tuple[Sequence[str], Sequence[str]]],
    options: Mapping[str, str],
    columns: Sequence[str],
    title: str,
    *,
    program: Program = "blastn",
    journal: Journal | None = None,
) -> list[pd.DataFrame]:
    """Every hit of every query among its subjects, for several pairs of sets side by side.

    Args:
        sets: Queries and the subjects to search them in; the hits name them by their numbers in their set.
        options: Options of the program without their dash, such as {"task": "dc-megablast"}. No limit on the number of
            hits applies unless it is among them: BLAST's own limit of 500 subjects would hide hits.
        columns: Further columns of BLAST's tabular output, such as "score" or "qseq".
        title: What the progress bar says; no bar if empty.
        program: blastn (DNA in DNA), blastp (proteins in proteins) or tblastn (proteins in translated DNA, whose places
            are those of the DNA).
        journal: Takes the call of makeblastdb and that of the program: all options, the defaults among them (task, word
            size, E-value, strand, filter of simple sequence), version and size of the databases; processes and threads,
            which change no hit, are left out.

    Returns:
        For each pair of sets integer columns `query` and `subject`, then `columns`. The order of rows is BLAST's and
        means nothing.

    Raises:
        BadInput: If BLAST is missing or fails; the message is its own last line.
    """
    found = version(program)
    names = ["query", "subject", *columns]
    with tempfile.TemporaryDirectory(prefix="exapt-blast-") as name:
        folder = Path(name)
        hits = [read_hits(folder / "none", names) for _ in sets]
        full = [number for number, (queries, subjects) in enumerate(sets) if queries and subjects]
        if not full:
            return hits
        kind = _DATABASE[program]
        texts = [text for number in full for text in sets[number][1]]
        most = max(len(sets[number][1]) for number in full)

        # relative names inside the folder: BLAST splits a database path at its spaces
        begun = time.perf_counter()
        for number in full:
            write_fasta(folder / f"{number}.fa", sets[number][1])
        made = [["makeblastdb", "-in", f"{number}.fa", "-dbtype", kind, "-out", f"{number}"] for number in full]
        run([Call(command) for command in made], folder)
        if journal is not None:
            journal.call("makeblastdb", {"dbtype": kind}, 0, len(texts), time.perf_counter() - begun, 0)

        asked = _DEFAULTS[program] | dict(options)
        asked = {"word_size": _WORDS[asked["task"]]} | asked if asked["task"] in _WORDS else asked
        asked = {"max_target_seqs": str(max(most, 10))} | asked
        said = [part for option, value in asked.items() for part in (f"-{option}", value)]
        said += ["-outfmt", " ".join(["6", "qseqid", "sseqid", *columns])]
        begun = time.perf_counter()
        calls: list[Call] = []
        of: list[int] = []
        for number in full:
            queries, subjects = sets[number]
            for first, end in pairwise([0, *_ends(queries, subjects, alone=len(full) == 1)]):
                file = f"{number}-{first}"
                write_fasta(folder / f"{file}.fa", queries[first:end], first)
                command = [program, "-query", f"{file}.fa", "-db", f"{number}", *said]
                if len(full) == 1 and end - first == len(queries):
                    command += ["-num_threads", str(threads())]
                calls.append(Call(command, folder / f"{file}.tsv", first, end - first))
                of.append(number)
        run(calls, folder, title=title, environment=_ENVIRONMENT)
        for number in full:
            tables = [call.output for call, owner in zip(calls, of, strict=True) if owner == number]
            hits[number] = pd.concat([read_hits(table, names) for table in tables if table], ignore_index=True)
        if journal is not None:
            size = {"database_sequences": len(texts), "database_letters": sum(map(len, texts))}
            several = {"searches": len(full)} if len(full) > 1 else {}
            seconds, asking = time.perf_counter() - begun, sum(len(sets[number][0]) for number in full)
            told = {**asked, **several, **size, "version": found}
            journal.call(program, told, asking, len(texts), seconds, sum(map(len, hits)))
        return hits


def met(tables: Sequence[pd.DataFrame]) -> list[set[tuple[int, int]]]:
    """Of each table of hits the pairs of a query and a subject."""
    return [set(zip(hits["query"].tolist(), hits["subject"].tolist(), strict=True)) for hits in tables]


def _ends(queries: Sequence[str], subjects: Sequence[str], alone: bool) -> list[int]:
    """Where each process's queries end: equal letters, one process a core if that is worth it."""
    total = sum(map(len, queries))
    worth = alone and sum(map(len, subjects)) <= SUBJECTS * total
    processes = max(1, min(threads(), total // LETTERS)) if worth else 1
    reached = np.cumsum([len(query) for query in queries])
    ends = np.searchsorted(reached, total * np.arange(1, processes) / processes) + 1
    return [*np.unique(ends[ends < len(queries)]).tolist(), len(queries)]
