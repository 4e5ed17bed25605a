"""Clean tasks as users bring them: every side once, classes as they fall, small or large, single or with one split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exapt.audit.selftest.rows import Base, Kind, shuffled

SHARES = (0.06, 0.1, 0.2, 0.35, 0.5)  # of positives
SIZES = (0.1, 0.25, 0.5, 1.0, 2.5)  # times the rows of other tasks
LARGEST_REAL = 0.5  # real sides are not endless
SINGLE, ONE_SPLIT = 0.25, 0.25  # how often


@dataclass(frozen=True)
class Shape:
    """How a loose task looks.

    Attributes:
        rows: Number of rows.
        share: Of positives, 0 to 1.
        single: Whether there is no right side.
        one_split: Whether all rows are of the test split.
    """

    rows: int
    share: float
    single: bool
    one_split: bool


def shape_of(kind: Kind, rows: int, real: bool, rng: np.random.Generator) -> Shape:
    """A shape, drawn.

    Args:
        kind: What the sides are; DNA with its protein is never single.
        rows: Of a task of swap blocks.
        real: Whether the sides are real.
        rng: Draws.
    """
    sizes = [size for size in SIZES if not real or size <= LARGEST_REAL]
    return Shape(
        rows=4 * max(20, round(rng.choice(sizes) * rows / 4)), share=float(rng.choice(SHARES)),
        single=kind != "coding" and bool(rng.random() < SINGLE), one_split=bool(rng.random() < ONE_SPLIT),
    )  # fmt: skip


def loosened(base: Base, shape: Shape, rng: np.random.Generator) -> Base:
    """Rows that share no side with another, with new labels that mean nothing.

    Args:
        base: Swap blocks, at least twice as many rows as the shape has.
        shape: What the rows become.
        rng: Draws labels and order.
    """
    frame = shuffled(base.frame, rng)
    first = frame.drop_duplicates("group").set_index("group").loc[frame["group"]]  # of each block one row
    apart = [frame[side].to_numpy() != first[side].to_numpy() for side in ("left", "right")]
    frame = frame[(apart[0] & apart[1]) | ~(apart[0] | apart[1])].iloc[: shape.rows]  # and the one that shares no side
    if shape.one_split:
        frame = frame.assign(split="test")
    if shape.single:
        frame = frame.assign(right=None)
    place = frame.groupby("split").cumcount()  # in random order
    rows = frame.groupby("split")["split"].transform("size")
    frame = frame.assign(positive=place < (shape.share * rows).round())  # in every split the same share
    frame = frame.assign(group=[f"row-{number}" for number in range(len(frame))])
    return Base(base.kind, shuffled(frame, rng), base.signal)
