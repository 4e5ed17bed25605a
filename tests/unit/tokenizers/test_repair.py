"""Repairs: long words are read, padding has a token."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from exapt.tokenizers.repair import ensure_padding, raise_word_limit, word_limit
from tests.unit.models.checkpoints import EOS, tokenizer_of, wordpiece

DNA = "acgtgtcatgcaacgtagct" * 8


@pytest.mark.parametrize("length", [99, 100, 101, 150])
def test_a_long_word_is_read_letter_by_letter(length: int) -> None:
    raw, repaired = wordpiece(), raise_word_limit(wordpiece(), 1000)
    erased = raw(DNA[:length], add_special_tokens=False)["input_ids"] == [raw.unk_token_id]
    assert erased == (length > 100)
    ids = repaired(DNA[:length], add_special_tokens=False)["input_ids"]
    assert "".join(repaired.convert_ids_to_tokens(ids)).replace("##", "") == DNA[:length]


def test_nothing_else_changes() -> None:
    raw, repaired = wordpiece(), raise_word_limit(wordpiece(), 1000)
    for text in ("The cat, sat!", "Ünïcode 猫", "[SEP] a [MASK]", "a\nb"):
        assert repaired(text, "x")["input_ids"] == raw(text, "x")["input_ids"]
    assert repaired.special_tokens_map == raw.special_tokens_map
    assert repaired.model_max_length == raw.model_max_length
    assert repaired.model_input_names == raw.model_input_names
    assert len(repaired) == len(raw)


def test_the_limit_is_saved(tmp_path: Path) -> None:
    """`BertTokenizer` comes back with the old one: why the class changes."""
    repaired = raise_word_limit(wordpiece(), 1000)
    repaired.save_pretrained(tmp_path / "repaired")
    assert word_limit(AutoTokenizer.from_pretrained(tmp_path / "repaired")) == 1000
    in_place = wordpiece()
    in_place.backend_tokenizer.model.max_input_chars_per_word = 1000
    in_place.save_pretrained(tmp_path / "in_place")
    assert word_limit(AutoTokenizer.from_pretrained(tmp_path / "in_place")) == 100


def test_only_wordpiece_has_a_limit() -> None:
    assert word_limit(wordpiece()) == 100
    assert word_limit(tokenizer_of("gpt2")) is None


def test_padding_is_the_end_token_where_there_is_none() -> None:
    gpt2 = tokenizer_of("gpt2")
    assert gpt2.pad_token is None
    words = len(gpt2)
    assert ensure_padding(gpt2) == EOS == gpt2.pad_token
    assert len(gpt2) == words  # no new token: the model has no row for it
    bert = wordpiece()
    assert ensure_padding(bert) == "[PAD]" == bert.pad_token
