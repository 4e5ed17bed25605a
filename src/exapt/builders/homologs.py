"""Windows of one genome, their best alignment in another, and equal cuts from the middle of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from exapt.builders.alignment import nearest, sides
from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.engines import homologs
from exapt.builders.genomes import Genome
from exapt.builders.journal import Journal
from exapt.builders.loci import join
from exapt.builders.query_windows import Query, windows_of
from exapt.sequences import DNA, reverse_complement

_PLAIN = frozenset(DNA)


def find(
    query: Query, against: Genome, recipe: DnaPairRecipe, journal: Journal | None = None
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The homologous pairs of two genomes.

    The best alignment of a window is the one of highest score, then lowest E-value, then first place on `against`: the
    engine's own order is not used. Any hit, best or not, joins the loci it touches: copies of one gene are one locus.

    Returns:
        One row per pair in the order of the windows: `left`, `right` (in the query's direction), `identity`, `strand`
        ("+" or "-", of `against`), for both sides `_record` (name), `_start`, `_end` (0-based, end excluded; of a side
        that is spliced from its first to its last letter on the record), of the left one `_strand` and `_gene` (None
        for windows of a genome), and `locus`; where the negatives ask for it, `near`: the likest homolog of `left`
        below `min_identity`, or None. And the counts of what was found and left out.
    """
    windows = windows_of(query, recipe)
    hits = homologs(
        windows.sequences, against.sequences, engine=recipe.engine, evalue=recipe.evalue, strand=recipe.strand,
        options=recipe.options, title="homologs of windows", journal=journal,
    )  # fmt: skip
    counts = Counter({"windows": len(windows.sequences), **windows.counts, "alignments": len(hits)})
    hits["low"] = hits[["sstart", "send"]].min(axis=1).astype(int) - 1
    hits["high"] = hits[["sstart", "send"]].max(axis=1).astype(int)
    # equal records are one track: a genome against itself must not find itself, and shares its loci
    track: dict[str, int] = {}
    of_query = np.array([track.setdefault(s, len(track)) for s in query.genome.sequences], dtype=int)
    of_against = np.array([track.setdefault(s, len(track)) for s in against.sequences], dtype=int)
    hits["track"] = of_against[hits["subject"].to_numpy(dtype=int)]
    spans = windows.spans()
    spans["track"] = of_query[spans["record"].to_numpy(dtype=int)]
    own = _own(hits, spans)
    counts["self hits, left out"] = int(own.sum())
    hits = hits[~own]

    hits = hits.assign(window=hits["query"], start=hits["low"], end=hits["high"])
    window, *place = pd.concat([spans, hits])[["window", "track", "start", "end"]].to_numpy(dtype=int).T
    locus = join(windows.blocks[window], *place)
    order = ["query", "score", "evalue", "subject", "low", "high", "sstart", "qstart", "qseq", "sseq"]
    best = hits.sort_values(order, ascending=[True, False] + [True] * 8).drop_duplicates("query")
    counts["windows with a homolog"] = len(best)

    hit: Any
    others: dict[int, list[Any]] = {}
    if "near" in recipe.negatives.needs:
        for hit in hits.drop(best.index).itertuples():
            others.setdefault(hit.query, []).append(hit)
    rows: list[dict[str, object]] = []
    for hit in best.itertuples():
        found = sides(hit.qseq, hit.sseq, recipe, _PLAIN)
        if isinstance(found, str):
            counts[f"alignments {found}, left out"] += 1
            continue
        first = hit.qstart - 1 + found.skip[0]
        where = windows.places[hit.query][first : first + len(found.left)]
        minus = hit.sstart > hit.send  # the subject stands in the query's direction already
        right_start = hit.sstart - found.skip[1] - len(found.right) if minus else hit.sstart - 1 + found.skip[1]
        rows.append({
            "left": found.left, "right": found.right, "identity": found.identity, "strand": "-" if minus else "+",
            "left_record": query.genome.names[windows.records[hit.query]], "left_gene": windows.genes[hit.query],
            "left_start": int(min(where[0], where[-1])), "left_end": int(max(where[0], where[-1])) + 1,
            "left_strand": "-" if where[0] > where[-1] else "+",
            "right_record": against.names[hit.subject],
            "right_start": right_start, "right_end": right_start + len(found.right),
            "locus": locus[int(windows.blocks[hit.query])],
        })  # fmt: skip
        if "near" in recipe.negatives.needs:
            rows[-1]["near"] = nearest(found.left, first + 1, others.get(hit.query, []), recipe.min_identity, _PLAIN)
    return pd.DataFrame(rows), dict(counts)


def _own(hits: pd.DataFrame, spans: pd.DataFrame) -> np.ndarray:
    """Which hits share a letter with the window that found them; bool, shape (n,)."""
    met = (
        hits[["query", "track", "low", "high"]]
        .reset_index()
        .merge(spans, left_on=["query", "track"], right_on=["window", "track"])
    )
    met = met[(met["low"] < met["end"]) & (met["high"] > met["start"])]
    return np.asarray(hits.index.isin(met["index"]))


def without_repeats(pairs: pd.DataFrame, split: np.ndarray) -> tuple[np.ndarray, dict[str, int]]:
    """Which pairs to keep so that no sequence, read in either direction, stands in two pairs.

    Between splits the later one (test before dev before train) keeps it; within a split the first pair does.

    Args:
        pairs: Columns `left`, `right`.
        split: Number of each pair's split, shape (n,).

    Returns:
        Boolean array of shape (n,), and the counts of pairs left out.
    """
    sides = [{min(s, reverse_complement(s)) for s in row} for row in zip(pairs["left"], pairs["right"], strict=True)]
    keep = np.zeros(len(pairs), dtype=bool)
    seen: dict[str, int] = {}
    between = within = 0
    for i in np.lexsort((np.arange(len(pairs)), -split)):
        where = {seen[s] for s in sides[i] if s in seen}
        if not where:
            keep[i] = True
            seen.update(dict.fromkeys(sides[i], int(split[i])))
        elif where - {int(split[i])}:
            between += 1
        else:
            within += 1
    return keep, {
        "pairs with a sequence of another split, left out": between,
        "pairs with a repeated sequence, left out": within,
    }
