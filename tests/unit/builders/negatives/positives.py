"""Positives to make negatives from: related DNA, coding windows, proteins; and a translation of the tests' own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from exapt.builders.alignment import identity
from exapt.builders.negatives import KINDS, Context, Negatives, Sides
from exapt.sequences import PROTEIN

# the standard code as NCBI prints it, by base T C A G; read here by hand, not by Biopython
_RESIDUES = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_STARTS = {"TTG", "CTG", "ATT", "ATC", "ATA", "ATG", "GTG"}  # of table 11


def residues(dna: str) -> str:
    """Frame 0, letter by letter."""
    places = [["TCAG".index(letter) for letter in dna[k : k + 3]] for k in range(0, len(dna), 3)]
    return "".join(_RESIDUES[16 * a + 4 * b + c] for a, b, c in places)


def codes(dna: str, protein: str) -> bool:
    """The oracle: frame 0 translates to the protein, a first codon that can be a start read as it is or as M."""
    if len(dna) != 3 * len(protein):
        return False
    made = residues(dna)
    return protein == made or (dna[:3] in _STARTS and protein == "M" + made[1:])


CODONS = np.array([a + b + c for a in "TCAG" for b in "TCAG" for c in "TCAG"])[[r != "*" for r in _RESIDUES]]


def letters(n: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """Windows of random codons at any phase: letters, shape (n, length)."""
    whole = ["".join(row) for row in CODONS[rng.integers(len(CODONS), size=(n, length // 3 + 2))]]
    return np.array([list(text[k % 3 :][:length]) for k, text in enumerate(whole)])


def changed(rows: np.ndarray, share: float, rng: np.random.Generator) -> list[str]:
    """Exactly a share of each row's letters replaced by others, then a letter dropped here and doubled there."""
    length = rows.shape[1]
    chosen = rng.random(rows.shape).argsort(axis=1).argsort(axis=1) < round(share * length)
    other = np.array(list("ACGT"))[(np.searchsorted(list("ACGT"), rows) + rng.integers(1, 4, rows.shape)) % 4]
    texts = ["".join(row) for row in np.where(chosen, other, rows)]
    places = np.sort(rng.integers(length, size=(len(rows), 2)), axis=1).tolist()
    return [t[:a] + t[a + 1 : b + 1] + t[b : b + 1] + t[b + 1 :] for t, (a, b) in zip(texts, places, strict=True)]


def dna(n: int, length: int = 50, share: float = 0.16, seed: int = 0, units: int | None = None) -> pd.DataFrame:
    """Ancestors and descendants with substitutions and indels, and a `near` homolog for three in four."""
    rng = np.random.default_rng([seed, 1])
    left = letters(n, length, rng)
    right = changed(left, share, rng)
    near = pd.Series(changed(left, 0.4, rng), dtype=object)
    near[np.arange(n) % 4 == 0] = None
    unit = np.arange(n) if units is None else np.arange(n) % units
    return pd.DataFrame({"left": ["".join(row) for row in left], "right": right, "unit": unit, "near": near})


def coding(n: int, residues_each: int = 16, seed: int = 0) -> pd.DataFrame:
    """Windows of codons, their translations, and three letters on each side; a hundredth begin with GTG read as M."""
    rng = np.random.default_rng([seed, 2])
    drawn = CODONS[rng.integers(len(CODONS), size=(n, residues_each + 2))]
    drawn[::100, 1] = "GTG"
    whole = ["".join(row) for row in drawn]
    frame = pd.DataFrame({"left": [w[3:-3] for w in whole], "unit": [f"gene{k}" for k in range(n)]})
    frame["context_left"], frame["context_right"] = [w[:3] for w in whole], [w[-3:] for w in whole]
    proteins = [residues(w) for w in frame["left"]]
    proteins[::100] = ["M" + p[1:] for p in proteins[::100]]
    frame["right"] = proteins
    frame["near"] = [_changed(p, rng) for p in proteins]
    return frame


def _changed(protein: str, rng: np.random.Generator) -> str:
    letters = np.array(list(protein))
    letters[rng.permutation(len(letters))[: len(letters) // 2]] = rng.choice(list(PROTEIN), len(letters) // 2)
    return "".join(letters)


def proteins(n: int, length: int = 60, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng([seed, 3])
    left = rng.choice(list(PROTEIN), size=(n, length))
    right = np.where(rng.random((n, length)) < 0.3, rng.choice(list(PROTEIN), size=(n, length)), left)
    return pd.DataFrame({"left": map("".join, left), "right": map("".join, right), "unit": np.arange(n)})


def unrelated(sets: list[Sides]) -> list[set[tuple[int, int]]]:
    """For sequences drawn independently: each is related to its own partner only."""
    return [{(i, i) for i in range(len(left))} for left, _ in sets]


DNA_CONTEXT = Context(related=unrelated, identity=identity, bound=0.7)
PROTEIN_CONTEXT = Context(related=unrelated, identity=identity, bound=0.5, alphabet=PROTEIN)
CODING_CONTEXT = Context(related=unrelated, identity=identity, bound=0.7, coding=11, alphabet=PROTEIN)


def kind(name: str, **given: Any) -> Negatives:
    """A kind with its default settings; `mixed` of three kinds."""
    if name == "mixed" and not given:
        names = ("random", "scrambled", "reverse")
        given = {"parts": {n: KINDS[n]() for n in names}, "weights": {n: 1.0 for n in names}}
    return KINDS[name](**given)
