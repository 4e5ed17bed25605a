"""MinHash: short signatures of texts whose agreement estimates the Jaccard similarity, and the pairs worth a look."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import numpy.typing as npt

from exapt.sequences import IUPAC_DNA, reverse_complement

Signatures = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]
Unit = Literal["letters", "words"]

CHUNK = 1 << 17  # shingles hashed at a time: what a processor's cache takes
FULL = 16  # a bucket of up to this many texts gives all its pairs
NEXT = 2  # of a larger one each text is paired with so many that follow it, and with the bucket's first
_HELD = 1 << 22  # candidates gathered before equal ones are dropped
_BASE, _DRAW, _ORDER = 0x9E3779B97F4A7C15, 1, 2


def signatures(
    texts: Sequence[str],
    *,
    k: int,
    permutations: int,
    seed: int = 0,
    unit: Unit = "letters",
    both_strands: bool = False,
    threads: int = 1,
    told: Callable[[float], None] = lambda share: None,
) -> Signatures:
    """MinHash signatures of the sets of shingles of some texts (Broder 1997, doi:10.1109/SEQUEN.1997.666900).

    A shingle is a run of k letters or words; a text that is shorter is one shingle as a whole. Two texts' signatures
    agree in a share of places whose expectation is the Jaccard similarity of their sets of shingles. Shingles are
    hashed by their content, so that signatures of two calls, processes or machines can be compared.

    Args:
        texts: n texts.
        k: Letters or words of a shingle, at least 1.
        permutations: Numbers of a signature, at least 1.
        seed: Of the permutations.
        unit: What a shingle is made of; words are parted by white space.
        both_strands: For DNA in upper case: a shingle and its reverse complement are the same.
        threads: How many share the work; the signatures are the same.
        told: Called with the share that is done, 0 to 1.

    Returns:
        Shape (n, permutations), laid out by permutation. A text without any letter or word has the largest number
        everywhere.

    Raises:
        ValueError: If `k` or `permutations` is below 1, or words are asked for on both strands.
    """
    if k < 1 or permutations < 1:
        raise ValueError(f"k and permutations must be at least 1, got {k} and {permutations}")
    if both_strands and unit == "words":
        raise ValueError("words have no other strand")
    # raw numbers of PCG64 stay the same between versions of numpy
    drawn = np.random.PCG64([seed, _DRAW]).random_raw(2 * permutations).astype(np.uint32)
    factor, shift = drawn[:permutations] | np.uint32(1), drawn[permutations:]
    made = np.full((permutations, len(texts)), np.iinfo(np.uint32).max, dtype=np.uint32)

    def sign(chunk: tuple[int, int]) -> None:
        start, stop = chunk
        sizes, shingles = _shingles(texts[start:stop], k, unit, both_strands)
        rows = start + np.flatnonzero(sizes)
        if not len(rows):
            return
        begins = np.concatenate([[0], np.cumsum(sizes[sizes > 0])[:-1]])
        held = np.empty_like(shingles)
        for i in range(permutations):
            np.multiply(shingles, factor[i], out=held)
            np.add(held, shift[i], out=held)
            made[i, rows] = np.minimum.reduceat(held, begins)

    chunks = list(_chunks(texts))
    with ThreadPoolExecutor(threads) as pool:
        for done, _ in enumerate(pool.map(sign, chunks), start=1):
            told(done / len(chunks))
    return made.T


def agreement(made: Signatures, first: Numbers, second: Numbers) -> npt.NDArray[np.float64]:
    """The estimated Jaccard similarity of pairs of texts, 0 to 1.

    Args:
        made: Signatures, shape (n, permutations).
        first: Numbers of texts, shape (pairs,).
        second: Likewise.

    Returns:
        Shape (pairs,); its standard error is the root of J (1 - J) / permutations.
    """
    return np.asarray((made[first] == made[second]).mean(axis=1), dtype=np.float64)


def candidate_pairs(
    made: Signatures,
    rows: int,
    seed: int = 0,
    *,
    threads: int = 1,
    told: Callable[[float], None] = lambda share: None,
) -> Numbers:
    """Pairs of texts that agree in all `rows` numbers of at least one band of their signatures.

    Locality-sensitive hashing by banding (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3): with b
    bands a pair of similarity J is found with probability 1 - (1 - J^rows)^b. A bucket of more than 16 texts does not
    give all its pairs: each text is paired with the two that follow it in a random order and with the bucket's first,
    so that n texts never give more than 16 n pairs a band. Give each text once: equal ones share all their buckets.

    Args:
        made: Signatures, shape (n, permutations); numbers after the last whole band are not looked at.
        rows: Numbers of a band, 1 to permutations.
        seed: Of the order within large buckets.
        threads: How many share the work; the pairs are the same.
        told: Called with the share that is done, 0 to 1.

    Returns:
        Shape (pairs, 2), each row ascending, rows sorted, each once.

    Raises:
        ValueError: If `rows` is below 1 or above the number of permutations.
    """
    n, permutations = made.shape
    if not 1 <= rows <= permutations:
        raise ValueError(f"rows must be from 1 to {permutations}, got {rows}")
    bands = permutations // rows

    def within(band: int) -> Numbers:
        key = np.zeros(n, dtype=np.uint64)
        for column in range(band * rows, (band + 1) * rows):
            key = _mixed(key ^ made[:, column])
        order = np.random.default_rng([seed, _ORDER, band]).permutation(n)
        return np.concatenate(
            [np.empty(0, dtype=np.int64)]
            + [np.minimum(one, other) * n + np.maximum(one, other) for one, other in _same(key, order)]
        )

    known, waiting = np.empty(0, dtype=np.int64), [np.empty(0, dtype=np.int64)]
    with ThreadPoolExecutor(threads) as pool:
        for band in range(0, bands, threads):  # a few at a time: what they find takes memory
            waiting += pool.map(within, range(band, min(band + threads, bands)))
            if sum(map(len, waiting)) > _HELD:
                known, waiting = np.unique(np.concatenate([known, *waiting])), []
            told(min(band + threads, bands) / bands)
    known = np.unique(np.concatenate([known, *waiting]))
    return np.stack(np.divmod(known, max(n, 1)), axis=1)


def _same(key: npt.NDArray[np.uint64], order: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Pairs of numbers with one key, a few arrays of them; what is done with large buckets hangs on the order."""
    # the upper bits of the key and the place in the order as one number: sorting those is far faster than an argsort,
    # and of n keys two that differ agree in their upper bits with a chance of n^3 / 2^64 at most
    places = np.uint64((1 << max(1, (len(key) - 1).bit_length())) - 1)
    ranked = (key[order] & ~places) | np.arange(len(key), dtype=np.uint64)
    ranked.sort()
    order = order[(ranked & places).astype(np.int64)]
    ranked &= ~places
    begin = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])[: len(ranked)])
    size = np.diff(np.append(begin, len(ranked)))
    order = order[np.repeat(size > 1, size)]
    begin, size = np.cumsum(np.append(0, size[size > 1]))[:-1], size[size > 1]
    left = np.repeat(begin + size, size) - np.arange(len(order)) - 1  # how many of the bucket follow
    reach = np.minimum(left, np.repeat(np.where(size > FULL, NEXT, FULL), size))
    for step in range(1, int(reach.max(initial=0)) + 1):
        at = np.flatnonzero(reach >= step)
        yield order[at], order[at + step]
    large = np.flatnonzero(np.repeat(size > FULL, size) & (np.repeat(begin, size) + NEXT < np.arange(len(order))))
    yield order[large], order[np.repeat(begin, size)[large]]


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Runs of texts that hold about `CHUNK` letters together."""
    size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    edges = np.flatnonzero(np.diff(np.cumsum(size) // CHUNK, prepend=-1, append=-1))
    yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


def _shingles(texts: Sequence[str], k: int, unit: Unit, both_strands: bool) -> tuple[Numbers, Signatures]:
    """How many shingles each text has, and all of them as well mixed numbers, text by text."""
    if unit == "words":
        words = [text.split() for text in texts]
        known = {word: _digest(word) for words_of in words for word in words_of}
        size = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
        value = np.array([known[word] for words_of in words for word in words_of], dtype=np.uint64)
    else:
        size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        value = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    count = np.where(size > 0, np.maximum(size - k + 1, 1), 0)
    begins = np.cumsum(size) - size
    start = np.arange(int(count.sum())) + np.repeat(begins - (np.cumsum(count) - count), count)
    # what a short text lacks at its end is 0, which is no letter
    value, stop = np.append(value, np.zeros(1, dtype=np.uint64)), np.repeat(begins + size, count)
    at = [np.where(start + i < stop, start + i, len(value) - 1) for i in range(k)]
    made = _mixed(_folded(value, at))
    if both_strands:
        other = _other_strand(value)
        whole = start + k <= stop
        if whole.all():
            return count, np.minimum(made, _mixed(_folded(other, at[::-1]))).astype(np.uint32)
        # a text that is shorter than a shingle is read from its own end
        back = [np.where(stop - 1 - i >= start, stop - 1 - i, len(value) - 1) for i in range(k)]
        turned = np.where(whole, _folded(other, at[::-1]), _folded(other, back))
        return count, np.minimum(made, _mixed(turned)).astype(np.uint32)
    return count, made.astype(np.uint32)


def _folded(value: npt.NDArray[np.uint64], at: Sequence[Numbers]) -> npt.NDArray[np.uint64]:
    """A polynomial of the values at some places, modulo 2^64."""
    made = np.zeros(len(at[0]), dtype=np.uint64)
    for places in at:
        made = made * np.uint64(_BASE) + value[places]
    return made


def _mixed(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Every bit of the result depends on every bit of the value: the finaliser of SplitMix64 (Steele et al. 2014)."""
    value = value + np.uint64(_BASE)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _other_strand(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    table = np.arange(max(128, int(value.max(initial=0)) + 1), dtype=np.uint64)
    for letter in IUPAC_DNA:
        table[ord(letter)] = ord(reverse_complement(letter))
    return np.asarray(table[value])


def _digest(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
