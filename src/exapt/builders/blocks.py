"""Cuts records into blocks that divide no gene, and tells which windows lie too near to another split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Blocks:
    """The blocks of one record.

    Attributes:
        starts: First letter of each block, ascending, the first 0; integers, shape (n,).
        names: Name of each block, stable as long as the record and the size are: `<record>:<number>`. On a circular
            record whose origin lies in a gene the last block bears the name of the first.
        circular: Whether the end of the last block touches the first.
    """

    starts: np.ndarray
    names: tuple[str, ...]
    circular: bool = False

    def borders(self, splits: np.ndarray) -> np.ndarray:
        """Where a block touches one of another split.

        Args:
            splits: Number of each block's split, shape (n,).

        Returns:
            First letters of the blocks that follow one of another split; ascending integers.
        """
        before = np.roll(splits, 1)
        if not self.circular:
            before[0] = splits[0]
        return np.asarray(self.starts[splits != before])


def cut(record: str, genic: np.ndarray, size: int | None, circular: bool = False) -> Blocks:
    """Cut a record into blocks of about `size` letters; a cut that would divide a gene moves to the gene's end.

    Args:
        record: Its name.
        genic: Whether each letter lies in a gene; bool, shape (letters,). Genes that overlap or touch are one.
        size: Letters of a block; the rest of the record belongs to its last block. None makes one block.
        circular: Whether the record is a circle.
    """
    length = len(genic)
    count = 1 if size is None else max(1, length // size)
    free = np.append(np.flatnonzero(~genic), length)  # letters between genes
    kept = [(0, 0)]
    for number in range(1, count):
        start = number * (size or 0)
        if genic[start - 1] and genic[start]:
            start = int(free[np.searchsorted(free, start)])
        if kept[-1][0] < start < length:
            kept.append((start, number))
    names = [f"{record}:{number}" for _, number in kept]
    if circular and genic[0] and genic[-1]:
        names[-1] = names[0]
    return Blocks(np.array([start for start, _ in kept]), tuple(names), circular)


def near(starts: np.ndarray, length: int, borders: np.ndarray, letters: int, margin: int, circular: bool) -> np.ndarray:
    """Which windows hold a border, or a letter less than `margin` letters away from one.

    Args:
        starts: First letter of each window, shape (n,).
        length: Letters of a window.
        borders: First letters after a border, ascending.
        letters: Letters of the record.
        margin: Letters between a border and the nearest window.
        circular: Whether the record is a circle: a border near one end is then near the other end too.

    Returns:
        Bool array of shape (n,).
    """
    if circular:
        borders = np.concatenate([borders - letters, borders, borders + letters])
    after = np.searchsorted(borders, starts - margin, side="right")
    following = np.append(borders, np.iinfo(np.int64).max)[after]
    return np.asarray(following < starts + length + margin)
