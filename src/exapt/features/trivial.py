"""The trivial baselines that stand beside every result: what the letters alone say, before any model is asked.

Orientation is fixed beforehand: the more alike the two sides, the higher the score (of single sequences: the longer).
Case is ignored in all of them, for text as for sequences: soft-masked DNA is the same DNA, and a capital at the head of
a sentence is no edit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exapt.example import Examples
from exapt.features.edit import edit_similarity
from exapt.features.kmers import jaccard
from exapt.features.lengths import length_similarity, lengths

SIZES = (2, 3, 4, 5, 6)


def trivial_scores(examples: Examples) -> dict[str, npt.NDArray[np.float64]]:
    """Score examples without a model and without looking at a label.

    Args:
        examples: One split of a task, pairs or single sequences.

    Returns:
        By name, float64 of shape (n,), on scales of their own (no probabilities). For pairs `majority` (constant 0: the
        threshold alone decides), `length difference` (minus the difference in characters), `k-mer Jaccard, k = 2` to
        `6`, `edit similarity`; for single sequences `majority` and `length` (in characters).
    """
    constant = {"majority": np.zeros(len(examples))}
    left = [text.lower() for text in examples.frame["left"]]
    if not examples.paired:
        return constant | {"length": lengths(left)}
    right = [text.lower() for text in examples.frame["right"]]
    return (
        constant
        | {"length difference": length_similarity(left, right)}
        | {f"k-mer Jaccard, k = {k}": jaccard(left, right, k) for k in SIZES}
        | {"edit similarity": edit_similarity(left, right)}
    )
