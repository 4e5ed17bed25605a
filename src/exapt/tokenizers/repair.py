"""Repairs of tokenizers that erase their input: the limit on a word's length, and a missing pad token."""

from __future__ import annotations

from transformers import PreTrainedTokenizerFast


def word_limit(tokenizer: PreTrainedTokenizerFast) -> int | None:
    """Longest word in characters that WordPiece reads; a longer one is a single unknown token. None: no limit."""
    limit = getattr(tokenizer.backend_tokenizer.model, "max_input_chars_per_word", None)
    return None if limit is None else int(limit)


def raise_word_limit(tokenizer: PreTrainedTokenizerFast, limit: int) -> PreTrainedTokenizerFast:
    """A WordPiece tokenizer that reads long words, saved or not.

    Args:
        tokenizer: Its limit is changed in place.
        limit: Longest word in characters.

    Returns:
        The same tokenizer under the general class: `BertTokenizer` would be opened from a saved folder with its
        vocabulary alone, and so with the old limit.
    """
    tokenizer.backend_tokenizer.model.max_input_chars_per_word = limit
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend_tokenizer,
        model_max_length=tokenizer.model_max_length,
        model_input_names=tokenizer.model_input_names,
        **tokenizer.special_tokens_map,
    )


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
