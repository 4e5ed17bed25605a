"""Untrained rows of an embedding table: found where they can be told, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import BertTokenizer

from exapt.audit.embeddings import untrained

FREE = [f"[unused{i}]" for i in range(40)]
WORDS = [f"w{i}" for i in range(200)]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *FREE, *WORDS]
WIDTH = 64


def tokenizer_of(words: list[str]) -> BertTokenizer:
    return BertTokenizer(vocab={w: i for i, w in enumerate(words)})


def table_of(words: list[str], fresh: set[str], rng: np.random.Generator) -> np.ndarray:
    """Trained rows are three times as long as those left as they were drawn."""
    scale = np.array([0.02 if w in fresh else 0.06 for w in words])
    return (rng.standard_normal((len(words), WIDTH)) * scale[:, None]).astype(np.float32)


@pytest.mark.parametrize("seed", range(3))
def test_rows_like_free_ones_are_found(seed: int) -> None:
    table = table_of(VOCABULARY, {*FREE, *WORDS[:50]}, np.random.default_rng(seed))
    table[VOCABULARY.index("[unused3]")] *= 5  # a user trained it
    found = untrained(table, tokenizer_of(VOCABULARY))
    assert not isinstance(found, str) and found.known == 40
    rows = found.rows[[VOCABULARY.index(w) for w in WORDS]]
    assert rows[:50].mean() > 0.85 and rows[50:].sum() == 0
    assert found.high < found.median


def test_rows_behind_the_vocabulary_tell_as_well() -> None:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    padded = [*words, *FREE[:24]]
    found = untrained(table_of(padded, {*FREE, "w7"}, np.random.default_rng(0)), tokenizer_of(words))
    assert not isinstance(found, str) and found.known == 24
    assert found.rows[words.index("w7")] and found.rows.sum() == 25


def test_nothing_is_said_where_nothing_can_be_told() -> None:
    rng = np.random.default_rng(0)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    assert "keeps no tokens free" in str(untrained(table_of(words, set(), rng), tokenizer_of(words)))
    assert "norms tell nothing" in str(untrained(table_of(VOCABULARY, set(), rng), tokenizer_of(VOCABULARY)))
