"""Runs local MMseqs2: sequences in, a table of hits out as BLAST's, for inputs that are too large for BLAST."""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from exapt.builders.journal import Journal
from exapt.builders.programs import Call, read_hits, run, threads, write_fasta
from exapt.errors import BadInput
from exapt.sequences import reverse_complement

Program = Literal["blastn", "blastp"]
Strand = Literal["both", "plus", "minus"]

INSTALL = (
    "install MMseqs2 (Debian, Ubuntu: apt install mmseqs2; conda: conda install -c bioconda mmseqs2; "
    "macOS: brew install mmseqs2)"
)
COLUMNS = (
    "query", "subject", "score", "bitscore", "evalue", "qstart", "qend", "sstart", "send", "length", "qseq", "sseq",
    "nident",
)  # fmt: skip
_ITS_NAMES = "query,target,raw,bits,evalue,qstart,qend,tstart,tend,alnlen,qaln,taln"
_PIECE = 10_000  # letters from the start of one piece of a long DNA subject to the next
_LONGEST = 20_000  # letters of a query; a piece and its overlaps must stay below the 65,535 that MMseqs2 can align


def version() -> str:
    """The version of the local MMseqs2, such as "14-7e284".

    Raises:
        BadInput: If it is missing or does not start; the message says how to install it.
    """
    if shutil.which("mmseqs") is None:
        raise BadInput(f"mmseqs is not on the PATH: {INSTALL}.")
    said = subprocess.run(["mmseqs", "version"], capture_output=True, text=True, check=False)
    if said.returncode != 0 or not said.stdout.strip():
        raise BadInput(f"mmseqs does not start: {INSTALL}.")
    return said.stdout.split()[0]


def search(
    queries: Sequence[str],
    subjects: Sequence[str],
    options: Mapping[str, str],
    title: str,
    *,
    program: Program = "blastn",
    strand: Strand = "both",
    journal: Journal | None = None,
) -> pd.DataFrame:
    """Hits of every query among the subjects (Steinegger and Soeding 2017).

    MMseqs2 gives a query one alignment with each subject, the best; DNA subjects of more than 10,000 letters are handed
    over in pieces that overlap by twice the longest query, and each piece has its own. E-values are MMseqs2's own, for
    the letters of all subjects.

    Args:
        queries: Sequences; the hits name them by their number. DNA of at most 20,000 letters.
        subjects: Sequences to search in; the hits name them by their number.
        options: Options of `mmseqs easy-search` without their dashes, such as {"s": "7.5", "e": "1e-5"}.
        title: What the progress bar says (it has no length: MMseqs2 writes its table at the end); no bar if empty.
        program: blastn for DNA in DNA, blastp for proteins in proteins.
        strand: Strands of DNA subjects that are looked at.
        journal: Takes the call: all options that were given, version and size of the database.

    Returns:
        `query`, `subject` (numbers from 0), `score`, `bitscore`, `evalue`, `qstart`, `qend`, `sstart`, `send` (from 1,
        ends included), `length` (columns of the alignment), `qseq`, `sseq` (aligned, gaps "-"), `nident`. As BLAST has
        it, a hit on the other strand reads in the query's direction and has `sstart` above `send`.

    Raises:
        BadInput: If MMseqs2 is missing or fails, or a DNA query is too long.
    """
    found = version()
    longest = max(map(len, queries), default=0)
    if program == "blastn" and longest > _LONGEST:
        number = max(range(len(queries)), key=lambda i: len(queries[i]))
        raise BadInput(
            f"query {number + 1} has {longest:,} letters, MMseqs2 takes {_LONGEST:,}; cut it or use engine=blast."
        )
    with tempfile.TemporaryDirectory(prefix="exapt-mmseqs-") as name:
        folder = Path(name)
        table = folder / "hits.tsv"
        if not queries or not subjects:
            return read_hits(table, COLUMNS)
        dna = program == "blastn"
        pieces, owner, offset = _cut(subjects, 2 * longest if dna else None)
        asked = _defaults(program, pieces, longest) | dict(options)
        # Of the other strand MMseqs2 14 sometimes shows the places mirrored, differently in every run with two threads:
        # so it sees one strand only, and queries that are turned round here.
        turned = {"both": (False, True), "plus": (False,), "minus": (True,)}[strand if dna else "plus"]
        write_fasta(folder / "queries.fa", [reverse_complement(q) if turn else q for turn in turned for q in queries])
        write_fasta(folder / "subjects.fa", pieces)
        command = ["mmseqs", "easy-search", "queries.fa", "subjects.fa", table.name, "work"]
        command += [part for key, value in asked.items() for part in ("-" * (1 + (len(key) > 1)) + key, value)]
        command += ["--format-output", _ITS_NAMES, "--threads", str(threads()), "-v", "1"]
        begun = time.perf_counter()
        run([Call(command)], folder, title=title)
        hits = read_hits(table, COLUMNS[:-1])
        hits["nident"] = _equal(hits["qseq"].tolist(), hits["sseq"].tolist())
        if dna:
            hits = _whole(_oriented(hits, queries, turned), owner, offset)
        if journal is not None:
            asked = asked | ({"strand": strand} if dna else {})
            size = {"database_sequences": len(subjects), "database_letters": sum(map(len, subjects)), "version": found}
            seconds = time.perf_counter() - begun
            journal.call("mmseqs", {**asked, **size}, len(queries), len(subjects), seconds, len(hits))
        return hits


