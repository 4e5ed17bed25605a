"""Makes sequences and changes them: windows of random codons, substitutions and indels, blocks in another order."""

from __future__ import annotations

import itertools

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

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
BASES = np.frombuffer(b"ACGT", dtype=np.uint8)


def coding_windows(
    count: int, length: int, rng: np.random.Generator, usage: np.ndarray = USAGE, in_frame: bool = False
) -> np.ndarray:
    """Windows of random codons, drawn one by one.

    Args:
        count: Number of windows.
        length: Letters of a window.
        rng: Draws.
        usage: Probability of each of `CODONS`, shape (64,).
        in_frame: Begin with a whole codon; else at a random phase.

    Returns:
        ASCII codes, uint8 of shape (count, length).
    """
    codes = np.array([[ord(letter) for letter in codon] for codon in CODONS], dtype=np.uint8)
    drawn = rng.choice(len(CODONS), size=(count, -(-(length + 2) // 3)), p=usage)
    whole = codes[drawn].reshape(count, -1)
    if in_frame:
        return whole[:, :length]
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
        text[np.arange(n), come] = BASES[rng.integers(4, size=n)]
    chosen = rng.random((n, length)).argsort(axis=1).argsort(axis=1) < substitutions
    other = BASES[(np.searchsorted(BASES, text) + rng.integers(1, 4, (n, length))) % 4]
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


def texts_of(codes: np.ndarray) -> list[str]:
    """The rows of ASCII codes, uint8 of shape (n, length), as n strings."""
    return [row.tobytes().decode("ascii") for row in codes]


def edit_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Levenshtein distance of each row of `a` from the same row of `b`, shape (n,)."""
    return np.asarray(process.cpdist(texts_of(a), texts_of(b), scorer=Levenshtein.distance))
