"""Structure without words: a string of pseudo-words against itself, or against one with some of them changed."""

from dataclasses import field
from typing import Literal

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.homes import distinct, home
from exapt.tasks.rings import ring_table
from exapt.tasks.task import Split

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 2


@settings
class Copy(GeneratedTask):
    """Is the right side the same string as the left side?

    A string is `tokens` different pseudo-words of random letters. It and its changed twin make a swap block, each of
    them standing once under each label on either side: one side alone, length, and (with `exchanged`) the words and
    letters of a pair say nothing. Whether the sides are equal says all, as edit distance does. A set of words belongs
    to one split for ever, in whatever order.

    Attributes:
        length: Characters of a side, spaces included.
        tokens: Words of a side; of at least 2 letters each, otherwise of random lengths.
        altered: What makes the twin: some words `exchanged` by pairs, or `replaced` by other words of the same length.
        changes: Pairs of words exchanged, or words replaced; at least 1.

    Raises:
        BadInput: If the words do not fit into the length, or there are too few of them for the changes.
    """

    name: str = "copy"
    labels: list[str] = field(default_factory=lambda: ["altered", "same"])
    positive: str = "same"
    length: int = 40
    tokens: int = 7
    altered: Literal["exchanged", "replaced"] = "exchanged"
    changes: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        needed = max(2, self.changes * (2 if self.altered == "exchanged" else 1))
        if self.changes < 1 or self.tokens < needed:
            raise BadInput(
                f"{self.name}: tokens is {self.tokens} for {self.changes} changes of {self.altered} words; give at "
                f"least {needed} tokens and 1 change."
            )
        # one letter more, lest the words run out
        shortest = self.tokens * (_SHORTEST + 2) - 1
        if self.length < shortest:
            raise BadInput(
                f"{self.name}: length is {self.length}; {self.tokens} tokens need at least {shortest} characters."
            )

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        bags = distinct(split, pairs // 4, lambda: _bag(self._words(rng)), self.name)
        seen = set(bags)
        sides = []
        for bag in bags:
            words = bag.split(" ")
            text = [words[k] for k in rng.permutation(len(words))]
            sides += [" ".join(text), " ".join(self._twin(text, split, seen, rng))]
        return ring_table(sides, sides, [2] * (pairs // 4), self.space, split)[0]

    def _words(self, rng: np.random.Generator) -> list[str]:
        """Different words; every way to cut the letters into words is as likely."""
        spare = self.length - (self.tokens - 1) - _SHORTEST * self.tokens
        bars = np.sort(rng.permutation(spare + self.tokens - 1)[: self.tokens - 1])
        sizes = np.diff(bars, prepend=-1, append=spare + self.tokens - 1) - 1 + _SHORTEST
        while True:
            words = [_word(size, rng) for size in sizes.tolist()]
            if len(set(words)) == len(words):
                return words

    def _twin(self, text: list[str], split: Split, seen: set[str], rng: np.random.Generator) -> list[str]:
        """The words with some changed; new ones make a set of the same split that is not in `seen`, which grows."""
        places = rng.permutation(len(text)).tolist()
        twin = list(text)
        if self.altered == "exchanged":
            for i, j in zip(places[: self.changes], places[self.changes : 2 * self.changes], strict=True):
                twin[i], twin[j] = text[j], text[i]
            return twin
        while True:
            for i in places[: self.changes]:
                twin[i] = _word(len(text[i]), rng)
            new = {twin[i] for i in places[: self.changes]}
            bag = _bag(twin)
            if len(set(twin)) == len(twin) and not new & set(text) and home(bag) == split and bag not in seen:
                seen.add(bag)
                return twin


def _bag(words: list[str]) -> str:
    return " ".join(sorted(words))


def _word(size: int, rng: np.random.Generator) -> str:
    return "".join(_LETTERS[k] for k in rng.integers(len(_LETTERS), size=size))
