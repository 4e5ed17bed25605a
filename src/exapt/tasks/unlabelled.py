"""Rows without labels: what a fit can predict and nobody can score."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from exapt.errors import BadInput
from exapt.tasks.columns import Alphabet, Side, sides_of
from exapt.tasks.reading import Raw

COLUMNS = ("id", "left", "right")


@dataclass(frozen=True)
class Unlabelled:
    """An ordered table of pairs or single sequences whose classes nobody has told.

    Attributes:
        frame: Columns `id`, `left` and `right` (all None for single sequences), all text; the index is 0..n-1.
        origin: What to call the table in messages.

    Raises:
        BadInput: For an empty or repeated id; the message names `origin` and the row (1 is the first).
    """

    frame: pd.DataFrame
    origin: str = "table"

    def __post_init__(self) -> None:
        ids = self.frame["id"]
        for bad, what in ((ids == "", "has an empty id; give it a value"), (ids.duplicated(), "repeats the id '{}'")):
            if bad.any():
                row = int(bad.to_numpy(dtype=bool).argmax())
                raise BadInput(f"{self.origin}: row {row + 1} {what.format(ids[row])}; ids tell predictions apart.")

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def paired(self) -> bool:
        """Whether the rows have a right side."""
        return len(self.frame) > 0 and self.frame["right"][0] is not None

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over every row's id, left and right, in order."""
        state = hashlib.sha256(b"exapt unlabelled 1")
        for row in self.frame[list(COLUMNS)].itertuples(index=False, name=None):
            for value in row:
                text = b"\x00" if value is None else value.encode()
                state.update(len(text).to_bytes(8, "little") + text)
        return state.hexdigest()


def unlabelled_of(
    raw: Raw, columns: Mapping[str, str | None], alphabet: Mapping[Side, Alphabet] | None = None
) -> Unlabelled:
    """Checked rows, in their order; columns of labels and groups are not looked at.

    Args:
        raw: The rows.
        columns: The column of every role, as `named_columns` gives them.
        alphabet: Sides whose letters are checked, and against what.

    Raises:
        BadInput: As `sides_of` and `Unlabelled` do.
    """
    made = dict(zip(COLUMNS, sides_of(raw, columns, alphabet), strict=True))
    return Unlabelled(pd.DataFrame({c: pd.Series(v, dtype=object) for c, v in made.items()}), raw.origin)