def _defaults(program: Program, subjects: Sequence[str], longest: int) -> dict[str, str]:
    """What is asked unless `options` say otherwise, written out so that neither a version nor a guess decides it."""
    most = {"max-seqs": str(max(len(subjects), 300)), "e": "1e-3", "mask": "1"}
    if program == "blastp":
        return {"search-type": "1", "dbtype": "1", "s": "5.7", "sub-mat": "aa:blosum62.out,nucl:nucleotide.out"} | most
    # its table of words has 4^k places, and its own choice of 15 fills 8 GB before it begins: 40 times the time of 11
    letters = sum(map(len, subjects))
    word = min(15, max(11, math.ceil(math.log(max(letters, 1), 4))))
    # MMseqs2 would cut at 10,000 letters without any overlap
    whole = str(max(longest, *map(len, subjects)) + 1)
    return {"search-type": "3", "dbtype": "2", "strand": "1", "k": str(word), "max-seq-len": whole} | most


def _cut(subjects: Sequence[str], overlap: int | None) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Pieces of the subjects, the number of each one's subject and the place (from 0) where it begins; None: no cut."""
    if overlap is None:
        return list(subjects), np.arange(len(subjects)), np.zeros(len(subjects), dtype=int)
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    for number, subject in enumerate(subjects):
        for start in range(0, max(1, len(subject) - overlap), _PIECE):
            pieces.append(subject[start : start + _PIECE + overlap])
            places.append((number, start))
    owner, offset = np.array(places, dtype=int).reshape(-1, 2).T
    return pieces, owner, offset


def _equal(left: Sequence[str], right: Sequence[str]) -> np.ndarray:
    """Equal columns of each alignment; MMseqs2 itself multiplies a rounded identity by the length."""
    if not left:
        return np.zeros(0, dtype=int)
    a, b = (np.frombuffer("".join(side).encode(), dtype=np.uint8) for side in (left, right))
    ends = np.cumsum([len(aligned) for aligned in left])
    return np.add.reduceat((a == b).astype(int), np.append(0, ends[:-1]))


def _oriented(hits: pd.DataFrame, queries: Sequence[str], turned: Sequence[bool]) -> pd.DataFrame:
    """Hits of queries that were turned round, in the direction and under the number of the query itself."""
    number = hits["query"].to_numpy(dtype=int)
    hits["query"] = number % len(queries)
    minus = np.array(turned, dtype=bool)[number // len(queries)]
    past = np.array([len(q) for q in queries], dtype=int)[hits["query"].to_numpy(dtype=int)][minus] + 1
    starts, ends = (hits.loc[minus, column].to_numpy(dtype=int) for column in ("qstart", "qend"))
    hits.loc[minus, "qstart"], hits.loc[minus, "qend"] = past - ends, past - starts
    hits.loc[minus, ["sstart", "send"]] = hits.loc[minus, ["send", "sstart"]].to_numpy()
    for column in ("qseq", "sseq"):
        hits.loc[minus, column] = [reverse_complement(aligned) for aligned in hits.loc[minus, column]]
    return hits


def _whole(hits: pd.DataFrame, owner: np.ndarray, offset: np.ndarray) -> pd.DataFrame:
    """Places on whole subjects; a hit that another piece shows as well, or as a part of a longer one, goes."""
    piece = hits["subject"].to_numpy(dtype=int)
    hits = hits.assign(subject=owner[piece], sstart=hits["sstart"] + offset[piece], send=hits["send"] + offset[piece])
    hits["piece"], hits["minus"] = piece, hits["sstart"] > hits["send"]
    hits["low"], hits["high"] = hits[["sstart", "send"]].min(axis=1), hits[["sstart", "send"]].max(axis=1)
    keys = ["query", "subject", "minus", "low", "high", "qstart", "qend", "piece"]
    hits = hits.sort_values(keys, ascending=[True, True, True, True, False, True, False, True])
    while True:
        before = hits.shift(1)
        inside = hits["piece"] != before["piece"]
        for key in ("query", "subject", "minus"):
            inside &= hits[key] == before[key]
        inside &= (hits["high"] <= before["high"]) & (hits["qstart"] >= before["qstart"])
        inside &= hits["qend"] <= before["qend"]
        if not inside.any():
            return hits[list(COLUMNS)].reset_index(drop=True)
        hits = hits[~inside]
