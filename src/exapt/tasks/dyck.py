"""Structure without words: brackets that are opened on the left side and closed, or not, on the right side."""

from dataclasses import field

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.homes import distinct
from exapt.tasks.rings import ring_table
from exapt.tasks.task import Split

_OPEN, _CLOSE = "([{<", ")]}>"
_MIRROR = str.maketrans(_OPEN + _CLOSE, _CLOSE + _OPEN)
_SLOT = "|"


@settings
class Dyck(GeneratedTask):
    """Does the right side close what the left side opened, in the right order?

    Left and right together are a word of the Dyck language of `types` brackets in a positive. The left side is a
    prefix of such a word that leaves `depth` brackets open; the right side closes them, with balanced pieces in
    between, as the left side has them too. Walks of brackets are uniform among those of their length and depth.

    Two lefts that differ in nothing but the order of the brackets they leave open, and their two rights, make a swap
    block: every side stands once under each label, and the negative's right side is the true one with its closing
    brackets in another order. So one side alone, length, and the letters of a pair say nothing; nor do, on average, the
    k-mers that its sides share. What decides is the order of open brackets: a stack. A walk with its inner brackets
    belongs to one split for ever.

    Attributes:
        length: Brackets of a side; at least 10.
        types: Kinds of brackets, 2 to 4 (with one kind there is no other order).
        depth: Brackets that the left side leaves open, at least 2; `length` - `depth` is even and at least 6, so that
            there are inner brackets.

    Raises:
        BadInput: For settings outside these bounds.
    """

    name: str = "dyck"
    labels: list[str] = field(default_factory=lambda: ["unbalanced", "balanced"])
    positive: str = "balanced"
    length: int = 40
    types: int = 4
    depth: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length < 10:
            raise BadInput(f"{self.name}: length is {self.length}; give at least 10 brackets.")
        if not 2 <= self.types <= len(_OPEN):
            raise BadInput(f"{self.name}: types is {self.types}; give 2 to {len(_OPEN)}.")
        inner = self.length - self.depth
        if self.depth < 2 or inner < 6 or inner % 2:
            raise BadInput(
                f"{self.name}: depth is {self.depth} of length {self.length}; give at least 2, and an even number "
                "of at least 6 less than length."
            )

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        shapes = distinct(split, pairs // 2, lambda: self._shape(rng), self.name)
        left, right = [], []
        for before, behind in zip(shapes[::2], shapes[1::2], strict=True):
            for order in self._orders(rng):
                left.append(_filled(before, order))
                right.append(_filled(behind, order)[::-1].translate(_MIRROR))
        return ring_table(left, right, [2] * (pairs // 4), self.space, split)[0]

    def _shape(self, rng: np.random.Generator) -> str:
        """A prefix of a Dyck word, with a slot for every bracket that stays open."""
        ups = (self.length + self.depth) // 2
        steps = walk(ups, self.length - ups, rng)
        drawn = rng.integers(self.types, size=self.length).tolist()
        text = [_SLOT] * self.length
        stack: list[int] = []
        for place, step in enumerate(steps):
            if step > 0:
                stack.append(place)
            else:
                text[stack[-1]], text[place] = _OPEN[drawn[place]], _CLOSE[drawn[place]]
                stack.pop()
        return "".join(text)

    def _orders(self, rng: np.random.Generator) -> tuple[str, str]:
        """Two different orders of the same open brackets."""
        while True:
            first = rng.integers(self.types, size=self.depth)
            second = rng.permutation(first)
            if (first != second).any():
                return "".join(_OPEN[k] for k in first), "".join(_OPEN[k] for k in second)


def walk(ups: int, downs: int, rng: np.random.Generator) -> list[int]:
    """A walk of steps +1 and -1 from 0 that is never negative, each such walk as likely.

    Args:
        ups: Number of steps +1, at least `downs`.
        downs: Number of steps -1.
        rng: Source of the draw.

    Returns:
        The steps. By the cycle lemma (Dvoretzky and Motzkin 1947): with one more step up in any order, exactly
        ups + 1 - downs of the rotations stay above 0; one of them is drawn, and its first step, which is up, dropped.
    """
    steps = rng.permutation(np.repeat([1, -1], [ups + 1, downs]))
    height = np.cumsum(np.concatenate([steps, steps]))
    behind = np.concatenate([[0], height[:-1]])[: len(steps)]
    # a rotation stays above 0 if nothing behind its start comes down to where it starts
    lowest = np.minimum.accumulate(height[::-1])[::-1][: len(steps)]
    good = np.flatnonzero(lowest > behind)
    start = int(good[rng.integers(len(good))])
    rotated: list[int] = np.roll(steps, -start)[1:].tolist()
    return rotated


def _filled(shape: str, order: str) -> str:
    brackets = iter(order)
    return "".join(next(brackets) if letter == _SLOT else letter for letter in shape)
