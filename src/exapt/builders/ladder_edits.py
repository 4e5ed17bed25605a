"""Descendants at an exact distance: scripts of edits that are altered until no edit cancels another one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exapt.builders.evolve import BASES, CODONS, edit_distances
from exapt.errors import BadInput
from exapt.sequences import genetic_code

MOVED = 6  # places of a script, on average, that are drawn anew in a round
ROUNDS = 20_000
_NUMBER = np.zeros(256, dtype=np.uint8)  # of each letter's ASCII code: A 0, C 1, G 2, T 3
_NUMBER[BASES] = np.arange(4)


class Family(NamedTuple):
    """Descendants of n ancestors.

    Attributes:
        descendants: ASCII codes, uint8 of shape (n, length).
        scrambled: The same with their blocks in the order given; as `descendants` if none was given.
        transitions: Made in each, shape (n,).
        transversions: Likewise.
        indels: Insertions and deletions together, likewise.
    """

    descendants: np.ndarray
    scrambled: np.ndarray
    transitions: np.ndarray
    transversions: np.ndarray
    indels: np.ndarray


class _Script(NamedTuple):
    """What happens to each letter: places of lowest rank are substituted, the next deleted, the next inserted after.

    Attributes:
        keys: Random numbers that rank the places of each row, shape (n, length).
        letters: Random numbers 0 to 3 that choose letters, uint8 of the same shape.
        substitutions: Of each row, shape (n,).
        transitions: How many of them, shape (n,).
        twins: Deletions, and as many insertions, shape (n,).
    """

    keys: np.ndarray
    letters: np.ndarray
    substitutions: np.ndarray
    transitions: np.ndarray
    twins: np.ndarray

    def take(self, rows: np.ndarray) -> _Script:
        return _Script(*(part[rows] for part in self))

    def ordered(self, order: np.ndarray | None) -> _Script:
        """The script of the scrambled ancestor: every edit stays with its letter."""
        if order is None:
            return self
        keys, letters = (np.take_along_axis(part, order, 1) for part in (self.keys, self.letters))
        return self._replace(keys=keys, letters=letters)

    def apply(self, old: np.ndarray) -> np.ndarray:
        rank = self.keys.argsort(axis=1).argsort(axis=1)
        first, second, third = (
            bound[:, None] for bound in np.cumsum([self.substitutions, self.twins, self.twins], axis=0)
        )
        # in the order A C G T a transition is a step of two, a transversion of one or three
        step = np.where(rank < self.transitions[:, None], 2, 1 + 2 * (self.letters & 1))
        letter = np.where(rank < first, BASES[(_NUMBER[old] + step) % 4], old)
        if not self.twins.any():
            return letter
        kept = (rank < first) | (rank >= second)
        inserted = (rank >= second) & (rank < third)
        both = np.stack([letter, BASES[self.letters]], axis=2)
        return np.asarray(both[np.stack([kept, inserted], axis=2)]).reshape(old.shape)


def descend(
    ancestors: np.ndarray,
    edits: int,
    indels: float,
    transitions: float,
    order: np.ndarray | None,
    rng: np.random.Generator,
) -> Family:
    """Descendants whose edit distance from their ancestor is exactly the number of edits made.

    Edits are drawn at random, and where some cancel, a few of them are drawn anew as long as that takes the two no
    nearer together. How many of which kind there are is drawn once for each row, so that this changes no share.

    Args:
        ancestors: ASCII codes of A, C, G, T, uint8 of shape (n, length).
        edits: Edits of each row; with `order` the distance of the two scrambled sequences too.
        indels: Expected share of them that are insertions or deletions, one of each at a time.
        transitions: Probability that a substitution is a transition.
        order: Places of the letters of scrambled ancestors, shape (n, length); an edit moves with its letter.
        rng: Draws.

    Raises:
        BadInput: If there seems to be no such descendant.
    """
    n, length = ancestors.shape
    twins = np.minimum(np.floor(edits * indels / 2 + rng.random(n)), edits // 2).astype(np.int64)
    substitutions = edits - 2 * twins
    script = _Script(
        rng.random((n, length)), rng.integers(4, size=(n, length), dtype=np.uint8),
        substitutions, rng.binomial(substitutions, transitions), twins,
    )  # fmt: skip
    orders = [None] if order is None else [None, order]
    made = [np.empty_like(ancestors) for _ in orders]
    best = np.full(n, -1)
    open_rows = np.arange(n)
    for _ in range(ROUNDS):
        mine = script.take(open_rows)
        if best[0] >= 0:
            again = rng.random(mine.keys.shape) < MOVED / length
            mine = mine._replace(
                keys=np.where(again, rng.random(again.shape), mine.keys),
                letters=np.where(again, rng.integers(4, size=again.shape, dtype=np.uint8), mine.letters),
            )
        old = [_in_order(ancestors[open_rows], o, open_rows) for o in orders]
        new = [mine.ordered(o if o is None else o[open_rows]).apply(a) for o, a in zip(orders, old, strict=True)]
        distance = np.sum([edit_distances(a, b) for a, b in zip(old, new, strict=True)], axis=0)
        better = distance >= best[open_rows]
        rows = open_rows[better]
        best[rows] = distance[better]
        script.keys[rows], script.letters[rows] = mine.keys[better], mine.letters[better]
        for whole, part in zip(made, new, strict=True):
            whole[rows] = part[better]
        open_rows = open_rows[best[open_rows] < edits * len(orders)]
        if not len(open_rows):
            return Family(made[0], made[-1], script.transitions, substitutions - script.transitions, 2 * twins)
    raise BadInput(f"levels: {edits} edits in {length} letters that do not cancel are hardly ever found; leave it out.")


def _in_order(codes: np.ndarray, order: np.ndarray | None, rows: np.ndarray) -> np.ndarray:
    return codes if order is None else np.take_along_axis(codes, order[rows], 1)


def change_codons(
    ancestors: np.ndarray, codons: int, table: int, order: np.ndarray | None, rng: np.random.Generator
) -> Family:
    """Descendants in which a number of codons is another one of the same residue, all of these equally likely.

    Args:
        ancestors: ASCII codes in frame 0, uint8 of shape (n, length); each has as many codons with a synonym.
        codons: Codons changed in each row.
        table: Number of the genetic code.
        order: As in `descend`; moves whole codons.
        rng: Draws.
    """
    n, length = ancestors.shape
    old = codon_numbers(ancestors)
    synonyms = _synonyms(table)
    counts = synonyms.sum(axis=1)
    rank = np.where(counts[old] > 0, rng.random(old.shape), 2).argsort(axis=1).argsort(axis=1)
    # the k-th synonym of a codon, k drawn below their number
    listed = np.argsort(~synonyms, axis=1, kind="stable")
    other = listed[old, rng.integers(np.maximum(counts[old], 1))]
    letters = np.array([list(codon.encode()) for codon in CODONS], dtype=np.uint8)
    new = letters[np.where(rank < codons, other, old)].reshape(n, length)
    changed = ancestors != new
    transitions = (changed & ((_NUMBER[ancestors] ^ _NUMBER[new]) == 2)).sum(axis=1)
    scrambled = new if order is None else np.take_along_axis(new, order, 1)
    return Family(new, scrambled, transitions, changed.sum(axis=1) - transitions, np.zeros(n, dtype=np.int64))


def codon_numbers(codes: np.ndarray) -> np.ndarray:
    """Number in `CODONS` of each codon of ASCII codes, uint8 of shape (n, length): shape (n, length / 3)."""
    place = np.zeros(256, dtype=np.int64)
    place[np.frombuffer(b"TCAG", dtype=np.uint8)] = np.arange(4)
    n, length = codes.shape
    return np.asarray(place[codes].reshape(n, length // 3, 3) @ np.array([16, 4, 1]))


def has_synonyms(table: int) -> np.ndarray:
    """Whether each of `CODONS` has another one of the same residue, shape (64,)."""
    return np.asarray(_synonyms(table).any(axis=1))


def is_stop(table: int) -> np.ndarray:
    """Whether each of `CODONS` only stops, shape (64,)."""
    return np.asarray(_residues(table) == "*")


def _residues(table: int) -> np.ndarray:
    return np.array([genetic_code(table).residues[codon] for codon in CODONS.tolist()])


def _synonyms(table: int) -> np.ndarray:
    residues = _residues(table)
    return np.asarray((residues[:, None] == residues) & ~np.eye(64, dtype=bool))
