"""Small views made of rows, and random sequences and sentences with copies at a given identity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exapt.audit.view import View
from exapt.example import Examples, LabelSpace
from exapt.tasks.task import Split

SPACE = LabelSpace(("no", "yes"), "yes")
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
Row = tuple[str, str | None, bool, str]  # left, right, positive, group


def view_of_rows(name: str = "t", **splits: Sequence[Row]) -> View:
    made: dict[Split, Examples] = {}
    for split, rows in splits.items():
        frame = pd.DataFrame(
            [(f"{split}-{i}", a, b, "yes" if p else "no", g) for i, (a, b, p, g) in enumerate(rows)],
            columns=["id", "left", "right", "label", "group"],
        )
        made[split] = Examples(frame, SPACE)  # type: ignore[index]
    return View(name, made)


def real(path: str) -> str:
    if not (DATA / path).exists():
        pytest.skip(f"{DATA / path} is not there; only developers have it")
    return str(DATA)


LETTERS = {"dna": "ACGT", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def sequences(n: int, length: int, alphabet: str, rng: np.random.Generator) -> list[str]:
    return ["".join(row) for row in rng.choice(list(LETTERS[alphabet]), (n, length))]


def sentences(n: int, words: int, rng: np.random.Generator) -> list[str]:
    letters = np.array(list("etaoinshrdlucmfw"))
    known = ["".join(letters[rng.integers(16, size=size)]) for size in rng.integers(3, 9, 3000)]
    return [" ".join([known[i] for i in row]) for row in rng.integers(3000, size=(n, words)).tolist()]


def substituted(text: str, identity: float, letters: str, rng: np.random.Generator) -> str:
    """A copy with a share of its letters replaced, each by another one: the distance is at most what was planted."""
    made = list(text)
    for place in rng.permutation(len(made))[: round((1 - identity) * len(made))].tolist():
        others = letters.replace(made[place], "")
        made[place] = others[rng.integers(len(others))]
    return "".join(made)


def distance(a: str, b: str) -> int:
    """Levenshtein's, by the table of Wagner and Fischer (1974)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[:], i
        for j, y in enumerate(b, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
    return row[-1]
