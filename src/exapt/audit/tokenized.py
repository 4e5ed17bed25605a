"""What a tokenizer makes of the sides of a task: tokens, the letters that each covers, what a model gets to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from exapt.data.encode import Pair
from exapt.tokenizers import Tokenizer
from exapt.tokenizers.repair import unknown_token

_CHUNK = 1024  # texts encoded at a time; encodings take some 100 bytes a token


@dataclass(frozen=True)
class Pieces:
    """Some texts as tokens, one text after another, special tokens left out.

    Attributes:
        starts: Where each text's tokens begin, and the end of the last, shape (texts + 1,).
        ids: The tokens.
        letters: Characters other than white space that each token covers and none before it does, shape of `ids`.
        unknown: Whether it is the unknown token, bool.
        total: Characters other than white space of each text, shape (texts,). Those that no token covers were dropped.
    """

    starts: np.ndarray
    ids: np.ndarray
    letters: np.ndarray
    unknown: np.ndarray
    total: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Tokens of each text."""
        return np.diff(self.starts)

    def seen(self, kept: np.ndarray | None = None) -> np.ndarray:
        """Letters of each text that its known tokens cover, of its first `kept` tokens only if given."""
        sums = np.concatenate([[0], np.cumsum(np.where(self.unknown, 0, self.letters), dtype=np.int64)])
        first = self.starts[:-1]
        ends = self.starts[1:] if kept is None else first + np.minimum(kept, self.counts)
        found: np.ndarray = sums[ends] - sums[first]
        return found


@dataclass(frozen=True)
class Tokenized:
    """The sides of some examples as a model reads them.

    Attributes:
        sides: The tokens of each side, whole.
        kept: How many of them, from the first on, are left of each example's side after truncation.
        cut: Whether an example lost any, bool of shape (examples,).
        longest: Tokens of the longest input before truncation, special tokens included.
    """

    sides: Mapping[str, Pieces]
    kept: Mapping[str, np.ndarray]
    cut: np.ndarray
    longest: int

    @cached_property
    def unknown(self) -> dict[str, dict[str, float]]:
        """What each side loses before truncation.

        Shares of `tokens` that are unknown, of `characters` that are unknown or dropped, and of sides `erased`: more
        than half of their characters are. A few short ones are no matter of the other shares.
        """
        return {
            side: {
                "tokens": float(p.unknown.mean()) if len(p.ids) else 0.0,
                "characters": 1 - float(p.seen().sum()) / max(float(p.total.sum()), 1),
                "erased": float(np.mean(2 * p.seen() < p.total)),
            }
            for side, p in self.sides.items()
        }

    @property
    def lost(self) -> float:
        """The largest of the shares `unknown`."""
        return max(max(shares.values()) for shares in self.unknown.values())

    @property
    def truncated(self) -> float:
        """Share of examples that are cut."""
        return float(self.cut.mean())

    @cached_property
    def width(self) -> dict[str, float]:
        """Characters per token of each side."""
        return {side: float(p.total.sum()) / max(len(p.ids), 1) for side, p in self.sides.items()}

    @property
    def imbalance(self) -> float:
        """How many times as many characters per token the one side has as the other; 1 for single sequences."""
        return max(self.width.values()) / max(min(self.width.values()), 1e-9)

    @cached_property
    def effective(self) -> dict[str, float]:
        """Share of each side's letters that the model sees, after truncation and without unknown tokens."""
        return {
            side: float(p.seen(self.kept[side]).sum()) / max(float(p.total.sum()), 1) for side, p in self.sides.items()
        }


def pieces(tokenizer: Tokenizer, texts: Sequence[str]) -> Pieces:
    """Encode some texts, each alone."""
    core: Any = tokenizer.backend_tokenizer
    core.no_padding()
    core.no_truncation()
    counts, ids, letters, total = [], [], [], []
    for begin in range(0, len(texts), _CHUNK):
        chunk = list(texts[begin : begin + _CHUNK])
        encoded = core.encode_batch(chunk, add_special_tokens=False)
        lengths = np.array([len(e.ids) for e in encoded])
        spans = np.array([span for e in encoded for span in e.offsets], dtype=np.int64).reshape(-1, 2)
        bases = np.concatenate([[0], np.cumsum([len(text) for text in chunk])])
        spans += np.repeat(bases[:-1], lengths)[:, None]
        solid = np.array([not character.isspace() for character in "".join(chunk)], dtype=bool)
        before = np.concatenate([[0], np.cumsum(solid)])  # letters in front of each place
        # tokens of one letter's bytes share its span: the first takes the letter
        reached = np.maximum.accumulate(np.concatenate([[0], spans[:, 1]]))[:-1]
        first = np.maximum(spans[:, 0], reached)
        counts.append(lengths)
        ids.append(np.fromiter((i for e in encoded for i in e.ids), dtype=np.int64, count=int(lengths.sum())))
        letters.append(before[np.maximum(spans[:, 1], first)] - before[first])
        total.append(before[bases[1:]] - before[bases[:-1]])
    flat = np.concatenate(ids)
    token = unknown_token(tokenizer)
    return Pieces(
        starts=np.concatenate([[0], np.cumsum(np.concatenate(counts))]), ids=flat, letters=np.concatenate(letters),
        unknown=flat == token if token is not None else np.zeros(len(flat), dtype=bool), total=np.concatenate(total),
    )  # fmt: skip


def tokenize(tokenizer: Tokenizer, pair: Pair, limit: int, texts: Mapping[str, Sequence[str]]) -> Tokenized:
    """Encode examples side by side, and cut them as `exapt.data.encode` does.

    Args:
        tokenizer: A fast tokenizer.
        pair: `joint` for one input, `siamese` for one a side.
        limit: Longest input in tokens, special tokens included.
        texts: `left`, and `right` if the examples are pairs; all of one length, at least 1.
    """
    return cut({side: pieces(tokenizer, given) for side, given in texts.items()}, tokenizer, pair, limit)


def cut(sides: Mapping[str, Pieces], tokenizer: Tokenizer, pair: Pair, limit: int) -> Tokenized:
    """What is left of sides within a limit; arguments as of `tokenize`."""
    joint = pair == "joint" and len(sides) == 2
    special = tokenizer.backend_tokenizer.num_special_tokens_to_add(joint)
    counts = [p.counts for p in sides.values()]
    room = max(limit - special, 0)
    wanted = np.sum(counts, axis=0) if joint else np.max(counts, axis=0)
    kept = _share(counts[0], counts[1], room) if joint else [np.minimum(c, room) for c in counts]
    return Tokenized(sides, dict(zip(sides, kept, strict=True)), wanted > room, int(wanted.max()) + special)


def _share(left: np.ndarray, right: np.ndarray, room: int) -> list[np.ndarray]:
    """Tokens left of both sides when the longer one gives way first, as `tokenizers` does ("longest first")."""
    short, long = np.minimum(left, right), np.maximum(left, right)
    given = np.maximum(short, room - short)
    crowded = short + given > room
    short, given = np.where(crowded, room // 2, short), np.where(crowded, room - room // 2, np.minimum(given, long))
    fits, swapped = left + right <= room, left > right
    return [
        np.where(fits, left, np.where(swapped, given, short)),
        np.where(fits, right, np.where(swapped, short, given)),
    ]
