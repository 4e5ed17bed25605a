"""Leaves windows out that share a long word with a window of another split, on either strand: repeats, gene copies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import Console
from rich.progress import track

from exapt.builders.writer import SPLITS

WORD = 31  # letters; by chance two of a million windows hardly share one, copies of a gene nearly always do
CHUNK = 10_000  # windows whose words are made at a time


def words(letters: np.ndarray, size: int) -> np.ndarray:
    """All words of windows, each and its reverse complement by one number.

    Args:
        letters: A 0, C 1, G 2, T 3; shape (n, length), dtype uint8.
        size: Letters of a word, 1 to 31.

    Returns:
        Shape (n, length - size + 1), dtype uint64.
    """
    return np.asarray(np.minimum(_read(letters, size), _read(3 - letters[:, ::-1], size)[:, ::-1]))


def _read(letters: np.ndarray, size: int) -> np.ndarray:
    """The words as numbers of base 4; made from shorter ones, as powers are by squaring."""
    single = letters.astype(np.uint64)
    made, have = single, 1
    for bit in bin(size)[3:]:
        made = made[:, :-have] << np.uint64(2 * have) | made[:, have:]
        have *= 2
        if bit == "1":
            made = made[:, :-1] << np.uint64(2) | single[:, have:]
            have += 1
    return made


def shared(letters: np.ndarray, split: np.ndarray) -> np.ndarray:
    """Which windows must go so that no two splits share a word.

    A word is of `WORD` letters, or as long as a window if that is shorter.

    The test split keeps all its windows; dev loses what it shares with test, and train what it shares with either.

    Args:
        letters: As for `words`.
        split: Number of each window's split (0 train, 1 dev, 2 test), shape (n,).

    Returns:
        Bool array of shape (n,).
    """
    console = Console(stderr=True)
    size = min(WORD, letters.shape[1])
    gone = np.zeros(len(letters), bool)
    seen = np.empty(0, np.uint64)
    marks = np.zeros(1 << 24, bool)
    for number in (2, 1, 0):
        mine = np.flatnonzero(split == number)
        held = [seen]
        chunks = list(_chunks(mine))
        title = f"comparing {SPLITS[number]} with the other splits"
        for chunk in track(chunks, title, console=console, transient=True, disable=not console.is_terminal):
            made = words(letters[chunk], size)
            gone[chunk] = _among(made, seen, marks).any(axis=1)
            if number:  # nothing comes after train
                held.append(made[~gone[chunk]].ravel())
        seen = np.sort(np.concatenate(held))
        marks[_mark(seen)] = True
    return gone


def _among(made: np.ndarray, seen: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Which words are among those seen (sorted). Few are: the marks spare most of them the search."""
    found: np.ndarray = marks[_mark(made)]
    asked = made[found]
    at = np.minimum(np.searchsorted(seen, asked), max(len(seen) - 1, 0))
    found[found] = seen[at] == asked
    return found


def _mark(made: np.ndarray) -> np.ndarray:
    """A number below 2^24 for each word (multiplicative hashing, Knuth, TAOCP 3, 6.4)."""
    return np.asarray((made * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40))


def _chunks(rows: np.ndarray) -> Iterator[np.ndarray]:
    for begin in range(0, len(rows), CHUNK):
        yield rows[begin : begin + CHUNK]
