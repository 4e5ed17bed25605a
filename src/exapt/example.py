"""The one noun of Exapt: examples (pairs or single sequences), their labels, and checked tables of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from exapt.errors import BadInput, did_you_mean

COLUMNS = ("id", "left", "right", "label", "group")


@dataclass(frozen=True, slots=True)
class LabelSpace:
    """The two classes of a task, by name.

    Attributes:
        names: Class names in the order of a classifier's outputs; exactly two, distinct.
        positive: The class that answers to the source's positive class in a transfer; declared in
            the task's sheet before any run, never chosen by looking at scores.

    Raises:
        BadInput: If there are not two distinct names, or `positive` is not one of them.
    """

    names: tuple[str, str]
    positive: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        if len(self.names) != 2 or len(set(self.names)) != 2:
            raise BadInput(f"labels: a task has exactly two distinct class names, got {list(self.names)}.")
        if self.positive not in self.names:
            raise BadInput(
                f"labels: positive class '{self.positive}' is not a class.{did_you_mean(self.positive, self.names)}"
            )

    @property
    def negative(self) -> str:
        """The class that is not `positive`."""
        return self.names[1 - self.names.index(self.positive)]


@dataclass(frozen=True, slots=True)
class Example:
    """One example: a pair, or a single sequence if `right` is None.

    Attributes:
        id: Unique within its task's split.
        left: First text or sequence.
        right: Second text or sequence, or None.
        label: Name of the class, one of the task's `LabelSpace.names`.
        group: Examples of one group are dependent (shared sequences, one locus, one swap block):
            never divided between splits, drawn together by the bootstrap.
    """

    id: str
    left: str
    right: str | None
    label: str
    group: str


@dataclass(frozen=True)
class Examples:
    """An ordered, checked table of examples: one split of a task.

    Attributes:
        frame: Columns `id`, `left`, `right` (all None for single sequences), `label` (class names) and
            `group`, all strings, then any further columns (identity, negative kind, ...). The index is 0..n-1.
        space: The label space.
        origin: What to call the table in error messages (a file or task name).

    Raises:
        BadInput: For a missing column, an empty or repeated id, an empty side, or an unknown label;
            the message names `origin` and the first row (1 is the first example) at fault.
    """

    frame: pd.DataFrame
    space: LabelSpace
    origin: str = "table"

    def __post_init__(self) -> None:
        frame = self.frame
        missing = [c for c in COLUMNS if c not in frame.columns]
        if missing:
            raise BadInput(
                f"{self.origin}: column '{missing[0]}' is missing; there is: {', '.join(map(str, frame.columns))}."
            )
        extra = [c for c in frame.columns if c not in COLUMNS]
        frame = frame[[*COLUMNS, *extra]].reset_index(drop=True)
        for column in ("id", "left", "label", "group"):
            bad = frame[column].map(lambda v: not isinstance(v, str) or v == "").to_numpy(dtype=bool)
            if bad.any():
                raise BadInput(
                    f"{self.origin}: row {int(bad.argmax()) + 1} has an empty {column}; "
                    "give it a value or drop the row."
                )
        empty = frame["right"].isna().to_numpy(dtype=bool)
        if empty.any() and not empty.all():
            raise BadInput(
                f"{self.origin}: row {int(empty.argmax()) + 1} has no right side while others do; "
                "drop it or make all rows single."
            )
        repeated = frame["id"].duplicated().to_numpy(dtype=bool)
        if repeated.any():
            row = int(repeated.argmax())
            raise BadInput(
                f"{self.origin}: row {row + 1} repeats the id '{frame['id'][row]}'; ids must be unique within a split."
            )
        unknown = ~frame["label"].isin(self.space.names).to_numpy(dtype=bool)
        if unknown.any():
            row = int(unknown.argmax())
            raise BadInput(
                f"{self.origin}: row {row + 1} has the label '{frame['label'][row]}'; "
                f"the task's classes are {', '.join(self.space.names)}."
            )
        # plain object columns: one representation whatever pandas' default string type is
        for column in COLUMNS:
            frame[column] = pd.Series([v if isinstance(v, str) else None for v in frame[column]], dtype=object)
        object.__setattr__(self, "frame", frame)

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Example]:
        for values in self.frame[list(COLUMNS)].itertuples(index=False, name=None):
            yield Example(*values)

    @property
    def paired(self) -> bool:
        """Whether the examples have a right side."""
        return len(self.frame) > 0 and self.frame["right"][0] is not None

    @cached_property
    def positive(self) -> np.ndarray:
        """Boolean array of shape (n,): True where the label is the positive class."""
        return (self.frame["label"] == self.space.positive).to_numpy(dtype=bool)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over the label space and every row's id, left, right, label and group, in order."""
        state = hashlib.sha256(repr((self.space.names, self.space.positive)).encode())
        for row in self.frame[list(COLUMNS)].itertuples(index=False, name=None):
            for value in row:
                text = b"\x00" if value is None else value.encode()
                state.update(len(text).to_bytes(8, "little", signed=False) + text)
        return state.hexdigest()

    def take(self, rows: np.ndarray) -> Examples:
        """The examples at the given row numbers, in that order."""
        return Examples(self.frame.iloc[rows], self.space, self.origin)
