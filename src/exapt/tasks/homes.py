"""Which split a generated text belongs to: one, for ever, whatever the sizes and the seed of a task."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from exapt.errors import BadInput
from exapt.tasks.task import Split

_FUTILE = 20_000


def home(text: str) -> Split:
    """The split that a text belongs to: train 60%, dev and test 20% each, by its checksum (CRC-32)."""
    tenth = zlib.crc32(text.encode()) % 10
    return "train" if tenth < 6 else "dev" if tenth < 8 else "test"


def distinct(split: Split, count: int, draw: Callable[[], str], name: str) -> list[str]:
    """Distinct texts that belong to a split, in the order of their first draw.

    Args:
        split: The split.
        count: How many are wanted.
        draw: Draws a text.
        name: What to call the task in the message.

    Raises:
        BadInput: If texts of the split that are new run out.
    """
    found: dict[str, None] = {}
    futile = 0
    while len(found) < count:
        text, before = draw(), len(found)
        if home(text) == split:
            found[text] = None
        futile = 0 if len(found) > before else futile + 1
        if futile == _FUTILE:
            raise BadInput(
                f"{name}: its settings make {len(found)} different texts for {split}, {count} are needed; lower "
                f"{split}= or make sides longer."
            )
    return list(found)
