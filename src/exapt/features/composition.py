"""What a sequence or text is made of, whatever its order: shares of letters and of their classes, GC, dinucleotides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from exapt.features.arrays import blocks, flat, sizes
from exapt.features.characters import KINDS, counts
from exapt.sequences import DNA, PROTEIN

Floats32 = npt.NDArray[np.float32]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXT_CLASSES = ("aeiou", "0123456789", ",;:", ".!?", "'\"()-", " ")
# hydrophobic, aromatic, positive, negative, small, polar; cysteine, glycine and proline stand for themselves
PROTEIN_CLASSES = ("AVILMFWC", "FWYH", "KRH", "DE", "AGSTC", "STNQ")


def composition(texts: Sequence[str], alphabet: Literal["text", "dna", "protein"]) -> Floats32:
    """Relative frequencies, 0 to 1 each; zeros of an empty text. Case is not looked at.

    Args:
        texts: n texts.
        alphabet: What they are written in.

    Returns:
        DNA, shape (n, 22): A, C, G, T, other letters, GC among A, C, G and T, the 16 dinucleotides among those that
        have no other letter (AA, AC, ... TT). Protein, shape (n, 27): the 20 residues, other letters, six classes of
        residues. Text, shape (n, 33): the letters a to z, everything else, six classes of characters.
    """
    count = counts(texts)
    total = np.maximum(count.sum(axis=1, keepdims=True), 1)
    folded = count.copy()
    for letter in _LETTERS:
        folded[:, ord(letter)] += folded[:, ord(letter.upper())]
        folded[:, ord(letter.upper())] = 0
    share = folded / total
    letters, classes = {
        "dna": (DNA, ()),
        "protein": (PROTEIN, PROTEIN_CLASSES),
        "text": (_LETTERS, TEXT_CLASSES),
    }[alphabet]
    own = share @ _members([*letters, *classes])
    singles = own[:, : len(letters)]
    rest = np.where(count.any(axis=1), 1 - singles.sum(axis=1), 0)[:, None]
    found = [singles, rest, own[:, len(letters) :]]
    if alphabet == "dna":
        known = singles.sum(axis=1)
        gc = singles[:, DNA.index("C")] + singles[:, DNA.index("G")]
        found += [np.divide(gc, known, out=np.zeros_like(gc), where=known > 0)[:, None], dinucleotides(texts)]
    return np.concatenate(found, axis=1).astype(np.float32)


def dinucleotides(texts: Sequence[str]) -> Floats32:
    """Relative frequencies of AA, AC, ... TT among the neighbouring letters that are A, C, G or T, shape (n, 16)."""
    number = np.full(256, 4, dtype=np.int64)
    for i, letter in enumerate(DNA):
        number[[ord(letter), ord(letter.lower())]] = i
    found = np.empty((len(texts), 16), dtype=np.float32)
    for rows in blocks(texts):
        part = texts[rows]
        owner = np.repeat(np.arange(len(part)), sizes(part))
        base = number[np.minimum(flat(part), 255)]
        good = (base[1:] < 4) & (base[:-1] < 4) & (owner[1:] == owner[:-1])
        code = (owner[1:] * 16 + base[:-1] * 4 + base[1:])[good]
        held = np.bincount(code, minlength=16 * len(part)).reshape(len(part), 16)
        found[rows] = held / np.maximum(held.sum(axis=1, keepdims=True), 1)
    return found


def _members(classes: Sequence[str]) -> Floats32:
    """Which of the kinds that `counts` has counts towards which class of characters, shape (KINDS, classes)."""
    member = np.zeros((KINDS, len(classes)), dtype=np.float32)
    for i, signs in enumerate(classes):
        for sign in signs:
            member[ord(sign.lower() if sign.isalpha() else sign), i] = 1
    return member
