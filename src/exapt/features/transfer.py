"""What two sides share, as a table for a linear model: can the transfer be had without a language model?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from exapt.features.bags import bag
from exapt.features.edit import edit_similarity
from exapt.features.lengths import lengths
from exapt.features.overlap import kmer_overlap, word_overlap

KS = (2, 3, 4, 5, 6)
_OF_OVERLAP = ("Jaccard", "share of left", "share of right")
PAIRS = (
    "length of left", "length of right", "difference in length", "edit similarity",
    *(f"{k}-mers, {part}" for k in KS for part in _OF_OVERLAP), *(f"words, {part}" for part in _OF_OVERLAP),
)  # fmt: skip
SINGLES = ("length", "words")


class Sides(Protocol):
    """Rows with a left side and, if they are pairs, a right one; labelled or not."""

    @property
    def frame(self) -> pd.DataFrame: ...

    @property
    def paired(self) -> bool: ...


def transfer_names(paired: bool) -> tuple[str, ...]:
    """The names of the columns of `transfer_features`."""
    return PAIRS if paired else SINGLES


def transfer_features(examples: Sides) -> npt.NDArray[np.float64]:
    """Lengths, edit similarity and the overlap of k-mers and words, which mean the same in every language.

    Args:
        examples: One split of a task. Case is ignored. No label is looked at.

    Returns:
        Shape (n, columns), finite, in the order of `transfer_names`; of single sequences their length in characters and
        in words.
    """
    left = _lower(examples, "left")
    if not examples.paired:
        return np.stack([lengths(left), np.array([len(text.split()) for text in left], dtype=np.float64)], axis=1)
    right = _lower(examples, "right")
    sizes = [lengths(left), lengths(right)]
    alone = [*sizes, np.abs(sizes[0] - sizes[1]), edit_similarity(left, right)]
    return np.column_stack([*alone, kmer_overlap(left, right, KS), word_overlap(left, right)])


def word_features(examples: Sides) -> sparse.csr_matrix:
    """Counts of words, of pairs of neighbouring words and of the characters at both ends, hashed; each side by itself.

    A linear model of these cannot compare the sides: what it says of a pair is what the words themselves say. Words
    that both sides share are counted by `transfer_features`.

    Returns:
        float32 of shape (n, 2**18) for each side, left before right.
    """
    sides = ["left", "right"] if examples.paired else ["left"]
    bags = [bag(_lower(examples, side), (), words=True) for side in sides]
    return sparse.hstack(bags, format="csr", dtype=np.float32)


def _lower(examples: Sides, side: str) -> Sequence[str]:
    return [text.lower() for text in examples.frame[side]]
