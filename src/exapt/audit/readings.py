"""The sides of one or more views as numbered strings, in a reading: as they stand, normalised, on either strand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from exapt.audit.view import Alphabet, View

Ints = npt.NDArray[np.int64]
Reading: TypeAlias = Callable[[View, str], list[str]]
SIDES = ("left", "right")


@dataclass(frozen=True)
class Pool:
    """All sides of one alphabet: only these can be equal or alike.

    Attributes:
        alphabet: What they are written in.
        strings: Each string once.
        code: The string of each row's left and right side, shape (2, rows); -1 where a side is of another alphabet, or
            missing.
    """

    alphabet: Alphabet
    strings: list[str]
    code: Ints


def pools(views: Sequence[View], reading: Reading) -> list[Pool]:
    """The sides of some views in a reading, by alphabet.

    Args:
        views: Their rows stand one after the other in each pool's `code`.
        reading: The texts of a view's side.
    """
    found = []
    for alphabet in sorted({alphabet for view in views for alphabet in view.alphabets.values()}):
        texts: list[str | None] = []
        for side in SIDES:
            for view in views:
                here = view.alphabets.get(side) == alphabet
                texts += reading(view, side) if here else [None] * len(view)
        code, strings = pd.factorize(np.array(texts, dtype=object), use_na_sentinel=True)
        found.append(Pool(alphabet, strings.tolist(), code.astype(np.int64).reshape(2, -1)))
    return found


def as_written(view: View, side: str) -> list[str]:
    """The sides as they stand."""
    return view.texts(side)


def own_strand(view: View, side: str) -> list[str]:
    """The sides normalised, but DNA on the strand on which it stands: the other one may code for another thing."""
    if view.alphabets[side] == "dna":
        return ["".join(text.split()).upper().replace("U", "T") for text in view.texts(side)]
    return view.plain(side)


def either_strand(view: View, side: str) -> list[str]:
    """The sides normalised; DNA and its reverse complement are one."""
    return view.plain(side)


def numbers(texts: Sequence[str]) -> Ints:
    """A number for each text, equal for equal ones, from 0 in order of first appearance."""
    return np.asarray(pd.factorize(np.array(texts, dtype=object))[0], dtype=np.int64)
