"""How alike two sides are in length, and how long a single sequence is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def lengths(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Number of characters of each text, shape (n,)."""
    return np.fromiter(map(len, texts), dtype=np.float64, count=len(texts))


def length_similarity(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.float64]:
    """Minus the difference in characters of the two sides, shape (n,); 0 says equally long, which is the highest."""
    return -np.abs(lengths(left) - lengths(right))
