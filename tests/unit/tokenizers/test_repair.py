"""Repairs: long words are read, sequences are cut into words, padding has a token."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from exapt.tokenizers.repair import (
    SHORTEST,
    ensure_padding,
    mended,
    raise_word_limit,
    space_sequences,
    unknown_token,
    word_limit,
)
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


# --- sequences cut into words


def cut_by_hand(text: str, k: int) -> str:
    """The rule a second way: runs found by a callback, which a tokenizer's normalizer cannot have."""
    run = re.compile(f"[ABCDEFGHIKLMNPQRSTUVWXYZabcdefghiklmnpqrstuvwxyz*]{{{SHORTEST},}}")
    return run.sub(lambda m: " ".join(m[0][i : i + k] for i in range(0, len(m[0]), k)), text)


RUN = st.text(alphabet="ACGTacgtMKWL*", min_size=SHORTEST - 8, max_size=70)
PIECE = st.one_of(RUN, st.sampled_from([" ", ", ", "-", "o", "J", "The cat sat", "é", "猫", "1"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECE, min_size=1, max_size=6).map("".join), st.integers(1, 40))
def test_sequences_are_read_as_if_spaces_stood_in_them(text: str, k: int) -> None:
    spaced = space_sequences(wordpiece(), k).backend_tokenizer.encode(text)
    by_hand = wordpiece().backend_tokenizer.encode(cut_by_hand(text, k))
    assert spaced.tokens == by_hand.tokens
    assert len(spaced.tokens) <= 3 or all(0 <= a <= b <= len(text) for a, b in spaced.offsets)


@pytest.mark.parametrize("kind", ["bert", "gpt2", "roberta"])
def test_every_kind_of_tokenizer_is_cut(kind: str) -> None:
    core = space_sequences(tokenizer_of(kind), 6).backend_tokenizer
    raw = tokenizer_of(kind).backend_tokenizer
    for text in (DNA, DNA.upper(), f"a dog, {DNA[:77]} and (a) {DNA[:31]}."):
        assert core.encode(text).ids == raw.encode(cut_by_hand(text, 6)).ids != raw.encode(text).ids


def test_offsets_point_into_the_text_as_it_stands() -> None:
    text = f"the cat {DNA[:61]} sat"
    found = space_sequences(wordpiece(), 6).backend_tokenizer.encode(text, add_special_tokens=False)
    spelled = [text[a:b] for a, b in found.offsets]
    assert spelled == [token.removeprefix("##") for token in found.tokens]
    assert "".join(spelled) == text.replace(" ", "")


def test_single_letters_are_tokens_of_their_own() -> None:
    ids = space_sequences(wordpiece(), 1)(DNA, add_special_tokens=False)["input_ids"]
    assert wordpiece().convert_ids_to_tokens(ids) == list(DNA)


@pytest.mark.parametrize("kind", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize("k", [1, 6])
def test_text_is_left_alone(kind: str, k: int) -> None:
    raw, cut = tokenizer_of(kind), space_sequences(tokenizer_of(kind), k)
    short = DNA[: SHORTEST - 1]
    texts = [
        "The cat, sat!",
        "Ünïcode 猫",
        "characteristically uninterpenetratingly",
        short,
        f"{short}o{short}",
        "a\nb",
    ]
    for text in texts:
        assert cut(text)["input_ids"] == raw(text)["input_ids"]
    assert cut(DNA)["input_ids"] != raw(DNA)["input_ids"]
    assert cut.special_tokens_map == raw.special_tokens_map and cut.model_max_length == raw.model_max_length


@pytest.mark.parametrize("kind", ["bert", "gpt2", "roberta"])
def test_the_cut_is_saved(kind: str, tmp_path: Path) -> None:
    cut = space_sequences(tokenizer_of(kind), 6)
    cut.save_pretrained(tmp_path)
    opened = AutoTokenizer.from_pretrained(tmp_path)
    assert opened(DNA, "a dog")["input_ids"] == cut(DNA, "a dog")["input_ids"]
    assert opened(DNA)["input_ids"] != tokenizer_of(kind)(DNA)["input_ids"]


@pytest.mark.slow
def test_english_of_paws_is_left_alone(data_dir: Path) -> None:
    texts = (data_dir / "pawsx/train_12k.en.tsv").read_text().splitlines()
    raw, cut = wordpiece().backend_tokenizer, space_sequences(wordpiece(), 6).backend_tokenizer
    rows = zip(raw.encode_batch_fast(texts), cut.encode_batch_fast(texts), strict=True)
    assert len(texts) > 10_000 and all(a.ids == b.ids for a, b in rows)


# --- a repair by name


def test_repairs_by_name() -> None:
    left, nothing = mended(wordpiece(), None, 1000, 6)
    assert nothing == {"word_limit_raised": None} and left(DNA)["input_ids"] == wordpiece()(DNA)["input_ids"]
    raised = {"word_limit_raised": {"from": 100, "to": 1000}}
    assert mended(wordpiece(), "raise_limit", 1000, 6)[1] == raised
    assert mended(wordpiece(), "raise_limit", None, 6)[1] == nothing
    assert mended(tokenizer_of("gpt2"), "raise_limit", 1000, 6)[1] == nothing
    for repair, k, letters in (("space_kmers", 3, 3), ("characters", 3, 1)):
        found, done = mended(wordpiece(), repair, 1000, k)  # type: ignore[arg-type]
        assert done == raised | {"sequence_words": {"letters": letters, "shortest": SHORTEST}}
        assert found(DNA)["input_ids"] == space_sequences(wordpiece(), letters)(DNA)["input_ids"]
        assert word_limit(found) == 1000


def test_an_end_token_named_unknown_is_none() -> None:
    assert tokenizer_of("gpt2").unk_token_id is not None
    assert unknown_token(tokenizer_of("gpt2")) is None
    assert unknown_token(wordpiece()) == wordpiece().convert_tokens_to_ids("[UNK]")
