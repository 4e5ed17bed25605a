"""Truncation is fair to both sides, and a tokenizer's own stored settings do not leak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.data.encode import Encoded, encode
from exapt.tokenizers import Tokenizer
from tests.unit.data.test_encode import TOKENIZERS, WHOLE, examples_of, made

SPECIALS = {"bert": 3, "roberta": 4, "gpt2": 0, "characters": 3}  # around a pair


@pytest.mark.parametrize("kind", list(TOKENIZERS))
@pytest.mark.parametrize("limit", [WHOLE, 12])
def test_stored_settings_do_not_leak(kind: str, limit: int) -> None:
    examples = examples_of(["a b c d e f g h", "a"], ["s t u v w x y z", "s"])
    expected = encode(examples, made(kind), "joint", limit)
    tokenizer = made(kind)
    tokenizer.backend_tokenizer.enable_truncation(9, strategy="only_second", direction="left")
    tokenizer.backend_tokenizer.enable_padding(direction="left", length=30, pad_id=tokenizer.pad_token_id)
    tokenizer.padding_side = tokenizer.truncation_side = "left"
    same(encode(examples, tokenizer, "joint", limit), expected)


def same(one: Encoded, other: Encoded) -> None:
    assert one.tokens == other.tokens
    for a, b in zip(one.sides, other.sides, strict=True):
        assert [row.tolist() for row in a] == [row.tolist() for row in b]


# --- truncation

LEFT, RIGHT = "01234567", "!?%&*+:;"  # a token each, in every tokenizer


def letters(tokenizer: Tokenizer, ids: np.ndarray) -> tuple[str, str]:
    """What stands of either side in a joint input: the sides are written in different letters."""
    texts = [token.strip("#") for token in tokenizer.convert_ids_to_tokens(ids.tolist())]
    left, right = ("".join(t for t in texts if t in side) for side in (LEFT, RIGHT))
    return left, right


@settings(max_examples=30)
@given(
    st.sampled_from(["bert", "roberta", "gpt2"]),
    st.text(LEFT, min_size=1, max_size=30),
    st.text(RIGHT, min_size=1, max_size=30),
    st.integers(8, 30),
)
def test_joint_truncation_is_fair(kind: str, left: str, right: str, limit: int) -> None:
    tokenizer = TOKENIZERS[kind]
    examples = examples_of([left], [right])
    found = encode(examples, tokenizer, "joint", limit)
    ids = found.sides[0][0]
    room = limit - SPECIALS[kind]
    if len(left) + len(right) <= room:
        assert ids.tolist() == encode(examples, tokenizer, "joint", WHOLE).sides[0][0].tolist()
        assert found.tokens.truncated == 0.0
        return
    assert found.tokens.truncated == 1.0
    assert len(ids) == limit
    kept = letters(tokenizer, ids)
    assert left.startswith(kept[0]) and right.startswith(kept[1])
    assert len(kept[0]) + len(kept[1]) == room
    for own, whole, other in ((kept[0], left, right), (kept[1], right, left)):
        if len(whole) <= room // 2:
            assert len(own) == len(whole)  # a short side is never cut
        elif len(other) > room // 2:
            assert len(own) in (room // 2, room - room // 2)  # both long: halves
    if min(len(left), len(right)) > room // 2:
        assert abs(len(kept[0]) - len(kept[1])) <= 1


@settings(max_examples=30)
@given(
    st.sampled_from(list(TOKENIZERS)),
    st.text(LEFT, min_size=1, max_size=30),
    st.text(RIGHT, min_size=1, max_size=30),
    st.integers(8, 40),
)
def test_siamese_and_single_truncation_keep_the_beginning(kind: str, left: str, right: str, limit: int) -> None:
    tokenizer = TOKENIZERS[kind]
    wholes = [encode(examples_of([t]), tokenizer, "joint", WHOLE).sides[0][0].tolist() for t in (left, right)]
    found = encode(examples_of([left], [right]), tokenizer, "siamese", limit)
    end = SPECIALS[kind] > 0
    for (ids,), whole in zip(found.sides, wholes, strict=True):
        cut = len(whole) > limit
        assert len(ids) == min(len(whole), limit)
        assert ids.tolist() == (whole[: limit - end] + whole[-1:] * end if cut else whole)
    assert found.tokens.truncated == float(max(map(len, wholes)) > limit)
    single = encode(examples_of([left]), tokenizer, "siamese", limit)
    assert len(single.sides) == 1
    assert single.sides[0][0].tolist() == found.sides[0][0].tolist()


def test_only_long_rows_are_cut() -> None:
    texts = ["a b", "a " * 40, "c d e"]
    for kind, tokenizer in TOKENIZERS.items():
        short = encode(examples_of(texts, texts), tokenizer, "joint", 20)
        whole = encode(examples_of(texts, texts), tokenizer, "joint", WHOLE)
        assert short.sides[0][0].tolist() == whole.sides[0][0].tolist(), kind
        assert short.sides[0][2].tolist() == whole.sides[0][2].tolist(), kind
        assert len(short.sides[0][1]) == 20, kind
        assert short.tokens.truncated == pytest.approx(1 / 3)
