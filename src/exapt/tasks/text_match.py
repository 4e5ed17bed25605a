"""Generated English: a piece of a sentence against a copy with letters replaced, or against a copy of another piece."""

from dataclasses import field

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.grammar import Lexicon, part, sentence
from exapt.tasks.homes import distinct
from exapt.tasks.rings import ring_table
from exapt.tasks.task import SPLITS, Split

_SPACE = ord(" ")


@settings
class TextMatch(GeneratedTask):
    """Does the right side come from the same piece of a sentence as the left side?

    The left side is `length` characters of a lower-case sentence, cut at a random place. The right side is such a
    piece with characters (a to z and the space) replaced by others. It is the left side's own piece in a positive and
    another one in a negative, as swap blocks: every side stands once under each label, and the noise says nothing. Each
    split has words of its own (`exapt.tasks.grammar.part`), so that no sentence is nearly one of another split; and a
    piece belongs to one split for ever (by its checksum), whatever the sizes and the seed.

    Attributes:
        length: Characters of a side, spaces included; at least 10.
        low: Least share of the characters that is replaced, 0 to 1.
        high: Greatest share, at least `low`; a right side's share is uniform between the two.
        levels: A ladder instead of `low` and `high`, which then say nothing: shares with an equal number of examples
            each, the two right sides of a swap block having the same one, which stands in the column `level` ("0.20").

    Raises:
        BadInput: For a short length, shares out of order, or levels that repeat (in whole characters) or that the sizes
            cannot be divided by.
    """

    name: str = "text_match"
    labels: list[str] = field(default_factory=lambda: ["different", "match"])
    positive: str = "match"
    length: int = 40
    low: float = 0.05
    high: float = 0.40
    levels: list[float] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length < 10:
            raise BadInput(f"{self.name}: length is {self.length}; give at least 10 characters.")
        if not 0 <= self.low <= self.high <= 1:
            raise BadInput(f"{self.name}: low and high are {self.low} and {self.high}; give 0 <= low <= high <= 1.")
        if self.levels is not None:
            self._check_levels(self.levels)

    def _check_levels(self, levels: list[float]) -> None:
        if not levels or not all(0 <= level <= 1 for level in levels):
            raise BadInput(f"{self.name}: levels is {levels}; give shares from 0 to 1, or null for none.")
        counts = [round(level * self.length) for level in levels]
        if len(set(counts)) < len(counts):
            raise BadInput(
                f"{self.name}: levels {levels} replace {counts} of {self.length} characters; let no two be the same."
            )
        for split in SPLITS:
            if self._size(split) % (4 * len(levels)):
                raise BadInput(
                    f"{self.name}: {split} is {self._size(split)} pairs for {len(levels)} levels; give a multiple of "
                    f"{4 * len(levels)}."
                )

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        words = part(split)
        left = distinct(split, pairs // 2, lambda: self._piece(rng, words), self.name)
        letters = np.frombuffer("".join(left).encode("ascii"), dtype=np.uint8).reshape(len(left), self.length)
        steps = None if self.levels is None else np.repeat(self.levels, len(left) // len(self.levels))
        asked = rng.uniform(self.low, self.high, len(left)) if steps is None else steps
        noisy, share = replace_letters(letters, asked, rng)
        right = [row.tobytes().decode("ascii") for row in noisy]
        frame, _, j = ring_table(left, right, [2] * (pairs // 4), self.space, split)
        frame = frame.assign(replaced=share[j])
        if steps is None:
            return frame
        return frame.assign(level=[np.format_float_positional(step, min_digits=2) for step in steps[j]])

    def _piece(self, rng: np.random.Generator, words: Lexicon) -> str:
        """A piece of `length` characters; what another kind of text changes."""
        text = sentence(rng, self.length, words)
        start = int(rng.integers(len(text) - self.length + 1))
        return text[start : start + self.length]


def replace_letters(text: np.ndarray, share: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Replace characters by others of a to z and the space.

    The space is one of them: if spaces stayed where they were, their places alone would tell a copy from another piece.

    Args:
        text: ASCII codes of a to z and space, uint8 of shape (n, length).
        share: Share of each row's characters to replace, 0 to 1, shape (n,); rounded to a whole number.
        rng: Chooses places and characters.

    Returns:
        The new codes, shape (n, length), and the share that was replaced, shape (n,).
    """
    length = text.shape[1]
    count = np.rint(share * length).astype(np.int64)
    # ranks of random keys choose `count` places in each row
    chosen = rng.random(text.shape).argsort(axis=1).argsort(axis=1) < count[:, None]
    code = np.where(text == _SPACE, 26, text.astype(np.int64) - ord("a"))
    other = (code + rng.integers(1, 27, text.shape)) % 27
    letters = np.where(other == 26, _SPACE, other + ord("a"))
    return np.where(chosen, letters, text).astype(np.uint8), count / length
