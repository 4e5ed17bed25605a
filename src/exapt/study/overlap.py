"""Which examples have a side that the source's train split holds too; hashes tell it when the source is gone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.files import write_atomically

FILE = "train_sides.npy"


def sides(texts: list[str | None]) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each text, case and white space aside, shape (n,); 0 for None."""
    made = [
        0
        if text is None
        else int.from_bytes(hashlib.blake2b(" ".join(text.lower().split()).encode(), digest_size=8).digest())
        for text in texts
    ]
    return np.array(made, dtype=np.uint64)


def write_sides(folder: Path, train: Examples) -> None:
    """Keep the hashes of the train split's sides in the run's folder."""
    both = [sides(train.frame[column].tolist()) for column in ("left", "right")]
    known = np.unique(np.concatenate(both))

    def write(path: Path) -> None:
        with path.open("wb") as stream:
            np.save(stream, known[known != 0], allow_pickle=False)

    write_atomically(folder / FILE, write)


def share_of(folder: Path, examples: Examples) -> float:
    """Share (0 to 1) of the examples that have a side in the train split of the run in `folder`.

    Raises:
        BadInput: If the hashes are not there or cannot be read.
    """
    try:
        known: npt.NDArray[np.uint64] = np.load(folder / FILE, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BadInput(
            f"{folder / FILE}: cannot be read ({error}); run the fit's own command again to make it anew."
        ) from None
    found = [np.isin(sides(examples.frame[column].tolist()), known) for column in ("left", "right")]
    return float((found[0] | found[1]).mean())
