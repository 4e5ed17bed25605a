"""Shortcuts of likeness: in one class the sides have more in common than the task says, or less; and no answer."""

from __future__ import annotations

import numpy as np

from exapt.audit.selftest.flaw import Flaw, Planted
from exapt.audit.selftest.flaws_leaks import substituted
from exapt.audit.selftest.flaws_marks import mark
from exapt.audit.selftest.rows import Base, changed, some
from exapt.builders.evolve import coding_windows, texts_of
from exapt.sequences import genetic_code, reverse_complement

_ABC = "abcdefghijklmnopqrstuvwxyz"


def _in_another_order(a: str, b: str, rng: np.random.Generator) -> tuple[str, str]:
    return a, " ".join(rng.permutation(a.split(" ")).tolist())


def _overlapping(a: str, b: str, rng: np.random.Generator) -> tuple[str, str]:
    """The right side goes on where 40 letters of the left one end."""
    return a, b[:20] + a[-40:] + b[60:]


def _clause(a: str, b: str, rng: np.random.Generator) -> tuple[str, str]:
    ours, theirs = a.split(" "), b.split(" ")
    return a, " ".join([*theirs[:3], *ours[-8:], *theirs[11:]])


def _inside(a: str, b: str, rng: np.random.Generator) -> tuple[str, str]:
    words = a.split(" ")
    return a, " ".join(words[2:-3])


def _synonymous(a: str, b: str, rng: np.random.Generator) -> tuple[str, str]:
    """The right side codes for the left one's residues, each in a codon drawn anew."""
    code = genetic_code(11).residues
    same = {residue: [c for c in code if code[c] == residue] for residue in set(code.values())}
    codons = [a[i : i + 3] for i in range(0, len(a) - 2, 3)]
    return a, "".join(str(rng.choice(same[code[codon]])) for codon in codons)


def _unanswerable(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """The DNA of a share of either class is from elsewhere in the genome."""
    rows = np.concatenate([some(base.of("positive", side), share, rng) for side in (True, False)])
    fresh = iter(texts_of(coding_windows(len(rows), len(str(base.frame["left"].iat[0])), rng)))
    return Planted(changed(base, np.sort(rows), lambda a, b, rng: (next(fresh), b), rng))


_COMPARED = "DNA and protein are not compared letter by letter"
LIKENESS = (
    mark(
        "k-mer overlap", "one class pairs a side with itself in another order, or turned around its circle", {
            "text": _in_another_order, "dna": lambda a, b, rng: (a, a[48:] + a[:48]),
        }, why=_COMPARED,
    ),
    mark(
        "MinHash", "one class has sides that overlap in the source they were cut from",
        {"text": _clause, "dna": _overlapping}, why=_COMPARED,
    ),
    mark(
        "edit", "one class pairs a side with a copy of it, a quarter of its letters changed", {
            "text": lambda a, b, rng: (a, substituted(a, 0.25, rng, _ABC)),
            "dna": lambda a, b, rng: (a, substituted(a, 0.33, rng, "ACGT")),
        }, why=_COMPARED,
    ),
    mark(
        "alignment", "one class pairs a side with a piece of it, or with its other strand", {
            "text": _inside, "dna": lambda a, b, rng: (a, reverse_complement(substituted(a, 0.2, rng, "ACGT"))),
        }, why=_COMPARED,
    ),
    mark(
        "translation", "one class codes for one protein twice, or has reversed proteins as decoys", {
            "dna": _synonymous, "coding": lambda a, b, rng: (a, b[::-1]),
        }, positive=False, why="text does not code",
    ),
    Flaw(
        "answerability", "the DNA is not that of the protein", _unanswerable, weak=0.12, strong=0.20, bases=("coding",),
        why="promised above 10% of the positives; only coding pairs hold their answer",
    ),
)  # fmt: skip
