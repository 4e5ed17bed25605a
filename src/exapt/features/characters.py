"""Which characters stand in a text, whatever they spell: case, digits, punctuation, gaps, odd letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exapt.features.arrays import Points, blocks, flat, sizes
from exapt.sequences import DNA, PROTEIN

Floats32 = npt.NDArray[np.float32]

ASCII = 128
# what stands for all other characters: Unicode's general categories
BEYOND = ("L", "M", "N", "P", "S", "Z", "C")
KINDS = ASCII + len(BEYOND)
GAPS = "-."
_UPPER, _LOWER, _DIGIT, _MARK, _SPACE, _GAP, _BEYOND, _STRANGE, _STRANGE_PROTEIN = range(9)
SHARES = 9


def counts(texts: Sequence[str]) -> Floats32:
    """How often each ASCII character, and each category of others, stands in each text, shape (n, KINDS)."""
    found = np.empty((len(texts), KINDS), dtype=np.float32)
    for rows in blocks(texts):
        part = texts[rows]
        owner = np.repeat(np.arange(len(part)), sizes(part))
        held = np.bincount(owner * KINDS + _kind(flat(part)), minlength=len(part) * KINDS)
        found[rows] = held.reshape(len(part), KINDS)
    return found


def characters(texts: Sequence[str]) -> Floats32:
    """Shares of kinds of characters, and what stands at the ends.

    Returns:
        Shape (n, SHARES + 5), 0 to 1. Shares of all characters: upper case, lower case, digits, punctuation, white
        space, gaps (- and .), beyond ASCII, letters other than A, C, G and T (either case), letters that are none of
        the 20 residues. Then whether the text begins with an upper-case letter, ends with punctuation, begins or ends
        with white space, holds two spaces in a row, a tab or a new line; and the share of upper case among cased
        letters. Zeros of an empty text.
    """
    count = counts(texts)
    total = np.maximum(count.sum(axis=1, keepdims=True), 1)
    shares = count @ _members() / total
    cased = shares[:, _UPPER] + shares[:, _LOWER]
    ends = np.array(
        [(t[:1].isupper(), _punctuation(t[-1:]), t[:1].isspace() or t[-1:].isspace(), _doubled(t)) for t in texts],
        dtype=np.float32,
    ).reshape(len(texts), 4)
    upper = np.divide(shares[:, _UPPER], cased, out=np.zeros_like(cased), where=cased > 0)
    return np.column_stack([shares, ends, upper]).astype(np.float32)


def present(texts: Sequence[str], own: str = "") -> Floats32:
    """Which characters occur: 1 where a text holds an ASCII character, or any of a category of others.

    Args:
        texts: n texts.
        own: Letters that are looked for in neither case: which of its own alphabet's letters a text holds says what it
            is made of and how long it is.

    Returns:
        Shape (n, flags): of the columns of `counts`, those that are neither in all of the texts nor in fewer than two.
    """
    found = counts(texts) > 0
    in_texts = found.sum(axis=0)
    told = (in_texts >= 2) & (in_texts < len(found))
    told[[ord(letter) for letter in {*own.upper(), *own.lower()}]] = False
    return found[:, told].astype(np.float32)


def _kind(points: Points) -> npt.NDArray[np.int64]:
    kinds = points.astype(np.int64)
    other = kinds >= ASCII
    if other.any():
        known, place = np.unique(kinds[other], return_inverse=True)
        number = [ASCII + BEYOND.index(unicodedata.category(chr(point))[0]) for point in known.tolist()]
        kinds[other] = np.array(number)[place]
    return kinds


def _members() -> Floats32:
    """Which of the kinds counts towards which share, shape (KINDS, SHARES). Beyond ASCII, letters have no case here."""
    member = np.zeros((KINDS, SHARES), dtype=np.float32)
    for point in range(ASCII):
        sign = chr(point)
        member[point, _UPPER] = sign.isupper()
        member[point, _LOWER] = sign.islower()
        member[point, _DIGIT] = sign.isdigit()
        member[point, _MARK] = _punctuation(sign)
        member[point, _SPACE] = sign.isspace()
        member[point, _GAP] = sign in GAPS
        member[point, _STRANGE] = sign.isalpha() and sign.upper() not in DNA
        member[point, _STRANGE_PROTEIN] = sign.isalpha() and sign.upper() not in PROTEIN
    member[ASCII:, _BEYOND] = 1
    for share, category in ((_DIGIT, "N"), (_MARK, "P"), (_SPACE, "Z")):
        member[ASCII + BEYOND.index(category), share] = 1
    return member


def _punctuation(sign: str) -> bool:
    return sign != "" and unicodedata.category(sign)[0] in "PS"


def _doubled(text: str) -> bool:
    return "  " in text or "\t" in text or "\n" in text
