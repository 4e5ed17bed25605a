"""Repairs of tokenizers that erase their input: the limit on a word's length, and a missing pad token."""

from __future__ import annotations

from transformers import PreTrainedTokenizerFast


def raise_word_limit(tokenizer: PreTrainedTokenizerFast, limit: int) -> int | None:
    """Let WordPiece read long words: by default it turns any word over 100 characters into one unknown token.

    Args:
        tokenizer: Changed in place.
        limit: Longest word in characters.

    Returns:
        The limit that stood before, or None where the tokenizer has none.
    """
    model = tokenizer.backend_tokenizer.model
    before = getattr(model, "max_input_chars_per_word", None)
    if before is None:
        return None
    model.max_input_chars_per_word = limit
    return int(before)


def ensure_padding(tokenizer: PreTrainedTokenizerFast) -> str:
    """Give a tokenizer without a pad token (GPT-2) its end token for one; harmless, since masks decide what is read.

    Args:
        tokenizer: Changed in place.

    Returns:
        The pad token.
    """
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    return str(tokenizer.pad_token)
