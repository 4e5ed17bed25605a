"""Tables of DNA pairs without a flaw, or with one: what a run must not be trained on before somebody has said so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from exapt.tasks.table import Table

Flaw = Literal["none", "contradictory", "leaked", "erased", "sorted"]
# what each is called in the line that stops a run
STOPS: dict[Flaw, str] = {
    "contradictory": "contradictory labels", "leaked": "exact leakage", "erased": "unknown tokens",
    "sorted": "position",
}  # fmt: skip
SIZES = {"train": 40, "dev": 12, "test": 12}  # 16 groups: few folds, quickly looked at
LETTERS = np.array(list("ACGT"))


def rows(split: str, n: int, seed: int) -> pd.DataFrame:
    """Swap blocks of copies with a fifth of the letters drawn anew, in random order."""
    rng = np.random.default_rng([seed, *split.encode()])
    made = []
    for block in range(n // 4):
        left = ["".join(rng.choice(LETTERS, 40)) for _ in range(2)]
        right = ["".join(rng.choice(LETTERS) if rng.random() < 0.2 else c for c in one) for one in left]
        made += [(left[i], right[j], "same" if i == j else "other", f"{split}{block}") for i in (0, 1) for j in (0, 1)]
    frame = pd.DataFrame(made, columns=["sentence1", "sentence2", "label", "group"])
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def table(folder: Path, flaw: Flaw = "none", *, seed: int = 0, **settings: Any) -> Table:
    """A task of three files in `folder`."""
    parts = {split: rows(split, n, seed) for split, n in SIZES.items()}
    train = parts["train"]
    if flaw == "contradictory":
        turned = train.head(4).assign(label=train["label"].head(4).map({"same": "other", "other": "same"}))
        parts["train"] = pd.concat([train, turned], ignore_index=True)
    elif flaw == "leaked":
        block = train[train["group"] == "train0"].assign(group="test0")
        parts["test"] = pd.concat([parts["test"], block], ignore_index=True)
    elif flaw == "erased":
        parts = {
            split: frame.assign(sentence1=frame["sentence1"].str.replace("A", "é")) for split, frame in parts.items()
        }
    elif flaw == "sorted":
        parts = {split: frame.sort_values("label", ignore_index=True) for split, frame in parts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for split, frame in parts.items():
        frame.to_csv(folder / f"{split}.csv", index=False)
    given: dict[str, Any] = {
        "name": "mine", "path": str(folder), "splits": {split: f"{split}.csv" for split in SIZES},
        "labels": {"same": "same", "other": "other"}, "positive": "same", "columns": {"group": "group"},
        "signal": ["edit"],
    }  # fmt: skip
    return Table(**(given | settings))
