"""How well one side, or a piece of it, lies inside the other: infix alignment and the longest run that both have."""

from __future__ import annotations

from collections.abc import Sequence

import edlib
import numpy as np
import numpy.typing as npt

from exapt.features.arrays import blocks, columns

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint32] | npt.NDArray[np.uint8]
Lengths = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

LIMIT = 1000  # characters of each side that are looked at, from the beginning
_COLUMNS = 512  # pairs looked at together: what is held for them fits a processor's cache
_LEFT, _RIGHT = 0x110000, 0x110001  # no characters, and not equal to each other


def infix_similarity(query: Sequence[str], target: Sequence[str]) -> Floats:
    """How well the whole of a query lies somewhere inside its target.

    1 - the fewest edits (Levenshtein) that turn the query into any substring of the target, over the query's length;
    by edlib (Šošić and Šikić 2017) in its mode HW. Only the first 1,000 characters of each side are looked at.

    Returns:
        Shape (n,), 0 to 1; 1 for an empty query, 0 in an empty target.
    """
    return np.fromiter(map(_infix, query, target), dtype=np.float64, count=len(query))


def longest_common(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.int64]:
    """Length of the longest common substring of the two sides' first 1,000 characters, shape (n,)."""
    found = np.empty(len(left), dtype=np.int64)
    # texts of like length stand together, so that little is computed for padding
    order = np.argsort([max(len(a), len(b)) for a, b in zip(left, right, strict=True)], kind="stable")
    one, other = [left[i] for i in order], [right[i] for i in order]
    for rows in blocks(one, other, rows=_COLUMNS):
        a, b = _bytes(columns(one[rows], LIMIT, _LEFT), columns(other[rows], LIMIT, _RIGHT))
        if len(a) > len(b):
            a, b = b, a
        found[order[rows]] = common_runs(a, b)[0]
    return found


def common_runs(one: Codes, other: Codes) -> tuple[Lengths, Lengths, Lengths]:
    """Runs of letters that the columns of two rectangles have in common, column by column.

    The dynamic program of the longest common substring (Gusfield 1997), for all columns at once.

    Args:
        one: Shape (letters, columns), at most 65,535 letters.
        other: Shape (letters of its own, columns). What is no letter must differ from everything on the other side.

    Returns:
        Length of the longest common run, shape (columns,); of the longest that ends with each row of `one` and the last
        row of `other`, shape of `one`; of the longest that ends with the last row of `one` and each row of `other`,
        shape of `other`.
    """
    kind = np.uint8 if min(len(one), len(other)) < 256 else np.uint16
    run = np.zeros((len(other) + 1, one.shape[1]), dtype=kind)
    longest = np.zeros((len(other), one.shape[1]), dtype=kind)
    lowest = np.zeros(one.shape, dtype=kind)
    grown = np.empty_like(longest)
    for row, letters in enumerate(one):
        np.add(run[:-1], kind(1), out=grown)
        np.multiply(grown, (other == letters).view(np.uint8), out=run[1:])
        np.maximum(longest, run[1:], out=longest)
        lowest[row] = run[-1]
    return longest.max(axis=0, initial=0), lowest, run[1:]


def _bytes(one: Codes, other: Codes) -> tuple[Codes, Codes]:
    """The same characters under new numbers: bytes, which are faster compared, where there are few enough kinds."""
    kinds = np.union1d(one, other)
    if len(kinds) > 256:
        return one, other
    number = np.zeros(int(kinds.max(initial=0)) + 1, dtype=np.uint8)
    number[kinds] = np.arange(len(kinds))
    return number[one], number[other]


def _infix(query: str, target: str) -> float:
    query, target = query[:LIMIT], target[:LIMIT]
    if not query or not target:
        return float(not query)
    if not (query.isascii() and target.isascii()):
        # edlib takes 256 different characters: beyond them, two may be taken for one
        number = {sign: i % 256 for i, sign in enumerate(sorted({*query, *target}))}
        coded = bytes(map(number.__getitem__, query)), bytes(map(number.__getitem__, target))
        distance = edlib.align(*coded, mode="HW", task="distance")["editDistance"]
    else:
        distance = edlib.align(query, target, mode="HW", task="distance")["editDistance"]
    return 1 - float(distance) / len(query)
