"""Every kind of negatives with the shortcuts that it should leave, written down first, and what small models find."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from exapt.audit.crossfit import panel_of
from exapt.audit.duplicates import dependent_groups
from exapt.audit.families import families_of
from exapt.audit.repeated import sides_under_both_labels
from exapt.audit.shortcuts import THRESHOLD, shortcut_findings
from exapt.audit.view import view_of
from exapt.builders.negatives import KINDS, LengthMatched, Mixed, NearMiss
from exapt.evaluation.clustered import clustered_auroc
from exapt.features.overlap import kmer_overlap
from exapt.tasks.coding_pair import CodingPair
from exapt.tasks.dna_pair import DnaPair
from exapt.tasks.task import Task

# What is foreseen of a family: `.` nothing (its lower bound stays under the threshold), `+` it tells (the bound is
# above), `H` it tells much (AUROC 0.9 or more), `?` not foreseen. Position was `H` while rows were
# written block by block.
DNA_FAMILIES = (
    "left only", "right only", "lengths", "characters present", "composition", "k-mer bags", "k-mer overlap",
    "MinHash", "edit", "alignment", "start codon", "translation", "position", "2-mers",
)  # fmt: skip
CODING_FAMILIES = (
    "left only", "right only", "lengths", "characters present", "composition", "k-mer bags", "start codon",
    "translation", "position",
)  # fmt: skip
EXPECTED: dict[str, dict[str, str]] = {
    "dna_pair": {
        "random":              ". . . . + H H + H H . + . +",
        "length_matched":      ". . . . + H H + H H . + . ?",
        "composition_matched": ". + . . . + + + H H ? + . .",
        "scrambled":           ". . . . . + + + H H . + . .",
        "reverse":             ". . . . + + + + H H . + . +",
        "complement":          ". . . . + + + + H H . + . +",
        "reverse_complement":  ". . . . + + + + H H . + . +",
        "mutated":             ". + . . + + H + H H ? + . +",
        "near_miss":           ". ? . . + + + + H + ? + . +",
        "mixed":               ". ? . . + + + + H H ? + . +",
    },
    "coding_pair": {
        "random":              ". . . . ? ? . H .",
        "length_matched":      ". . . . ? ? . H .",
        "composition_matched": "? . . . ? ? ? H .",
        "scrambled":           ". . . . . . . H .",
        "reverse":             ". . . . ? ? . H .",
        "complement":          ". . . . ? ? . H .",
        "reverse_complement":  ". . . . ? ? . H .",
        "frameshifted":        "+ . . . . + H H .",
        "mutated":             ". ? . . ? ? . H .",
        "mixed":               "? . . . ? ? ? H .",
    },
}  # fmt: skip
POSITIVES = 2_000
WHOLE = [1.0, 0.0, 0.0]
ONE = "AUROC [99.9% lower bound]"


def _mixed() -> Mixed:
    parts = ("random", "scrambled", "composition_matched")
    return Mixed(parts={name: KINDS[name]() for name in parts}, weights=dict.fromkeys(parts, 1.0))


def tasks(data: str) -> Iterator[tuple[str, str, Callable[[], Task]]]:
    """Task, kind, and how to build it; one split, so that every row is in one file."""
    for kind in EXPECTED["dna_pair"]:
        given: dict[str, object] = {"positives": POSITIVES, "negatives": _mixed() if kind == "mixed" else None}
        if kind == "length_matched":  # says something only where lengths differ
            given |= {"length": None, "negatives": LengthMatched()}
        if kind == "near_miss":  # farther homologs are few: all positives
            given = {"min_identity": 0.8, "negatives": NearMiss()}
        given["negatives"] = given["negatives"] or KINDS[kind]()
        yield "dna_pair", kind, lambda given=given: DnaPair(data_dir=data, split="locus", fractions=WHOLE, **given)  # type: ignore[misc]
    for kind in EXPECTED["coding_pair"]:
        turned = kind.endswith("complement")  # most turned windows have a stop codon
        yield (
            "coding_pair", kind,
            lambda kind=kind, turned=turned: CodingPair(  # type: ignore[misc]
                data_dir=data, positives=8_000 if turned else POSITIVES, split="gene", fractions=WHOLE,
                negatives=_mixed() if kind == "mixed" else KINDS[kind](),
            ),
        )  # fmt: skip


def found(task: Task, name: str, kind: str) -> pd.DataFrame:
    """One row per family: AUROC out of fold with its bound, beside what was expected."""
    view = view_of(task)
    panel = panel_of(view, families_of(view), dependent_groups(view))
    rows = [(finding.check, finding.value, finding.low) for finding in shortcut_findings(panel)]
    if name == "dna_pair":  # a family of longer k-mers, too, holds these: the promise of some kinds is about them alone
        jaccard = kmer_overlap(*(view.texts(side) for side in view.sides), (2,))[:, 0]
        area, error = clustered_auroc(view.positive, jaccard, panel.groups)
        rows.append(("2-mers", area, area - 3.0902 * error))
    families = DNA_FAMILIES if name == "dna_pair" else CODING_FAMILIES
    marks = dict(zip(families, EXPECTED[name][kind].split(), strict=True))
    sides = sides_under_both_labels(view)
    made = pd.DataFrame(rows, columns=["family", "auroc", "low"])
    made.insert(0, "task", name)
    made.insert(1, "kind", kind)
    made.insert(2, "n", len(view))
    made.insert(3, "groups", int(panel.groups.max()) + 1)
    return made.assign(
        expected=made["family"].map(marks), uneven_sides=sides.value, seed=view.seed,
        as_expected=[holds(marks[f], a, low) for f, a, low in rows],
    )  # fmt: skip


def holds(mark: str, auroc: float | None, low: float | None) -> bool:
    """Whether a family is as foreseen."""
    if auroc is None or low is None:
        return False
    told = {"?": True, ".": low <= THRESHOLD, "+": low > THRESHOLD, "H": low > THRESHOLD and auroc >= 0.9}
    return told[mark]


def table(made: pd.DataFrame, name: str) -> str:
    """A Markdown table of one task: kinds by families; what is not as expected is bold, with what was expected."""
    part = made[made["task"] == name]
    families = list(dict.fromkeys(part["family"]))
    lines = [f"| {name}: kind | n (groups) | " + " | ".join(families) + " |", "|---" * (len(families) + 2) + "|"]
    for kind, rows in part.groupby("kind", sort=False):
        first = rows.iloc[0]
        cells = [cell(row) for row in rows.itertuples()]
        lines.append(f"| {kind} | {first['n']:,} ({first['groups']:,}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(row: object) -> str:
    """AUROC and its bound."""
    auroc, low, expected = (getattr(row, key) for key in ("auroc", "low", "expected"))
    text = f"{auroc:.2f} [{low:.2f}]" if np.isfinite(low) else f"{auroc:.2f}"
    return text if getattr(row, "as_expected") else f"**{text}**, not {expected}"  # noqa: B009
