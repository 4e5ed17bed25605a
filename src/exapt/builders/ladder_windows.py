"""Where the ancestors of the ladder come from: generated codons, or windows of a genome dealt to splits by region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from exapt.builders.evolve import BASES, CODONS, USAGE, coding_windows
from exapt.builders.genomes import Genome, joined, read_genome
from exapt.builders.journal import Journal
from exapt.builders.ladder import REGION, WORD, DnaLadderRecipe
from exapt.builders.ladder_edits import codon_numbers, has_synonyms, is_stop
from exapt.builders.loci import deal, tile
from exapt.builders.repeats import words
from exapt.builders.writer import SPLITS
from exapt.errors import BadInput

_PART = 1 << 20  # letters that are looked at together
_DRAWS = 200  # times that as many windows are drawn as are wanted


class Windows(NamedTuple):
    """Ancestors.

    Attributes:
        codes: ASCII codes, uint8 of shape (n, longest); a shorter side takes the first letters.
        numbers: Number of each window in its genome, shape (n,); of no meaning if they are generated.
    """

    codes: np.ndarray
    numbers: np.ndarray


class Source(Protocol):
    """Gives windows, none of them twice."""

    def take(self, split: int, count: int, rng: np.random.Generator) -> Windows:
        """The next windows of a split."""

    def places(self, numbers: np.ndarray, length: int) -> dict[str, Any]:
        """Columns `record`, `start`, `end` (0-based, end excluded) and `locus` of windows; none if generated."""


def open_source(recipe: DnaLadderRecipe, journal: Journal) -> Source:
    """The source of a recipe's ancestors.

    Raises:
        BadInput: For a faulty genome, or one with too few windows.
    """
    if recipe.genome is None:
        return GeneratedWindows(recipe)
    return GenomeWindows(recipe, joined([read_genome(path) for path in recipe.inputs()["genome"]]), journal)


def suitable(recipe: DnaLadderRecipe, codes: np.ndarray) -> np.ndarray:
    """Whether windows can be ancestors at every level alike, shape (n,): if `synonymous`, no stop, enough synonyms."""
    good = np.ones(len(codes), dtype=bool)
    if recipe.synonymous:
        codons = codon_numbers(codes)
        good &= ~is_stop(recipe.table)[codons].any(axis=1)
        changeable = has_synonyms(recipe.table)[codons].cumsum(axis=1)
        for rung in recipe.rungs:
            good &= changeable[:, rung.length // 3 - 1] >= recipe.edits(rung)
    return good


class GeneratedWindows:
    """Windows of random codons, no two alike in the letters of the shortest side."""

    def __init__(self, recipe: DnaLadderRecipe) -> None:
        self._recipe = recipe
        self._seen: set[int] = set()
        # an odd factor for each letter makes a mark of 64 bits; two windows of one mark cost a window, no more
        self._factors = np.random.default_rng(0).integers(2**63, size=min(recipe.lengths), dtype=np.uint64) * 2 + 1
        usage = USAGE
        if recipe.gc is not None:
            usage = np.array([np.prod([(recipe.gc if c in "GC" else 1 - recipe.gc) / 2 for c in x]) for x in CODONS])
        if recipe.synonymous:
            usage = np.where(is_stop(recipe.table), 0, usage)
        self._usage = usage / usage.sum()

    def take(self, split: int, count: int, rng: np.random.Generator) -> Windows:
        recipe = self._recipe
        found: list[np.ndarray] = []
        lacking = count
        for _ in range(_DRAWS):
            drawn = max(64, min(count, 50 * lacking))
            codes = coding_windows(drawn, max(recipe.lengths), rng, self._usage, recipe.synonymous)
            codes = codes[suitable(recipe, codes)]
            fresh = codes[self._new(codes)][:lacking]
            found.append(fresh)
            lacking -= len(fresh)
            if not lacking:
                return Windows(np.concatenate(found), np.zeros(count, dtype=np.int64))
        raise BadInput(
            f"levels={recipe.levels}: hardly any sequence has that many codons to change; lower the highest."
        )

    def _new(self, codes: np.ndarray) -> np.ndarray:
        marks = (codes[:, : len(self._factors)].astype(np.uint64) @ self._factors).tolist()
        new = np.zeros(len(codes), dtype=bool)
        for row, mark in enumerate(marks):
            new[row] = mark not in self._seen
            self._seen.add(mark)
        return new

    def places(self, numbers: np.ndarray, length: int) -> dict[str, Any]:
        return {}


class GenomeWindows:
    """Windows of a genome side by side, regions dealt to splits, in random order."""

    def __init__(self, recipe: DnaLadderRecipe, genome: Genome, journal: Journal) -> None:
        self._recipe, self._names = recipe, np.array(genome.names)
        self._length = length = max(recipe.lengths)
        self._letters = np.frombuffer("".join(genome.sequences).encode(), dtype=np.uint8)
        sizes = np.array([len(sequence) for sequence in genome.sequences])
        self._offsets = np.cumsum(sizes) - sizes
        tiles = [tile(int(size), length, length, max(REGION, length)) for size in sizes]
        self._starts = np.concatenate([o + starts for o, (starts, _) in zip(self._offsets, tiles, strict=True)])
        before = np.cumsum([0, *(blocks.max(initial=-1) + 1 for _, blocks in tiles)])
        self._loci = np.concatenate([n + blocks for n, (_, blocks) in zip(before, tiles, strict=False)])
        journal.count({"windows of the genome": len(self._starts), "regions": int(before[-1])})
        foreign = np.concatenate([[0], np.cumsum(~np.isin(self._letters, BASES))])
        plain = foreign[self._starts + length] == foreign[self._starts]
        journal.count({"windows with other letters than A, C, G, T, left out": int((~plain).sum())})
        self._left = self._choose(np.flatnonzero(plain), genome.file, journal)

    def _choose(self, plain: np.ndarray, file: str, journal: Journal) -> list[np.ndarray]:
        """The numbers of the windows of each split, in the order in which they are given out."""
        recipe = self._recipe
        rng = np.random.default_rng([recipe.seed, 0])
        if not len(plain):
            raise BadInput(f"{file}: has no window of {self._length} letters A, C, G and T; give shorter lengths=.")
        split = deal(self._loci[plain], recipe.fractions, rng)
        dealt = [rng.permutation(plain[split == number]) for number in range(len(SPLITS))]
        each = 2 if recipe.negatives == "random" else 1
        needed = [each * recipe.blocks(number) * len(recipe.rungs) for number in range(len(SPLITS))]
        size = 2 * sum(needed)
        while True:
            # words are compared among twice as many windows as are needed, or all if these do not do
            candidates = [numbers[:size] for numbers in dealt]
            kept, counts = self._fitting(candidates)
            if all(len(k) >= n for k, n in zip(kept, needed, strict=True)) or size >= len(plain):
                break
            size *= 2
        blocks = [len(numbers) // (each * len(recipe.rungs)) for numbers in kept]
        # one block less: what is not whole may be rounded up
        most = min(4 * int((b - 1) / f) for b, f in zip(blocks, recipe.fractions, strict=True) if f > 0)
        for name, numbers, need in zip(SPLITS, kept, needed, strict=True):
            if len(numbers) < need:
                remedy = f"pairs={most} or less, " if most >= 4 else ""
                raise BadInput(
                    f"{file}: {len(numbers):,} windows of {self._length} letters can be used in {name}, {need:,} are "
                    f"needed; give {remedy}fewer levels= or lengths=, or a larger genome."
                )
        journal.count(counts)
        return [numbers[:need] for numbers, need in zip(kept, needed, strict=True)]

    def _fitting(self, candidates: list[np.ndarray]) -> tuple[list[np.ndarray], dict[str, int]]:
        numbers = np.concatenate(candidates)
        good = np.concatenate([suitable(self._recipe, part) for part in self._parts(numbers)])
        left = numbers[good]
        all_words = np.concatenate([_words(part).ravel() for part in self._parts(left)])
        all_words.sort()
        repeated = np.unique(all_words[1:][all_words[1:] == all_words[:-1]])
        del all_words
        single = [~np.isin(_words(part), repeated).any(axis=1) for part in self._parts(left)]
        kept = set(left[np.concatenate(single)].tolist())
        counts = {
            "windows compared": len(numbers),
            "windows with a stop or too few synonyms, left out": int((~good).sum()),
            f"windows with {WORD} letters that stand in another place too, left out": len(left) - len(kept),
        }
        return [np.array([n for n in part.tolist() if n in kept], dtype=np.int64) for part in candidates], counts

    def _parts(self, numbers: np.ndarray) -> Iterator[np.ndarray]:
        """The letters of windows, some at a time; at least one part, which may be empty."""
        for part in np.array_split(numbers, max(1, len(numbers) * self._length // _PART)):
            yield self._codes(part)

    def _codes(self, numbers: np.ndarray) -> np.ndarray:
        return np.asarray(self._letters[self._starts[numbers][:, None] + np.arange(self._length)])

    def take(self, split: int, count: int, rng: np.random.Generator) -> Windows:
        numbers, self._left[split] = np.split(self._left[split], [count])
        return Windows(self._codes(numbers), numbers)

    def places(self, numbers: np.ndarray, length: int) -> dict[str, Any]:
        starts = self._starts[numbers]
        record = np.searchsorted(self._offsets, starts, side="right") - 1
        start = starts - self._offsets[record]
        return {
            "record": pd.Series(self._names[record], dtype=object), "start": start, "end": start + length,
            "locus": self._loci[numbers],
        }  # fmt: skip


def _words(codes: np.ndarray) -> np.ndarray:
    """Every word of WORD letters of windows in ASCII, the same on both strands: shape (n, length - WORD + 1)."""
    number = np.zeros(256, dtype=np.uint8)
    number[BASES] = np.arange(4)
    return words(number[codes], WORD)
