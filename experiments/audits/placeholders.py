"""PAWS-X with the rows put back that its translators left empty, and how many of them an audit needs to see them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from exapt.audit.crossfit import panel_of
from exapt.audit.duplicates import dependent_groups
from exapt.audit.families import families_of
from exapt.audit.labels import label_findings
from exapt.audit.shortcuts import shortcut_findings
from exapt.audit.view import View
from exapt.example import Examples
from exapt.tasks.pawsx import PawsX

MARK = "NS"
FORMS = {"both sides": (True, True), "right side": (False, True)}
COUNTS = (1, 2, 5, 10, 11, 40, 400)  # of 2,000 rows: 11 are above 0.5%, 40 are 2%, 400 are 20%


def put_back(data: str, language: str, folder: Path) -> dict[str, int]:
    """Write `dev.tsv` and `test.tsv` of a language with the placeholder rows that its files have lost.

    Ids and labels are the same in all languages, so the English file tells which rows are missing and what their labels
    were. Both of their sides are written as the placeholder.

    Returns:
        Rows put back, by split.
    """
    counts = {}
    for split in ("dev", "test"):
        english, other = (
            pd.read_csv(Path(data, "pawsx", f"{split}_2k.{name}.tsv"), sep="\t", quoting=csv.QUOTE_NONE, dtype=str)
            for name in ("en", language)
        )
        lost = ~english["id"].isin(set(other["id"]))
        sides = {side: english[side].where(~lost, MARK) for side in ("sentence1", "sentence2")}
        whole = english.assign(**sides).set_index("id")
        whole.update(other.set_index("id"))
        text = ["\t".join(row) for row in whole.reset_index()[["id", "sentence1", "sentence2", "label"]].to_numpy()]
        (folder / f"{split}.tsv").write_text("\n".join(["id\tsentence1\tsentence2\tlabel", *text]) + "\n")
        counts[split] = int(lost.sum())
    return counts


def seen(data: str) -> pd.DataFrame:
    """For some placeholders among the 2,000 English test pairs, the checks whose level gets worse by them.

    Labels are looked at for every count, shortcuts for 2% and 20% of the rows.
    """
    examples = PawsX(language="en", data_dir=data).load("test")
    clean = {count: levels(examples, count >= 40) for count in (0, 40)}
    rows = []
    for form, sides in FORMS.items():
        for count in COUNTS:
            made = levels(planted(examples, count, sides), count >= 40)
            worse = [f"{check} ({level})" for check, level in made.items() if level != clean[40 * (count >= 40)][check]]
            rows.append((form, count, count / len(examples), ", ".join(worse) or "none"))
    return pd.DataFrame(rows, columns=["placeholder on", "rows", "share", "checks that see it"])


def planted(examples: Examples, count: int, sides: tuple[bool, bool]) -> Examples:
    """Some rows, drawn with seed 0, whose sides are replaced by the placeholder; labels stay."""
    frame = examples.frame.copy()
    rows = np.random.default_rng([0, 7]).permutation(len(frame))[:count]
    for side, wanted in zip(("left", "right"), sides, strict=True):
        if wanted:
            frame.loc[frame.index[rows], side] = MARK
    return Examples(frame, examples.space, "planted")


def levels(examples: Examples, shortcuts: bool) -> dict[str, str]:
    """The level of every check of labels, and of the shortcuts if wanted."""
    view = View("pawsx_en", {"test": examples})
    found = label_findings(view)
    if shortcuts:
        found += shortcut_findings(panel_of(view, families_of(view), dependent_groups(view)))
    return {finding.check: finding.level for finding in found}
