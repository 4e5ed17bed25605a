"""From examples to token ids, with an account of what the tokenizer lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from tokenizers import Encoding

from exapt.example import Examples
from exapt.record import Tokens
from exapt.tasks.unlabelled import Unlabelled
from exapt.tokenizers import Tokenizer
from exapt.tokenizers.repair import unknown_token

Pair = Literal["joint", "siamese"]


@dataclass(frozen=True)
class Encoded:
    """Examples as token ids.

    Attributes:
        sides: One list of int32 arrays for joint encoding and single sequences, two (left, right) for siamese pairs.
        types: Token type ids beside `sides[0]`, or None where the tokenizer has none.
        pad: Id that fills up a batch; never attended to.
        tokens: What the tokenizer made of the text.
    """

    sides: tuple[list[np.ndarray], ...]
    types: list[np.ndarray] | None
    pad: int
    tokens: Tokens

    def __len__(self) -> int:
        return len(self.sides[0])

    @property
    def firsts(self) -> np.ndarray:
        """Of each example the first one that reads the same, token by token, shape (n,)."""
        columns = [*self.sides, *([] if self.types is None else [self.types])]
        seen: dict[tuple[bytes, ...], int] = {}
        return np.array(
            [seen.setdefault(tuple(map(bytes, row)), k) for k, row in enumerate(zip(*columns, strict=True))]
        )

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of the longest side of each example, shape (n,)."""
        longest: np.ndarray = np.max([[len(row) for row in side] for side in self.sides], axis=0).astype(np.int64)
        return longest


def encode(examples: Examples | Unlabelled, tokenizer: Tokenizer, pair: Pair, limit: int) -> Encoded:
    """Encode examples, joint or each side alone.

    The form of a joint pair is the tokenizer's own (`[CLS] a [SEP] b [SEP]`); one that has none, as GPT-2's, sets the
    right side behind the left without a separator, which is how the papers' pairs were read. Settings for truncation
    and padding that a tokenizer's file holds are switched off.

    A joint input over the limit loses tokens from its longer side until both are of one length, then from both in turn:
    the second side is never cut away whole.

    Args:
        examples: Pairs or single sequences; labels are not looked at.
        tokenizer: A fast tokenizer with a pad token.
        pair: `joint` for one input, `siamese` for one a side.
        limit: Longest input in tokens, special tokens included.

    Returns:
        The examples in their order. In the account, unknown input that was cut away counts as truncated only.
    """
    left = examples.frame["left"].tolist()
    right = examples.frame["right"].tolist() if examples.paired else None
    if pair == "siamese" and right is not None:
        coded = [_code(tokenizer, limit, left), _code(tokenizer, limit, right)]
    else:
        coded = [_code(tokenizer, limit, left, right)]
    pad = tokenizer.pad_token_id
    return Encoded(
        sides=tuple([np.asarray(e.ids, dtype=np.int32) for e in one.encodings] for one in coded),
        types=None if pair == "siamese" or "token_type_ids" not in tokenizer.model_input_names
        else [np.asarray(e.type_ids, dtype=np.int32) for e in coded[0].encodings],
        pad=pad if isinstance(pad, int) else 0,
        tokens=_account(coded, tokenizer),
    )  # fmt: skip


@dataclass(frozen=True)
class _Coded:
    texts: list[list[str]]
    encodings: list[Encoding]
    cut: np.ndarray


def _code(tokenizer: Tokenizer, limit: int, left: list[str], right: list[str] | None = None) -> _Coded:
    core: Any = tokenizer.backend_tokenizer
    core.no_padding()
    core.no_truncation()
    texts: Iterable[Any] = left if right is None else list(zip(left, right, strict=True))
    whole = core.encode_batch(list(texts), add_special_tokens=True)
    cut = np.array([len(e.ids) > limit for e in whole], dtype=bool)
    if cut.any():
        core.enable_truncation(limit, strategy="longest_first")
        rows = np.flatnonzero(cut)
        chosen = list(texts)
        for row, encoding in zip(rows, core.encode_batch([chosen[r] for r in rows]), strict=True):
            whole[row] = encoding
        core.no_truncation()
    return _Coded([left] if right is None else [left, right], whole, cut)


def _account(coded: list[_Coded], tokenizer: Tokenizer) -> Tokens:
    n = len(coded[0].encodings)
    unknown_id = unknown_token(tokenizer)
    total = content = unknown = characters = lost = 0
    for one in coded:
        for row, encoding in enumerate(one.encodings):
            total += len(encoding.ids)
            content += len(encoding.ids) - sum(encoding.special_tokens_mask)
            characters += sum(len(text[row]) - text[row].count(" ") for text in one.texts)
            if unknown_id is None or unknown_id not in encoding.ids:
                continue
            spans = zip(encoding.ids, encoding.offsets, encoding.special_tokens_mask, strict=True)
            widths = [end - start for token, (start, end), special in spans if token == unknown_id and not special]
            unknown += len(widths)
            lost += sum(widths)
    return Tokens(
        mean=total / max(n, 1),
        unknown_tokens=unknown / max(content, 1),
        unknown_characters=min(lost / max(characters, 1), 1.0),
        truncated=float(np.any([one.cut for one in coded], axis=0).mean()) if n else 0.0,
    )
