"""One way to look for homologs, whichever program does the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from exapt.builders import blast, mmseqs
from exapt.builders.journal import Journal
from exapt.errors import BadInput

Engine = Literal["blast", "mmseqs"]

COLUMNS = (*mmseqs.COLUMNS, "identity")


def homologs(
    queries: Sequence[str],
    subjects: Sequence[str],
    *,
    engine: Engine = "blast",
    program: blast.Program = "blastn",
    evalue: float = 1e-5,
    strand: mmseqs.Strand = "both",
    options: Mapping[str, str] | None = None,
    title: str = "homologs",
    journal: Journal | None = None,
) -> pd.DataFrame:
    """Local alignments of queries with subjects, in one form and one order from either engine.

    Args:
        queries: DNA (blastn) or proteins; the hits name them by their number.
        subjects: DNA (blastn, tblastn) or proteins (blastp) to search in; likewise.
        engine: `blast` reports every alignment; `mmseqs`, for large inputs, one per query and subject (see
            `mmseqs.search`), and its E-values are of its own making.
        program: blastn, blastp, or (blast only) tblastn, proteins against translated DNA.
        evalue: Largest E-value; its search space is all subjects, unless `options` say otherwise.
        strand: Strands of DNA subjects that are looked at; blastn only.
        options: Further options of the engine, without dashes.
        title: What the progress bar says.
        journal: Takes every call of an outside program.

    Returns:
        `query`, `subject`, `score`, `bitscore`, `evalue`, `qstart`, `qend`, `sstart`, `send` (from 1, ends included, in
        the subject's own letters), `length` (columns of the alignment), `qseq`, `sseq` (aligned, gaps "-", in the
        query's direction), `nident` (equal columns) and `identity` (`nident` / `length`). `sstart` above `send` means
        the other strand. Rows are ordered by query, best first, and then by place.

    Raises:
        BadInput: If the program is missing or fails, or the engine does not have it.
    """
    given = dict(options or {})
    if engine == "mmseqs":
        if program == "tblastn":
            raise BadInput("engine=mmseqs does not compare proteins with DNA here; use engine=blast.")
        given = {"e": f"{evalue:g}"} | given
        hits = mmseqs.search(queries, subjects, given, title, program=program, strand=strand, journal=journal)
    else:
        asked = {"evalue": f"{evalue:g}"} | ({"strand": strand} if program == "blastn" else {})
        columns = list(mmseqs.COLUMNS[2:])
        hits = blast.search(queries, subjects, asked | given, columns, title, program=program, journal=journal)
    hits["identity"] = hits["nident"] / hits["length"]
    order = ["query", "score", "evalue", "subject", "sstart", "send", "qstart", "qend"]
    return hits.sort_values(order, ascending=[True, False] + [True] * 6, kind="stable").reset_index(drop=True)
