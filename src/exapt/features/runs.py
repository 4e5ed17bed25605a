"""Hashes of the runs of characters in texts: of every k-mer and of every word, equal for equal runs.

A polynomial hash modulo 2**64 (Karp and Rabin 1987) over the prefix sums of the letters' hashes: the hash of any run is
a difference of two of them. It depends on nothing but the run, so it is the same in every process. Different runs have
equal hashes with a chance of about 2**-64; only the upper bits are well mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exapt.features.arrays import Ints, Points, flat, sizes

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)


@dataclass(frozen=True)
class Runs:
    """Where some runs stand and what they are.

    Attributes:
        owner: Number of the text that each run stands in, ascending, shape (runs,).
        code: The run's hash, shape (runs,).
    """

    owner: Ints
    code: Hashes


class Texts:
    """Some texts whose runs are to be hashed.

    Args:
        texts: n texts; about a million letters together take about 50 MB.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = sizes(texts)
        self.points = flat(texts)
        self.owner = np.repeat(np.arange(len(texts)), self.size)
        self.end = np.cumsum(self.size)
        n = len(self.points)
        self._unpower = _powers(_INVERSE, n)
        self._sums = np.zeros(n + 1, dtype=np.uint64)
        np.cumsum(_mixed(self.points) * _powers(_BASE, n), out=self._sums[1:])

    def kmers(self, k: int) -> Runs:
        """All runs of k characters, k >= 1, in their order in the texts."""
        n = max(0, len(self.points) - k + 1)
        inside = self.owner[:n] == self.owner[len(self.owner) - n :]
        # slices, not indices: this is where the time of all bags and overlaps goes
        code = (self._sums[len(self._sums) - n :] - self._sums[:n]) * self._unpower[:n]
        return Runs(self.owner[:n][inside], code[inside])

    def words(self, together: int = 1) -> Runs:
        """All runs of so many neighbouring words; a word is a run of letters and digits of any script."""
        inside = _alphanumeric(self.points)
        new = np.concatenate([[True], self.owner[1:] != self.owner[:-1]])[: len(inside)]
        before = np.concatenate([[False], inside[:-1]])[: len(inside)] & ~new
        after = np.concatenate([inside[1:] & ~new[1:], [False]])[: len(inside)]
        start, last = np.flatnonzero(inside & ~before), np.flatnonzero(inside & ~after)
        word, owner = _mixed(self._hashes(start, last + 1)), self.owner[start]
        whole = max(0, len(word) - together + 1)
        code = np.zeros(whole, dtype=np.uint64)
        for place, power in enumerate(_powers(_BASE, together)):
            code += word[place : place + whole] * power
        same = owner[:whole] == owner[len(owner) - whole :]
        return Runs(owner[:whole][same], code[same])

    def ends(self, k: int) -> tuple[Runs, Runs]:
        """The first and the last k characters of every text that has so many."""
        long = np.flatnonzero(self.size >= k)
        first, last = (self.end - self.size)[long], self.end[long]
        return Runs(long, self._hashes(first, first + k)), Runs(long, self._hashes(last - k, last))

    def _hashes(self, start: Ints, end: Ints) -> Hashes:
        found: Hashes = (self._sums[end] - self._sums[start]) * self._unpower[start]
        return found


def _powers(base: int, n: int) -> Hashes:
    """1, base, base squared, ... modulo 2**64, shape (n,)."""
    found = np.full(n, base, dtype=np.uint64)
    found[:1] = 1
    return np.cumprod(found, out=found)


def _mixed(points: Points | Hashes) -> Hashes:
    """A hash of each number: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    found = (points.astype(np.uint64) + np.uint64(1)) * np.uint64(_BASE)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def _alphanumeric(points: Points) -> npt.NDArray[np.bool_]:
    kinds, place = np.unique(points, return_inverse=True)
    known = np.fromiter((chr(point).isalnum() for point in kinds.tolist()), dtype=bool, count=len(kinds))
    found: npt.NDArray[np.bool_] = known[place]
    return found
