"""One token a character, whatever character."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from exapt.models.scratch import Scratch
from exapt.tokenizers import Tokenizer
from exapt.tokenizers.characters import ALPHABET, SPECIAL, characters

TOKENIZER = characters(256)
PRINTABLE = [chr(code) for code in range(32, 127)]


def tokens(text: str) -> list[str]:
    found: list[str] = TOKENIZER.convert_ids_to_tokens(TOKENIZER(text, add_special_tokens=False)["input_ids"])
    return found


@pytest.mark.parametrize("character", PRINTABLE)
def test_every_printable_character_is_a_token_of_its_own(character: str) -> None:
    assert tokens(character) == [character.lower()]
    assert tokens(f"a{character}{character}b") == ["a", character.lower(), character.lower(), "b"]


def test_characters_are_told_apart() -> None:
    ids = [TOKENIZER.convert_tokens_to_ids(c) for c in {p.lower() for p in PRINTABLE}]
    assert len(set(ids)) == len(PRINTABLE) - 26
    assert TOKENIZER.unk_token_id not in ids
    assert len(TOKENIZER) == len(SPECIAL) + len(ALPHABET)


@pytest.mark.parametrize("character", ["\n", "\t", "\r", "é", "猫", "\u2028"])
def test_other_characters_are_one_unknown_token_each(character: str) -> None:
    """Line ends among them: they swallow neither themselves nor their neighbours."""
    assert tokens(f"a{character}{character}b") == ["a", "[UNK]", "[UNK]", "b"]


@settings(max_examples=50)
@given(st.text(alphabet=PRINTABLE, max_size=40).filter(lambda text: not any(name in text for name in SPECIAL)))
def test_round_trip(text: str) -> None:
    assert "".join(tokens(text)) == text.lower()


# names of special tokens are read as such in any text, by every tokenizer
@settings(max_examples=50)
@given(st.text(alphabet=string.printable, max_size=40).filter(lambda text: not any(name in text for name in SPECIAL)))
def test_as_many_tokens_as_characters(text: str) -> None:
    assert len(tokens(text)) == len(text)


def test_pairs_stand_between_specials() -> None:
    both = TOKENIZER("ab", "c")
    assert TOKENIZER.convert_ids_to_tokens(both["input_ids"]) == ["[CLS]", "a", "b", "[SEP]", "c", "[SEP]"]
    core = TOKENIZER.backend_tokenizer.encode("ab", "c")
    assert core.type_ids == [0, 0, 0, 0, 1, 1]
    single = TOKENIZER("ab")
    assert TOKENIZER.convert_ids_to_tokens(single["input_ids"]) == ["[CLS]", "a", "b", "[SEP]"]


@pytest.mark.parametrize("pair", ["joint", "siamese"])
def test_opens_again_from_a_checkpoint(pair: str, tmp_path: Path) -> None:
    model = Scratch(name="tiny", layers=1, width=16, heads=2, pair=pair)  # type: ignore[arg-type]
    model.network(seed=0, paired=True, dropout=None).save(tmp_path)
    model.tokenizer().save_pretrained(tmp_path)
    opened: Tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    texts = ["".join(PRINTABLE), "ACGT\nacgt", "é"]
    for text in texts:
        assert opened(text, "b c")["input_ids"] == model.tokenizer()(text, "b c")["input_ids"]
    assert opened.pad_token_id == model.tokenizer().pad_token_id
    assert opened.model_max_length == model.limit
