"""What an alignment gives: the identity of two sequences, equal cuts from its middle, letters that face a stretch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import edlib

from exapt.builders.homolog_recipe import HomologRecipe


class Sides(NamedTuple):
    """The two sides of a pair.

    Attributes:
        left: The query's letters, without gaps.
        right: The subject's, in the query's direction.
        skip: Letters of either side of the alignment (gaps not counted) before them.
        identity: Of the two, from 0 to 1.
    """

    left: str
    right: str
    skip: tuple[int, int]
    identity: float


def identity(left: str, right: str) -> float:
    """1 - Levenshtein distance / length of the longer sequence, from 0 to 1; it allows for gaps that a cut moved."""
    return 1 - int(edlib.align(left, right)["editDistance"]) / max(len(left), len(right))


def sides(query: str, subject: str, recipe: HomologRecipe, alphabet: frozenset[str]) -> Sides | str:
    """The pair that an alignment gives under a recipe, or why it gives none.

    Args:
        query: Aligned query with `-` for gaps.
        subject: Aligned subject, of equal length.
        recipe: Gives length, least length and the band of identity.
        alphabet: The letters that a side may have.
    """
    left, right = (side.replace("-", "") for side in (query, subject))
    skip = (0, 0) if recipe.length is None else cut(query, subject, recipe.length)
    if skip is None or min(len(left), len(right)) < recipe.least:
        return "too short"
    left, right = left[skip[0] :][: recipe.length], right[skip[1] :][: recipe.length]
    if not alphabet.issuperset(left + right):
        return "with ambiguous letters or stops"
    alike = identity(left, right)
    if recipe.min_identity <= alike <= recipe.max_identity:
        return Sides(left, right, skip, alike)
    return "below min_identity" if alike < recipe.min_identity else "above max_identity"


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


def facing(query: str, subject: str, skip: int, length: int, alphabet: frozenset[str]) -> str | None:
    """The subject's letters that stand opposite a stretch of the query.

    Args:
        query: Aligned query with `-` for gaps.
        subject: Aligned subject, of equal length.
        skip: Letters of the query (gaps not counted) before the stretch; may lie outside the alignment.
        length: Letters wanted.
        alphabet: The letters that they may be.

    Returns:
        `length` letters, or None if the alignment does not hold them, or has a gap where the stretch begins.
    """
    columns = [column for column, letter in enumerate(query) if letter != "-"]
    if not 0 <= skip < len(columns) or subject[columns[skip]] == "-":
        return None
    letters = subject[columns[skip] :].replace("-", "")[:length]
    return letters if len(letters) == length and alphabet.issuperset(letters) else None


def nearest(left: str, start: int, hits: Iterable[Any], bound: float, alphabet: frozenset[str]) -> str | None:
    """The likest of the homologs of a stretch that stay below an identity; None if there is none.

    Args:
        left: The stretch.
        start: Number of its first letter in the query, from 1.
        hits: Rows with `qseq`, `sseq` (aligned) and `qstart`.
        bound: The identity.
        alphabet: The letters that a homolog may have.
    """
    found = [facing(hit.qseq, hit.sseq, start - hit.qstart, len(left), alphabet) for hit in hits]
    alike = [(identity(left, near), near) for near in found if near is not None]
    return max((pair for pair in alike if pair[0] < bound), default=(0.0, None))[1]
