"""Generated DNA: an ancestor made of codons against a descendant at a set identity, or against no relative of it."""

import itertools
from dataclasses import field
from typing import Literal

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.rings import ring_table
from exapt.tasks.task import Split

# Sense codons per 10,000 in the 4,298 translated coding sequences of Escherichia coli K-12 MG1655 (NC_000913.3),
# counted from its annotation; rows by first base T C A G, columns by second and third base in that order.
_ECOLI = """
223 166 138 137  84  86  70  89 161 122   0   0  51  65   0 153
110 112  39 535  70  55  84 235 129  98 154 291 212 222  35  53
306 254  41 280  88 236  69 144 174 216 338 103  87 161  20  11
183 154 109 265 153 258 202 341 321 192 399 179 248 299  78 110
"""
CODONS = np.array(["".join(c) for c in itertools.product("TCAG", repeat=3)])
USAGE = np.array(_ECOLI.split(), dtype=np.float64)
USAGE /= USAGE.sum()
_BASES = np.frombuffer(b"ACGT", dtype=np.uint8)
_ROUNDS = 200


@settings
class DnaSynth(GeneratedTask):
    """Is the right side a descendant of the left side?

    Ancestors are windows, at any phase, of codons drawn one by one by the usage of E. coli without stop codons. A
    descendant has substitutions, and indels as pairs of one deletion and one insertion, so that the length stays. Its
    edit distance from the ancestor is exactly round((1 - identity) · length): draws whose edits cancel are repeated.

    Both kinds of negatives are swap blocks, every sequence standing once under each label: `unrelated` pairs an
    ancestor with another one's descendant; `scrambled` with its own descendant, cut into blocks in another order (no
    block in its place, no two blocks neighbours as before), while the block-scrambled ancestor and descendant make the
    other positive. Tasks that differ in identity or indels only have the same ancestors.

    Attributes:
        length: Letters of a side.
        identity: 1 - edit distance / length of a positive pair, 0.6 to 1.
        indels: Share of the edits that are insertions or deletions, 0 to 1, rounded to whole pairs; with scrambled
            negatives the two of a pair lie in one block.
        negatives: Kind of the negatives.
        block: Length of a block of `scrambled`; at least 4 blocks to a sequence.
    """

    name: str = "dna_synth"
    labels: list[str] = field(default_factory=lambda: ["unrelated", "homologous"])
    positive: str = "homologous"
    length: int = 40
    identity: float = 0.80
    indels: float = 0.2
    negatives: Literal["unrelated", "scrambled"] = "unrelated"
    block: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length < 12:
            raise BadInput(f"{self.name}: length is {self.length}; give at least 12 letters.")
        if not 0.6 <= self.identity <= 1:
            raise BadInput(f"{self.name}: identity is {self.identity}; give 0.6 to 1 (random DNA aligns at about 0.5).")
        if not 0 <= self.indels <= 1:
            raise BadInput(f"{self.name}: indels is {self.indels}; give a share from 0 to 1.")
        if self.negatives == "scrambled" and not 2 <= self.block <= self.length // 4:
            raise BadInput(
                f"{self.name}: block is {self.block}; give 2 to {self.length // 4}, a quarter of the length."
            )

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        scrambled = self.negatives == "scrambled"
        families = pairs // 4 if scrambled else pairs // 2
        ancestors = coding_windows(families, self.length, rng)
        order = scramble_orders(families, self.length, self.block, rng) if scrambled else None
        descendants = self._descendants(ancestors, order, rng)
        if order is not None:
            # an ancestor and its scrambled self make one swap block
            ancestors = np.stack([ancestors, np.take_along_axis(ancestors, order, 1)], 1).reshape(-1, self.length)
            descendants = np.stack([descendants, np.take_along_axis(descendants, order, 1)], 1).reshape(-1, self.length)
        frame, i, j = ring_table(_texts(ancestors), _texts(descendants), [2] * (pairs // 4), self.space, split)
        distance = process.cpdist(frame["left"].tolist(), frame["right"].tolist(), scorer=Levenshtein.distance)
        kind = np.where(i == j, "homologous", self.negatives)
        return frame.assign(identity=1 - distance / self.length, kind=kind.tolist())

    def _descendants(self, ancestors: np.ndarray, order: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
        edits = round((1 - self.identity) * self.length)
        twins = round(edits * self.indels / 2)
        block = self.length if order is None else self.block
        made = np.empty_like(ancestors)
        open_rows = np.arange(len(ancestors))
        for _ in range(_ROUNDS):
            old = ancestors[open_rows]
            new = mutate(old, edits - 2 * twins, twins, block, rng)
            right = _distances(old, new) == edits
            if order is not None:
                moved = order[open_rows]
                right &= _distances(np.take_along_axis(old, moved, 1), np.take_along_axis(new, moved, 1)) == edits
            made[open_rows[right]] = new[right]
            open_rows = open_rows[~right]
            if not len(open_rows):
                return made
        raise BadInput(
            f"{self.name}: identity={self.identity} with indels={self.indels} is hardly ever met; change one of them."
        )


def coding_windows(count: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """Windows of random codons at a random phase: ASCII codes, uint8 of shape (count, length)."""
    codes = np.array([[ord(letter) for letter in codon] for codon in CODONS], dtype=np.uint8)
    drawn = rng.choice(len(CODONS), size=(count, -(-(length + 2) // 3)), p=USAGE)
    whole = codes[drawn].reshape(count, -1)
    return np.take_along_axis(whole, rng.integers(3, size=(count, 1)) + np.arange(length), 1)


def mutate(text: np.ndarray, substitutions: int, twins: int, block: int, rng: np.random.Generator) -> np.ndarray:
    """Random edits that keep the length.

    Args:
        text: ASCII codes of A, C, G, T, uint8 of shape (n, length).
        substitutions: Letters of each row that are replaced by another one, at different places.
        twins: Pairs of one deletion and one insertion of each row.
        block: The two of a pair lie in one block of this length (a last block of one letter takes in the one before).
        rng: Chooses places and letters.

    Returns:
        The edited codes, of the same shape. Edits can cancel, so that the edit distance is at most
        `substitutions` + 2 · `twins`.
    """
    n, length = text.shape
    place = np.arange(length)
    for _ in range(twins):
        low = rng.integers(-(-length // block), size=n) * block
        low = np.minimum(low, length - 2)
        size = np.minimum(low + block, length) - low
        gone = low + rng.integers(size)
        come = low + (gone - low + rng.integers(1, size)) % size
        shift = ((gone[:, None] <= place) & (place < come[:, None])).astype(np.int64)
        shift -= (come[:, None] < place) & (place <= gone[:, None])
        text = np.take_along_axis(text, place + shift, 1)
        text[np.arange(n), come] = _BASES[rng.integers(4, size=n)]
    chosen = rng.random((n, length)).argsort(axis=1).argsort(axis=1) < substitutions
    other = _BASES[(np.searchsorted(_BASES, text) + rng.integers(1, 4, (n, length))) % 4]
    return np.where(chosen, other, text)


def scramble_orders(count: int, length: int, block: int, rng: np.random.Generator) -> np.ndarray:
    """Orders of letters that permute whole blocks, shape (count, length).

    No block is in its own place and none follows the one that it followed. The last block may be shorter.
    """
    places = [np.arange(length)[k : k + block] for k in range(0, length, block)]
    orders = []
    for _ in range(count):
        while True:
            order = rng.permutation(len(places))
            if (order != np.arange(len(places))).all() and (np.diff(order) != 1).all():
                break
        orders.append(np.concatenate([places[k] for k in order]))
    return np.array(orders, dtype=np.int64).reshape(count, length)


def _texts(codes: np.ndarray) -> list[str]:
    return [row.tobytes().decode("ascii") for row in codes]


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(process.cpdist(_texts(a), _texts(b), scorer=Levenshtein.distance))
