"""Rings: pairs in which every sequence stands once under each label, so that one side alone says nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from exapt.example import LabelSpace
from exapt.tasks.task import Split


def ring_table(
    left: Sequence[str], right: Sequence[str], sizes: Sequence[int], space: LabelSpace, split: Split
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Pairs from true pairs, ring by ring.

    A ring of m true pairs (l_0, r_0) ... (l_m-1, r_m-1) gives these as positives and (l_i, r_i+1 mod m) as negatives;
    m = 2 is the swap block.

    Args:
        left: Left sides of the true pairs, ring after ring.
        right: Their right sides.
        sizes: Number of true pairs of each ring, at least 2; they add up to the length of `left`.
        space: Class names.
        split: Stands in the ids ("train-000012") and groups ("train-ring-000003").

    Returns:
        The table with the columns id, left, right, label and group (the ring), and for each of its rows the number
        of its left side in `left` and of its right side in `right`, both of shape (rows,).
    """
    m = np.asarray(sizes, dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(m)[:-1]]) if len(m) else np.zeros(0, dtype=np.int64)
    ring = np.repeat(np.arange(len(m)), 2 * m)
    place = np.arange(2 * int(m.sum())) - np.repeat(2 * start, 2 * m)
    size, first = m[ring], start[ring]
    positive = place < size
    i = first + place % size
    j = np.where(positive, i, first + (place + 1) % size)
    frame = pd.DataFrame(
        {
            "id": [f"{split}-{k:06d}" for k in range(len(i))],
            "left": [left[k] for k in i],
            "right": [right[k] for k in j],
            "label": np.where(positive, space.positive, space.negative).tolist(),
            "group": [f"{split}-ring-{k:06d}" for k in ring],
        }
    )
    return frame, i, j
