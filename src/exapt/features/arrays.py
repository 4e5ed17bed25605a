"""Texts as arrays of code points, flat or as columns of a rectangle, a block of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]

ROWS = 512  # of a block at most: what is made of them stays in a processor's cache
LETTERS = 1 << 20  # of a block, unless a single text is longer: bounds the memory of what is made of it


def blocks(*sides: Sequence[str], rows: int = ROWS) -> Iterator[slice]:
    """Consecutive slices of the rows of some equally long lists of texts, each of at most `rows` rows.

    A slice ends where the texts of its rows would be more than `LETTERS` letters together; it has at least one row.
    """
    size = sum((sizes(texts) for texts in sides), np.zeros(len(sides[0]), dtype=np.int64))
    ends = np.concatenate([[0], np.cumsum(size)])
    start = 0
    while start < len(size):
        reached = int(np.searchsorted(ends, ends[start] + LETTERS, side="right")) - 1
        stop = min(max(reached, start + 1), start + rows, len(size))
        yield slice(start, stop)
        start = stop


def sizes(texts: Sequence[str]) -> Ints:
    """Number of characters of each text, shape (n,)."""
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def flat(texts: Sequence[str]) -> Points:
    """The code points of all texts, one after the other; lone surrogates count as characters."""
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def columns(texts: Sequence[str], width: int, empty: int) -> Points:
    """Texts as the columns of a rectangle.

    Args:
        texts: n texts.
        width: Characters beyond this are left out.
        empty: What stands below the end of a text; above 0x10FFFF it equals no character.

    Returns:
        Shape (length of the longest, at most `width`; n).
    """
    cut = [text[:width] for text in texts]
    size = sizes(cut)
    found = np.full((len(cut), int(size.max(initial=0))), empty, dtype=np.uint32)
    found[np.arange(found.shape[1]) < size[:, None]] = flat(cut)
    return np.ascontiguousarray(found.T)
