"""Were the input embeddings of a task's tokens ever trained? Their norms against those of rows that never were."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from exapt.tokenizers import Tokenizer

# tokens that vocabularies keep free; T5's sentinels (<extra_id_0>) are none, pretraining uses them
_FREE = re.compile(r"\[unused_?\d+\]|<unused_?\d+>|<\|?reserved_special_token_\d+\|?>|<\|extra_\d+\|>|madeupword\d+")
_ENOUGH = 10  # rows that tell where untrained norms lie
_WIDE = 3.0  # standard deviations, by the median of deviations: users have trained a free token or two
_BLURRED = 0.5  # share of the other rows within the range from which norms tell nothing


@dataclass(frozen=True)
class Untrained:
    """Which rows look untrained.

    Attributes:
        rows: Bool of shape (rows,).
        low: Lower end of the norms of rows that are known to be untrained.
        high: Upper end.
        known: Number of those rows.
        median: Of the norms of all other rows.
    """

    rows: np.ndarray
    low: float
    high: float
    known: int
    median: float


def untrained(table: np.ndarray, tokenizer: Tokenizer) -> Untrained | str:
    """Rows of an embedding table whose norm is that of rows that were never trained.

    Training moves a row away from where its initial draw and weight decay leave it. Rows known to be untrained are
    those of tokens that the vocabulary keeps free (`[unused1]`) and those behind its end, with which tables are filled
    up. After Land and Bartolo (2024), "Fishing for Magikarp: automatically detecting under-trained tokens in large
    language models".

    Args:
        table: Input embeddings, shape (rows, width).
        tokenizer: Of the same model.

    Returns:
        The rows, or why it cannot be told.
    """
    words = tokenizer.get_vocab()
    free = [row for word, row in words.items() if _FREE.fullmatch(word) and row < len(table)]
    behind = sorted(set(range(len(table))) - set(words.values()))
    known = np.array(sorted({*free, *behind}), dtype=np.int64)
    if len(known) < _ENOUGH:
        return "the vocabulary keeps no tokens free, so nothing shows what an untrained row looks like"
    norms = np.linalg.norm(table.astype(np.float64), axis=1)
    centre = np.median(norms[known])
    reach = max(_WIDE * 1.4826 * np.median(np.abs(norms[known] - centre)), 1e-6)
    low, high = centre - reach, centre + reach
    rows = (norms >= low) & (norms <= high)
    others = np.ones(len(table), dtype=bool)
    others[known] = False
    if rows[others].mean() > _BLURRED:
        return "most rows have the norms of untrained ones, so norms tell nothing"
    rows[known] = True
    return Untrained(rows, float(low), float(high), len(known), float(np.median(norms[others])))
