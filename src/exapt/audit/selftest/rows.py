"""Tables that the self-test makes: swap blocks without a flaw, edits of some rows, and the task they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.tasks.task import SPLITS, Split, Task

Kind = Literal["text", "dna", "coding"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Ints: TypeAlias = npt.NDArray[np.intp]
Change = Callable[[str, str, np.random.Generator], tuple[str, str]]

SPACE = LabelSpace(("no", "yes"), "yes")
SHARES: Mapping[Split, float] = {"train": 0.6, "dev": 0.2, "test": 0.2}


@dataclass(frozen=True)
class Base:
    """Rows of one kind.

    Attributes:
        kind: What the sides are: two sentences, two DNA sequences, DNA and a protein.
        frame: Columns left, right, positive, group, split, in the order of the file; the index is 0..n-1.
        signal: Families that the task is about.
    """

    kind: Kind
    frame: pd.DataFrame
    signal: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def of(self, column: str, value: object) -> Ints:
        """Row numbers where a column has a value."""
        return np.flatnonzero((self.frame[column] == value).to_numpy())


@dataclass(frozen=True)
class Made(Task):
    """A table as a task.

    Attributes:
        name: Short name.
        splits: The examples by split.
        signal: Families that the task is about.
    """

    name: str
    splits: Mapping[Split, Examples]
    signal: list[str] = field(default_factory=list)
    space: LabelSpace = SPACE

    def load(self, split: Split) -> Examples:
        """The examples of a split.

        Raises:
            BadInput: If there is no such split.
        """
        if split not in self.splits:
            raise BadInput(f"{self.name}: has no {split} split.")
        return self.splits[split]

    def facts(self) -> dict[str, Any]:
        """That it was made for the self-test."""
        return {"generated": True, "generator": "self-test", "name": self.name}


def task_of(base: Base, name: str) -> Made:
    """The rows as a task, each split in the order of the table."""
    frame = base.frame.assign(label=np.where(base.frame["positive"], SPACE.positive, SPACE.negative))
    splits: dict[Split, Examples] = {}
    for split in SPLITS:
        rows = frame[frame["split"] == split]
        if len(rows):
            ids = [f"{split}-{number:05d}" for number in range(len(rows))]
            splits[split] = Examples(rows.assign(id=ids)[["id", "left", "right", "label", "group"]], SPACE, name)
    return Made(name, splits, list(base.signal))


def swap_blocks(
    left: Sequence[str], right: Sequence[str], rng: np.random.Generator, *, drawn: bool = True
) -> pd.DataFrame:
    """Blocks of four rows from two left and two right sides each: every side stands once under each label.

    Args:
        left: 2 m sides; those of block i are 2 i and 2 i + 1.
        right: 2 m sides.
        rng: Draws labels and order.
        drawn: Whether each block's labels are drawn: (0, 0) and (1, 1) are then as often negative as positive, and
            nothing that a pair has in common says which. If not, they are the positives.

    Returns:
        The frame of a `Base`, 4 m rows in random order: whole blocks to train (60%), dev and test (20% each).
    """
    blocks = len(left) // 2
    block, i, j = (part.ravel() for part in np.indices((blocks, 2, 2)))
    turned = rng.random(blocks) < 0.5 if drawn else np.zeros(blocks, dtype=bool)
    ends = np.cumsum([round(SHARES[split] * blocks) for split in SPLITS[:-1]])
    split = np.array(SPLITS, dtype=object)[np.searchsorted(ends, rng.permutation(blocks), side="right")]
    frame = pd.DataFrame(
        {
            "left": np.array(left, dtype=object)[2 * block + i],
            "right": np.array(right, dtype=object)[2 * block + j],
            "positive": (i == j) ^ turned[block],
            "group": [f"block-{number}" for number in block.tolist()],
            "split": split[block],
        }
    )
    return shuffled(frame, rng)


def shuffled(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The rows in random order."""
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def some(rows: Ints, share: float, rng: np.random.Generator, of: int | None = None) -> Ints:
    """A share (of as many rows as `of`, by default of these) drawn from some rows, at least one, ascending."""
    wanted = max(1, round(share * (len(rows) if of is None else of)))
    return np.sort(rng.permutation(rows)[:wanted])


def changed(base: Base, rows: Ints, change: Change, rng: np.random.Generator) -> Base:
    """The base with the sides of some rows changed."""
    frame = base.frame.copy()
    sides = {side: frame[side].to_numpy(dtype=object, copy=True) for side in ("left", "right")}
    for row in rows.tolist():
        sides["left"][row], sides["right"][row] = change(sides["left"][row], sides["right"][row], rng)
    frame = frame.assign(**sides)
    return Base(base.kind, frame, base.signal)


def added(base: Base, frame: pd.DataFrame, rng: np.random.Generator) -> Base:
    """The base with further rows at random places."""
    return Base(base.kind, shuffled(pd.concat([base.frame, frame]), rng), base.signal)
