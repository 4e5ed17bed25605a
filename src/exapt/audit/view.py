"""What the checks of an audit look at: all examples of a task in one table, their sides in several readings."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.sequences import looks_like_dna, reverse_complement
from exapt.tasks.task import SPLITS, Split, Task

Alphabet = Literal["text", "dna", "protein"]
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ*-.")  # of sequences; gaps may have been left in
_LOOKED_AT = 200  # sides that tell the alphabet


@dataclass(frozen=True)
class View:
    """All examples of a task.

    Attributes:
        name: The task's name.
        splits: The examples by split; those that the task has.
        signal: Families that the task is about, as its sheet declares.
        seed: Of everything that a check draws.
    """

    name: str
    splits: Mapping[Split, Examples]
    signal: frozenset[str] = frozenset()
    seed: int = 0
    alphabets: Mapping[str, Alphabet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.splits:
            raise BadInput(f"{self.name}: has no examples to audit.")
        found = {side: alphabet_of(self.texts(side)) for side in self.sides}
        object.__setattr__(self, "alphabets", {**found, **self.alphabets})

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Columns id, left, right, label, group of all splits, `split`, `row` (place in its split), `positive`."""
        parts = [
            examples.frame.assign(split=split, row=np.arange(len(examples)), positive=examples.positive)
            for split, examples in self.splits.items()
        ]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """`left`, and `right` if the examples are pairs."""
        return ("left", "right") if next(iter(self.splits.values())).paired else ("left",)

    def __len__(self) -> int:
        return sum(map(len, self.splits.values()))

    def texts(self, side: str) -> list[str]:
        """The sides as they stand."""
        return self.frame[side].tolist()

    def plain(self, side: str) -> list[str]:
        """The sides normalised: what a reader would call the same text or sequence is the same string."""
        return [normalised(text, self.alphabets[side]) for text in self.texts(side)]

    @cached_property
    def positive(self) -> np.ndarray:
        """Whether each example is of the positive class, bool of shape (n,)."""
        return self.frame["positive"].to_numpy(dtype=bool)


def view_of(task: Task, seed: int = 0) -> View:
    """All examples of a task that can be loaded.

    Raises:
        BadInput: If the task has none, or its data is faulty.
    """
    found: dict[Split, Examples] = {}
    faults: list[BadInput] = []
    for split in SPLITS:
        try:
            examples = task.load(split)
        except BadInput as fault:  # a task that has no such split; a faulty file fails in every split
            faults.append(fault)
            continue
        if len(examples):
            found[split] = examples
    if not found and faults:
        raise faults[0]
    return View(task.name, found, frozenset(getattr(task, "signal", ())), seed)


def part_of(view: View, rows: npt.NDArray[np.intp]) -> View:
    """The view of some of its rows, given by ascending row numbers of its frame."""
    frame = view.frame.iloc[rows]
    splits = {
        split: examples.take(frame.loc[frame["split"] == split, "row"].to_numpy())
        for split, examples in view.splits.items()
        if (frame["split"] == split).any()
    }
    return View(view.name, splits, view.signal, view.seed, view.alphabets)


def alphabet_of(texts: Sequence[str]) -> Alphabet:
    """What some sides are written in: DNA, protein, or text."""
    spread = np.linspace(0, len(texts) - 1, min(len(texts), _LOOKED_AT)).astype(int)
    # of a sequence white space means nothing, of a text it parts the words
    sample = ["".join(texts[i].split()).upper() if len(texts[i].split()) == 1 else texts[i].upper() for i in spread]
    letters = set("".join(sample))
    if not letters <= _LETTERS or min(map(len, sample), default=0) < 8:
        return "text"
    return "dna" if looks_like_dna("".join(sample)) else "protein"


def normalised(text: str, alphabet: Alphabet) -> str:
    """A side without what does not change its meaning.

    Text: compatibility forms of Unicode (NFKC), case folded, runs of white space as one space. DNA: upper case, U as T,
    the one of both strands that comes first in the alphabet. Proteins: upper case, no stop at the end.
    """
    if alphabet == "text":
        return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    letters = "".join(text.split()).upper()
    if alphabet == "protein":
        return letters.rstrip("*")
    dna = letters.replace("U", "T")
    return min(dna, reverse_complement(dna))
