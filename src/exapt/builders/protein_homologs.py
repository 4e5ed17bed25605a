"""Proteins and their best homologs within a band of identity, each in one pair only."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from exapt.builders.alignment import nearest, sides
from exapt.builders.engines import homologs
from exapt.builders.genomes import Genome
from exapt.builders.journal import Journal
from exapt.builders.protein_recipe import ProteinPairRecipe
from exapt.builders.proteins import Proteins
from exapt.sequences import PROTEIN

_PLAIN = frozenset(PROTEIN)


def find(
    query: Proteins, against: Proteins | Genome, recipe: ProteinPairRecipe, journal: Journal | None = None
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The homologous pairs of two sets of proteins, or of proteins and a genome.

    Alignments are taken from the highest score down: one becomes a pair if its sides fulfil the recipe and neither
    protein (nor, of a genome, any letter of the place) stands in a pair yet. Equal proteins are one protein, in both
    sets: it is no homolog of itself, and a set searched in itself gives each two once.

    Returns:
        One row per pair in the order of the queries: `left`, `right`, `identity`, for both sides `_record` (name),
        `_start` and `_end` (0-based, end excluded; residues, or letters of the genome), `right_strand` ("+" or "-" of a
        genome, else None); where the negatives ask for it, `near`: the likest homolog of `left` below `min_identity`,
        or None. And the counts of what was found and left out.
    """
    hits = homologs(
        query.sequences, against.sequences, engine=recipe.engine, program=recipe.search, evalue=recipe.evalue,
        options=recipe.options, title="homologs of proteins", journal=journal,
    )  # fmt: skip
    taken = _Taken(query, against, translated=recipe.search == "tblastn")
    counts = Counter({"proteins": len(query.sequences), "alignments": len(hits)})
    own = np.array([taken.equal(q, s) for q, s in zip(hits["query"], hits["subject"], strict=True)], dtype=bool)
    counts["self hits, left out"] = int(own.sum())
    hits = hits[~own].reset_index(drop=True)
    counts["proteins with a homolog"] = int(hits["query"].nunique())
    order = ["score", "evalue", "query", "subject", "sstart", "send", "qstart", "qend"]
    rows: dict[int, dict[str, Any]] = {}
    hit: Any
    for hit in hits.sort_values(order, ascending=[False] + [True] * 7, kind="stable").itertuples():
        if taken.has(hit):
            counts["alignments of what stands in a better pair, left out"] += 1
            continue
        found = _pair(hit, recipe)
        if isinstance(found, str):
            counts[f"alignments {found}, left out"] += 1
            continue
        if not taken.add(hit, found["left"], found["right"]):
            counts["alignments with a side that stands in another pair, left out"] += 1
            continue
        strand = found["right_strand"]
        names = {"left_record": query.names[hit.query], "right_record": against.names[hit.subject]}
        rows[hit.query] = found | names | {"right_strand": strand if recipe.search == "tblastn" else None}
    if "near" in recipe.negatives.needs:
        others: dict[int, list[Any]] = {}
        for hit in hits.itertuples():
            others.setdefault(hit.query, []).append(hit)
        for number, row in rows.items():
            row["near"] = nearest(row["left"], row["left_start"] + 1, others[number], recipe.min_identity, _PLAIN)
    return pd.DataFrame([rows[number] for number in sorted(rows)]), dict(counts)


class _Taken:
    """What stands in a pair: proteins by their content, letters of a genome, and sides."""

    def __init__(self, query: Proteins, against: Proteins | Genome, *, translated: bool) -> None:
        content: dict[str, int] = {}
        self._query = [content.setdefault(s, len(content)) for s in query.sequences]
        self._against = None if translated else [content.setdefault(s, len(content)) for s in against.sequences]
        self._letters = [np.zeros(len(s), dtype=bool) for s in against.sequences] if translated else []
        self._seen: set[int | str] = set()

    def equal(self, query: int, subject: int) -> bool:
        return self._against is not None and self._query[query] == self._against[subject]

    def has(self, hit: Any) -> bool:
        if self._query[hit.query] in self._seen:
            return True
        if self._against is not None:
            return self._against[hit.subject] in self._seen
        return bool(self._place(hit).any())

    def add(self, hit: Any, left: str, right: str) -> bool:
        """Take a pair, unless one of its sides is known."""
        if left in self._seen or right in self._seen:
            return False
        self._seen |= {self._query[hit.query], left, right}
        if self._against is not None:
            self._seen.add(self._against[hit.subject])
        else:
            self._place(hit)[:] = True
        return True

    def _place(self, hit: Any) -> np.ndarray:
        low, high = sorted((hit.sstart, hit.send))
        letters: np.ndarray = self._letters[hit.subject][low - 1 : high]
        return letters


def _pair(hit: Any, recipe: ProteinPairRecipe) -> dict[str, Any] | str:
    """The sides of an alignment, their identity and places, or why it gives no pair."""
    found = sides(hit.qseq, hit.sseq, recipe, _PLAIN)
    if isinstance(found, str):
        return found
    letters = 3 if recipe.search == "tblastn" else 1
    before, size = letters * found.skip[1], letters * len(found.right)
    minus = hit.sstart > hit.send
    start = hit.sstart - before - size if minus else hit.sstart - 1 + before
    first = hit.qstart - 1 + found.skip[0]
    return {
        "left": found.left, "right": found.right, "identity": found.identity, "left_start": first,
        "left_end": first + len(found.left), "right_start": start, "right_end": start + size,
        "right_strand": "-" if minus else "+",
    }  # fmt: skip
