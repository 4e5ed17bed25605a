"""Clean tables made offline from a seed: pairs of sentences, of DNA, and of DNA with a protein."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from exapt.audit.selftest.rows import Base, Kind, swap_blocks
from exapt.builders.evolve import coding_windows, mutate, texts_of
from exapt.sequences import translate
from exapt.tasks.grammar import sentence

ROWS = 2000
LETTERS = 80  # of a sentence, at least
DNA = 96  # letters of a side of a pair of DNA
CODONS, GENE, RESIDUES = 30, 40, 34  # of a side of DNA, of the gene that it is cut from, of a side of protein
IDENTITY = 0.8  # of a descendant

# what a true relation of the sides shows in: the families that a sheet would declare
ALIKE = ("composition", "k-mer bags", "k-mer overlap", "MinHash", "edit", "alignment")
SIGNALS: Mapping[Kind, tuple[str, ...]] = {
    "text": ALIKE, "dna": (*ALIKE, "translation"), "coding": ("composition", "k-mer bags", "translation"),
}  # fmt: skip


def text(rng: np.random.Generator, rows: int = ROWS) -> Base:
    """Sentences of the project's grammar (`exapt.tasks.grammar`), all different; the labels mean nothing."""
    texts = sentences(rows, rng)
    return Base("text", swap_blocks(texts[: rows // 2], texts[rows // 2 :], rng))


def dna(rng: np.random.Generator, rows: int = ROWS) -> Base:
    """Windows of random codons at any phase; the labels mean nothing."""
    texts = texts_of(coding_windows(rows, DNA, rng))
    return Base("dna", swap_blocks(texts[: rows // 2], texts[rows // 2 :], rng))


def coding(rng: np.random.Generator, rows: int = ROWS) -> Base:
    """Windows of one gene with windows of its protein; the labels mean nothing.

    The four sides of a block are cut from one gene at random places, so that every pair, positive or negative, shows
    its protein: the pairs are answerable, and what coding is about tells no label.
    """
    return coding_from(texts_of(coding_windows(rows // 4, 3 * GENE, rng, in_frame=True)), rng)


def coding_from(genes: list[str], rng: np.random.Generator) -> Base:
    """Blocks of windows of genes of 40 codons each, and of their proteins."""
    left, right = [], []
    for gene in genes:
        protein = translate(gene)
        for start in rng.choice(GENE - CODONS + 1, 2, replace=False).tolist():
            left.append(gene[3 * start : 3 * (start + CODONS)])
        for start in rng.choice(GENE - RESIDUES + 1, 2, replace=False).tolist():
            right.append(protein[start : start + RESIDUES])
    return Base("coding", swap_blocks(left, right, rng))


def true_text(rng: np.random.Generator, rows: int = ROWS) -> Base:
    """A sentence against a copy with letters replaced, or a copy of another one of as many words and letters."""
    left = list(_alike(rows // 2, rng))
    return Base("text", swap_blocks(left, [replaced(one, 0.2, rng) for one in left], rng, drawn=False), SIGNALS["text"])


def true_dna(rng: np.random.Generator, rows: int = ROWS) -> Base:
    """A window against its descendant, or another one's."""
    codes = coding_windows(rows // 2, DNA, rng)
    edits = round((1 - IDENTITY) * DNA)
    right = texts_of(mutate(codes, edits - 4, 2, DNA, rng))
    return Base("dna", swap_blocks(texts_of(codes), right, rng, drawn=False), SIGNALS["dna"])


def true_coding(rng: np.random.Generator, rows: int = ROWS) -> Base:
    """DNA with the protein that it codes for, or another one's."""
    left = texts_of(coding_windows(rows // 2, 3 * CODONS, rng, in_frame=True))
    return Base("coding", swap_blocks(left, [translate(one) for one in left], rng, drawn=False), SIGNALS["coding"])


BASES: Mapping[Kind, Callable[..., Base]] = {"text": text, "dna": dna, "coding": coding}
TRUE: Mapping[Kind, Callable[..., Base]] = {"text": true_text, "dna": true_dna, "coding": true_coding}


def sentences(count: int, rng: np.random.Generator) -> list[str]:
    """Different sentences of at least 80 letters."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[sentence(rng, LETTERS)] = None
    return list(found)


def replaced(one: str, share: float, rng: np.random.Generator) -> str:
    """A sentence with a share of its letters replaced; spaces stay."""
    letters = list(one)
    inside = [place for place, letter in enumerate(letters) if letter != " "]
    for place in rng.permutation(inside)[: round(share * len(inside))].tolist():
        letters[place] = "abcdefghijklmnopqrstuvwxyz"[rng.integers(26)]
    return "".join(letters)


def _alike(count: int, rng: np.random.Generator) -> Iterator[str]:
    """Different sentences, two and two of as many letters and words: else lengths would tell a copy."""
    waiting: dict[tuple[int, int], str] = {}
    seen: set[str] = set()
    while count:
        one = sentence(rng, LETTERS)
        if one in seen:
            continue
        seen.add(one)
        partner = waiting.pop((len(one), one.count(" ")), None)
        if partner is None:
            waiting[len(one), one.count(" ")] = one
        else:
            yield from (partner, one)
            count -= 2
