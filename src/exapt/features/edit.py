"""How few edits turn one side into the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist


def edit_similarity(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.float64]:
    """1 - Levenshtein distance / length of the longer side, shape (n,), 0 to 1 (1 for two empty texts).

    Levenshtein (1966): insertions, deletions and substitutions of one character, each costing 1.

    Raises:
        ValueError: If the sides are not equally many.
    """
    if len(left) != len(right):
        raise ValueError(f"{len(left)} left sides but {len(right)} right sides")
    if not left:
        return np.empty(0)
    similarity = cpdist(left, right, scorer=Levenshtein.normalized_similarity, dtype=np.float64, workers=1)
    return np.asarray(similarity, dtype=np.float64)
