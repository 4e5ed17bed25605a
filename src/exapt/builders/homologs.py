"""Windows of one genome, their best BLAST alignment in another, and equal cuts from the middle of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import edlib
import numpy as np
import pandas as pd

from exapt.builders.blast import search
from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.genomes import Genome
from exapt.builders.journal import Journal
from exapt.builders.loci import join, tile
from exapt.sequences import DNA, reverse_complement

_AMBIGUOUS = re.compile(f"[^{DNA}]")


@dataclass(frozen=True)
class Windows:
    """Windows of plain A, C, G, T.

    Attributes:
        sequences: Their letters.
        records: Number of each one's record, shape (n,).
        starts: Place of its first letter on the record, 0-based.
        blocks: Its block; blocks share no letter.
        ambiguous: How many windows were left out for other letters.
    """

    sequences: list[str]
    records: np.ndarray
    starts: np.ndarray
    blocks: np.ndarray
    ambiguous: int


def windows_of(genome: Genome, recipe: DnaPairRecipe) -> Windows:
    """Windows along every record of a genome."""
    rows: list[tuple[str, int, int, int]] = []
    ambiguous = first = 0
    for record, sequence in enumerate(genome.sequences):
        starts, blocks = tile(len(sequence), recipe.letters, recipe.step, recipe.locus)
        for start, block in zip(starts.tolist(), blocks.tolist(), strict=True):
            letters = sequence[start : start + recipe.letters]
            if _AMBIGUOUS.search(letters):
                ambiguous += 1
            else:
                rows.append((letters, record, start, first + block))
        first += int(blocks.max()) + 1 if len(blocks) else 0
    records, starts, blocks = (np.array([row[i] for row in rows], dtype=int) for i in (1, 2, 3))
    return Windows([row[0] for row in rows], records, starts, blocks, ambiguous)


def identity(left: str, right: str) -> float:
    """1 - Levenshtein distance / length of the longer sequence, from 0 to 1; it allows for gaps that a cut moved."""
    return 1 - int(edlib.align(left, right)["editDistance"]) / max(len(left), len(right))


def cut(query: str, subject: str, length: int) -> tuple[int, int] | None:
    """Where to begin cutting `length` letters of both sides of an alignment.

    A local alignment begins and ends in matching letters, which no negative pair does, so the cut is taken from the
    middle: from the column where `length` ungapped columns would be centred, or the nearest one before it that holds a
    letter on both sides and leaves `length` letters on both.

    Args:
        query: Aligned query with `-` for gaps.
        subject: Aligned subject, of equal length.
        length: Letters wanted.

    Returns:
        How many letters (gaps not counted) to skip on either side, or None if the alignment is too short.
    """
    for column in range(max(0, (len(query) - length) // 2), -1, -1):
        if "-" in (query[column], subject[column]):
            continue
        after = [len(side) - column - side.count("-", column) for side in (query, subject)]
        if min(after) >= length:
            return column - query.count("-", 0, column), column - subject.count("-", 0, column)
    return None


def facing(query: str, subject: str, skip: int, length: int) -> str | None:
    """The subject's letters that stand opposite a stretch of the query.

    Args:
        query: Aligned query with `-` for gaps.
        subject: Aligned subject, of equal length.
        skip: Letters of the query (gaps not counted) before the stretch; may lie outside the alignment.
        length: Letters wanted.

    Returns:
        `length` letters, or None if the alignment does not hold them, or has a gap where the stretch begins.
    """
    if skip < 0:
        return None
    column = next((k for k, letter in enumerate(query) if letter != "-" and k - query.count("-", 0, k) == skip), None)
    if column is None or subject[column] == "-":
        return None
    letters = subject[column:].replace("-", "")[:length]
    return letters if len(letters) == length and not _AMBIGUOUS.search(letters) else None


def find(
    query: Genome, against: Genome, recipe: DnaPairRecipe, journal: Journal | None = None
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The homologous pairs of two genomes.

    The best alignment of a window is the one of highest score, then lowest E-value, then first place on `against`:
    BLAST's own order is not used. Any hit, best or not, joins the loci it touches: copies of one gene are one locus.

    Returns:
        One row per pair in the order of the query genome: `left`, `right` (in the query's direction), `identity`,
        `strand` ("+" or "-", of `against`), for both sides `_record` (name), `_start`, `_end` (0-based, end excluded),
        and `locus`; where the negatives ask for it, `near`: the likest homolog of `left` below `min_identity`, or None.
        And the counts of what was found and left out.
    """
    windows = windows_of(query, recipe)
    columns = ["score", "evalue", "qstart", "sstart", "send", "qseq", "sseq"]
    hits = search(windows.sequences, against.sequences, recipe.search, columns, "homologs of windows", journal=journal)
    counts = Counter({"windows": len(windows.sequences), "windows with ambiguous letters, left out": windows.ambiguous})
    counts["alignments"] = len(hits)
    # equal records are one track: a genome against itself must not find itself, and shares its loci
    track: dict[str, int] = {}
    of_query = np.array([track.setdefault(s, len(track)) for s in query.sequences], dtype=int)
    of_against = np.array([track.setdefault(s, len(track)) for s in against.sequences], dtype=int)
    number = hits["query"].to_numpy(dtype=int)
    start, end = windows.starts[number], windows.starts[number] + recipe.letters
    hits["low"] = hits[["sstart", "send"]].min(axis=1).astype(int) - 1
    hits["high"] = hits[["sstart", "send"]].max(axis=1).astype(int)
    hits["track"] = of_against[hits["subject"].to_numpy(dtype=int)]
    own = (of_query[windows.records[number]] == hits["track"]) & (hits["low"] < end) & (hits["high"] > start)
    counts["self hits, left out"] = int(own.sum())
    hits = hits[~own.to_numpy(dtype=bool)]

    locus = join(
        np.concatenate([windows.blocks, windows.blocks[hits["query"].to_numpy(dtype=int)]]),
        np.concatenate([of_query[windows.records], hits["track"].to_numpy(dtype=int)]),
        np.concatenate([windows.starts, hits["low"].to_numpy(dtype=int)]),
        np.concatenate([windows.starts + recipe.letters, hits["high"].to_numpy(dtype=int)]),
    )
    order = ["query", "score", "evalue", "subject", "low", "high", "sstart", "qstart", "qseq", "sseq"]
    best = hits.sort_values(order, ascending=[True, False] + [True] * 8).drop_duplicates("query")
    counts["windows with a homolog"] = len(best)

    others: dict[int, list[Any]] = {}
    if "near" in recipe.negatives.needs:
        for hit in hits.drop(best.index).itertuples():
            others.setdefault(hit.query, []).append(hit)
    rows: list[dict[str, object]] = []
    for hit in best.itertuples():
        left, right = hit.qseq.replace("-", ""), hit.sseq.replace("-", "")
        if recipe.length is None:
            skip = (0, 0) if min(len(left), len(right)) >= recipe.min_length else None
        else:
            skip = cut(hit.qseq, hit.sseq, recipe.length)
        if skip is None:
            counts["alignments too short, left out"] += 1
            continue
        left, right = left[skip[0] :][: recipe.length], right[skip[1] :][: recipe.length]
        if _AMBIGUOUS.search(right):
            counts["pairs with ambiguous letters, left out"] += 1
            continue
        alike = identity(left, right)
        if not recipe.min_identity <= alike <= recipe.max_identity:
            below = alike < recipe.min_identity
            counts[f"pairs {'below min_identity' if below else 'above max_identity'}, left out"] += 1
            continue
        left_start = int(windows.starts[hit.query]) + hit.qstart - 1 + skip[0]
        minus = hit.sstart > hit.send  # BLAST then gives the subject in the query's direction already
        right_start = hit.sstart - skip[1] - len(right) if minus else hit.sstart - 1 + skip[1]
        rows.append({
            "left": left, "right": right, "identity": alike, "strand": "-" if minus else "+",
            "left_record": query.names[windows.records[hit.query]],
            "left_start": left_start, "left_end": left_start + len(left),
            "right_record": against.names[hit.subject],
            "right_start": right_start, "right_end": right_start + len(right),
            "locus": locus[int(windows.blocks[hit.query])],
        })  # fmt: skip
        if "near" in recipe.negatives.needs:
            rows[-1]["near"] = _near(left, hit.qstart + skip[0], others.get(hit.query, []), recipe.min_identity)
    return pd.DataFrame(rows), dict(counts)


def _near(left: str, start: int, hits: list[Any], bound: float) -> str | None:
    """The likest of the homologs of `left` (its first letter is number `start` of the window) below an identity."""
    found = [facing(hit.qseq, hit.sseq, start - hit.qstart, len(left)) for hit in hits]
    alike = [(identity(left, near), near) for near in found if near is not None]
    return max((pair for pair in alike if pair[0] < bound), default=(0.0, None))[1]


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
