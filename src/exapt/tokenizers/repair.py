"""Repairs of tokenizers that erase their input: the limit on a word's length, uncut sequences, a missing pad token."""

from __future__ import annotations

from typing import Any, Literal, get_args

from tokenizers import Regex, normalizers
from transformers import PreTrainedTokenizerFast

Repair = Literal["raise_limit", "space_kmers", "characters"]
REPAIRS: tuple[Repair, ...] = get_args(Repair)  # from the one that changes least

# Runs of nothing but sequence letters (nucleotides and amino acids as IUPAC writes them, J and O apart, and the stop
# "*") are taken for sequences from this length on. PAWS-X has one such word in its 8,000 German sentences of dev and
# test, none in its English and French ones.
SHORTEST = 30
_LETTERS = "[A-IK-NP-Za-ik-np-z*]"


def mended(
    tokenizer: PreTrainedTokenizerFast, repair: Repair | None, limit: int | None, k: int
) -> tuple[PreTrainedTokenizerFast, dict[str, Any]]:
    """A repair carried out.

    Args:
        tokenizer: May be changed in place.
        repair: Which one; None leaves the tokenizer as it is.
        limit: WordPiece's longest word in characters is raised to this by every repair; None leaves it.
        k: Letters of a word of `space_kmers`.

    Returns:
        The tokenizer, and what was done to it: `word_limit_raised` (from, to; None if it was not) and, where sequences
        are cut, `sequence_words` (their letters, and the shortest run that is taken for a sequence).
    """
    done: dict[str, Any] = {"word_limit_raised": None}
    before = word_limit(tokenizer)
    if repair is not None and before is not None and limit is not None and before < limit:
        tokenizer = raise_word_limit(tokenizer, limit)
        done["word_limit_raised"] = {"from": before, "to": limit}
    if repair in ("space_kmers", "characters"):
        letters = k if repair == "space_kmers" else 1
        tokenizer = space_sequences(tokenizer, letters)
        done["sequence_words"] = {"letters": letters, "shortest": SHORTEST}
    return tokenizer, done


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
    return _general(tokenizer)


def space_sequences(tokenizer: PreTrainedTokenizerFast, k: int) -> PreTrainedTokenizerFast:
    """A tokenizer that reads sequences as if a space stood after every k letters; the text itself is left alone.

    A sequence is a run of at least `SHORTEST` sequence letters in upper or lower case; other text is read as before.
    The rule is part of the tokenizer (its first normalizer), so it holds in training, in prediction and in a saved
    folder, and offsets still point into the text as it stands.

    Args:
        tokenizer: Changed in place.
        k: Letters of a word, at least 1; the last word of a sequence may be shorter. With 1 each letter is a token
            wherever the vocabulary has it.

    Returns:
        The same tokenizer under the general class (see `raise_word_limit`).
    """
    core = tokenizer.backend_tokenizer
    space = normalizers.Replace(Regex(_cuts(k)), " ")
    core.normalizer = space if core.normalizer is None else normalizers.Sequence([space, core.normalizer])
    return _general(tokenizer)


def _cuts(k: int) -> str:
    """Pattern of the places inside a sequence where a space goes: empty matches, k letters apart.

    Oniguruma looks back over fixed lengths only. A word of k letters that begins a multiple of k into a run is in a run
    of `SHORTEST` if for some j the j·k letters before it and the SHORTEST - j·k from it on are sequence letters.
    """
    steps = [j * k for j in range(-(-SHORTEST // k) + 1)]
    inside = "|".join(f"(?<={_LETTERS}{{{j}}})(?={_LETTERS}{{{max(SHORTEST - j, 0)}}})" for j in steps)
    return f"(?:{inside}){_LETTERS}{{{k}}}\\K(?={_LETTERS})"


def _general(tokenizer: PreTrainedTokenizerFast) -> PreTrainedTokenizerFast:
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


def unknown_token(tokenizer: PreTrainedTokenizerFast) -> int | None:
    """Id of the token for input that the vocabulary lacks, or None if there is none.

    A byte-level tokenizer names its end token as unknown but never falls back to it.
    """
    found = tokenizer.unk_token_id
    return found if isinstance(found, int) and found not in (tokenizer.eos_token_id, tokenizer.bos_token_id) else None
