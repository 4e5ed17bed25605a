"""What a run works on: its splits, drawn and encoded, with the account that goes into the record."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from exapt.data.encode import Encoded, Pair, encode
from exapt.errors import BadInput
from exapt.example import Examples
from exapt.learning.fit import Split as Encodings
from exapt.record import Data, Tokens
from exapt.tasks.task import Split, Task
from exapt.tasks.unlabelled import Unlabelled
from exapt.tokenizers import Tokenizer

LOG = logging.getLogger("exapt")
NO_TOKENS = Tokens(mean=0.0, unknown_tokens=0.0, unknown_characters=0.0, truncated=0.0)
WARN_AT = 0.01  # share of unknown or truncated input from which a result is in doubt


@dataclass(frozen=True)
class Material:
    """One split of one task, encoded.

    Attributes:
        examples: The examples.
        encoded: Their token ids; None for an arm that reads none.
        data: The account for the record.
    """

    examples: Examples
    encoded: Encoded | None
    data: Data

    @property
    def tokens(self) -> Encoded:
        """The token ids."""
        if self.encoded is None:
            raise RuntimeError(f"{self.data.task} was not encoded")
        return self.encoded

    @property
    def split(self) -> Encodings:
        """What learning needs."""
        names = self.examples.space.names
        labels = self.examples.frame["label"].map({names[0]: 0, names[1]: 1}).to_numpy(dtype=np.int64)
        return Encodings(self.tokens, labels, self.examples.frame["id"].tolist())


@dataclass(frozen=True)
class Encoder:
    """A tokenizer with the way a model wants its input.

    Attributes:
        tokenizer: The model's, repaired.
        pair: `joint` or `siamese`.
        limit: Longest input in tokens.
        strict: Whether more than 1% unknown or truncated input is an error.
    """

    tokenizer: Tokenizer
    pair: Pair
    limit: int
    strict: bool

    def material(self, task: Task, split: Split, examples: Examples | None = None) -> Material:
        """Load (or take) and encode one split.

        Raises:
            BadInput: If the split is empty or, under `strict`, if over 1% of it is unknown or truncated.
        """
        examples = _some(task, split, examples)
        encoded = self.encode(examples, f"{task.name} {split}")
        return Material(examples, encoded, _account(task, split, examples, encoded.tokens))

    def encode(self, examples: Examples | Unlabelled, name: str) -> Encoded:
        """Encode a table, and say what the tokenizer lost of it.

        Raises:
            BadInput: Under `strict`, if over 1% of it is unknown or truncated.
        """
        encoded = encode(examples, self.tokenizer, self.pair, self.limit)
        tokens = encoded.tokens
        worst = max(tokens.unknown_tokens, tokens.unknown_characters)
        for share, what in ((worst, "unknown to the tokenizer"), (tokens.truncated, "truncated")):
            if share > WARN_AT:
                said = f"{name}: {share:.1%} of the input is {what}."
                if self.strict:
                    raise BadInput(f"{said} Take another model or max_length, or allow it with strict_tokens=false.")
                LOG.warning("%s What the model cannot read it cannot transfer.", said)
        return encoded


class Unencoded:
    """Takes the place of an `Encoder` for an arm that reads the examples themselves."""

    def material(self, task: Task, split: Split, examples: Examples | None = None) -> Material:
        """Load (or take) one split.

        Raises:
            BadInput: If it is empty.
        """
        examples = _some(task, split, examples)
        return Material(examples, None, _account(task, split, examples, NO_TOKENS))

    def encode(self, examples: Examples | Unlabelled, name: str) -> None:
        """Nothing is encoded."""


def _some(task: Task, split: Split, examples: Examples | None) -> Examples:
    examples = task.load(split) if examples is None else examples
    if len(examples) == 0:
        raise BadInput(f"task {task.name}: its {split} split is empty.")
    return examples


def _account(task: Task, split: Split, examples: Examples, tokens: Tokens) -> Data:
    counts = examples.frame["label"].value_counts()
    return Data(
        task=task.name, split=split, digest=examples.digest, examples=len(examples),
        groups=examples.frame["group"].nunique(), paired=examples.paired,
        counts={name: int(counts.get(name, 0)) for name in examples.space.names},
        positive=examples.space.positive, tokens=tokens, facts=_plain(task.facts()),
    )  # fmt: skip


def draw_groups(examples: Examples, size: int, seed: int) -> Examples:
    """A subsample of whole groups: groups in an order drawn from the seed, until `size` examples are reached.

    Args:
        examples: All examples.
        size: Smallest number of examples wanted.
        seed: `seeds.draw`.

    Raises:
        BadInput: If there are fewer examples than that.
    """
    if size > len(examples):
        raise BadInput(f"method.train_examples: {size} are asked for, {examples.origin} has {len(examples)}.")
    codes, names = examples.frame["group"].factorize()
    rank = np.random.default_rng([seed, 0]).permutation(len(names))[codes]
    sizes = np.bincount(rank, minlength=len(names)).cumsum()
    last = int(np.searchsorted(sizes, size))
    return examples.take(np.flatnonzero(rank <= last))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value
