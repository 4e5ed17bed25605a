"""What a kind of negatives is told and what it gives back, and the layouts of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from exapt.sequences import DNA

Sides = tuple[list[str], list[str]]
COLUMNS = ["left", "right", "positive", "block", "kind", "i", "j", "left_made", "right_made", "shift"]


@dataclass(frozen=True)
class Context:
    """What the maker of negatives has to know about the task.

    Attributes:
        related: For several sets of left and right sequences the pairs (i, j) of each set in which left i is related to
            right j; a search over all of them, such as BLAST. A set has about `negatives.swapped.CHUNK` letters.
        identity: Likeness of two sequences of one alphabet, 0 to 1.
        bound: A negative whose identity is this or more counts as still homologous: it is rejected and counted. In
            coding pairs the translation of the left side is compared with the right side.
        coding: Number of the genetic code where the left side is a coding window in frame 0 and the right side its
            protein, of a third of its letters; None for pairs of one alphabet.
        alphabet: Letters of the right side.
    """

    related: Callable[[list[Sides]], list[set[tuple[int, int]]]]
    identity: Callable[[str, str], float]
    bound: float
    coding: int | None = None
    alphabet: str = DNA


@dataclass(frozen=True)
class Made:
    """Rows of positives and negatives, as many of the one as of the other.

    Attributes:
        rows: One row per pair, block after block: `left`, `right`; `positive` (bool); `block` (int from 0: rows that
            share sequences and must stay together); `kind` (of the negative, "" for a positive); `i` and `j` (number
            of the positive that the left and the right side came from); `left_made`, `right_made` (bool: the side is
            altered and not natural); `shift` (letters by which a natural left side was moved on its coding sequence).
        counts: What was left out, by reason, zeros absent: positives, if the reason does not begin with "blocks".
    """

    rows: pd.DataFrame
    counts: dict[str, int]


@dataclass(frozen=True)
class Side:
    """One side of n pairs.

    Attributes:
        texts: The n sequences.
        number: Number of the positive that each came from, shape (n,).
        made: Whether they are altered.
    """

    texts: Sequence[str]
    number: np.ndarray
    made: bool = False


def table(kind: str, rows: Sequence[tuple[Side, Side, bool]]) -> pd.DataFrame:
    """The rows of n blocks.

    Args:
        kind: Name of the negatives.
        rows: What stands in every block: left side, right side, and whether the pair is positive.

    Returns:
        The columns of `Made.rows`, n times the rows.
    """
    n = len(rows[0][0].texts)
    positive = np.tile(np.array([row[2] for row in rows], dtype=bool), n)
    return pd.DataFrame(
        {
            "left": pd.Series([text for texts in zip(*(row[0].texts for row in rows), strict=True) for text in texts],
                              dtype=object),
            "right": pd.Series([text for texts in zip(*(row[1].texts for row in rows), strict=True) for text in texts],
                               dtype=object),
            "positive": positive,
            "block": np.repeat(np.arange(n), len(rows)),
            "kind": pd.Series(np.where(positive, "", kind), dtype=object),
            "i": np.stack([row[0].number for row in rows], axis=1).ravel().astype(np.int64),
            "j": np.stack([row[1].number for row in rows], axis=1).ravel().astype(np.int64),
            "left_made": np.tile(np.array([row[0].made for row in rows], dtype=bool), n),
            "right_made": np.tile(np.array([row[1].made for row in rows], dtype=bool), n),
            "shift": np.zeros(n * len(rows), dtype=np.int64),
        }
    )  # fmt: skip


def ring(kind: str, first: tuple[Side, Side], second: tuple[Side, Side]) -> pd.DataFrame:
    """Blocks of two positives and the exchange of their sides: every sequence stands once under each label."""
    (a, d), (b, e) = first, second
    return table(kind, [(a, d, True), (b, e, True), (a, e, False), (b, d, False)])
