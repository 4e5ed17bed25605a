"""Small tasks with a known flaw, and families that look for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exapt.audit.family import Family
from exapt.audit.view import View
from exapt.example import Examples, LabelSpace

SPACE = LabelSpace(("no", "yes"), "yes")


def view(positive, left=None, signal=(), splits=None, seed=0):
    """A view of single sequences; `splits` cuts the rows into train and test."""
    n = len(positive)
    frame = pd.DataFrame(
        {
            "id": [str(i) for i in range(n)],
            "left": left if left is not None else ["x"] * n,
            "right": None,
            "label": np.where(positive, "yes", "no"),
            "group": [str(i) for i in range(n)],
        }
    )
    cut = n if splits is None else splits
    parts = {"train": Examples(frame[:cut], SPACE), "test": Examples(frame[cut:], SPACE)}
    return View("planted", {k: v for k, v in parts.items() if len(v)}, frozenset(signal), seed)


def family(name, matrix, kind="content", model="trees", applies=True):
    """A family whose matrix is given, by row number of the view it was made for (its ids)."""

    def rows(seen):
        return matrix[seen.frame["id"].astype(int).to_numpy()]

    return Family(name, kind, model, lambda seen: applies, rows, f"{name} tells the label", f"mend {name}")


def flag(positive, auroc, rng, share=0.5):
    """A flag whose AUROC is the given one in expectation, shape (n, 1)."""
    gain = auroc - 0.5
    return (rng.random(len(positive)) < np.where(positive, share + gain, share - gain))[:, None].astype(float)
