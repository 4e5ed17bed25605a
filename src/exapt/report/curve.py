"""Scores level by level in reports: the table of a page, the rows of the tidy table, and what a fit to them says."""

from __future__ import annotations

from typing import Any

from exapt.estimates import Estimate, Psychometric
from exapt.record import Record, Score
from exapt.report.markdown import cell, estimate, table

_HEADER = ["level", "n", "groups", "AUROC", "accuracy"]
_SAID = (
    "AUROC of a level is among its own examples alone; accuracy is at the same threshold at every level. In brackets: "
    "95% intervals of a bootstrap over the groups of a level."
)


def curves(record: Record) -> list[str]:
    """The part of a page on scores by level; empty if no task of the record has levels."""
    leveled = [(name, score) for name, score in record.scores.items() if score.levels]
    if not leveled:
        return []
    parts = ["## Scores by level", _SAID]
    for name, score in sorted(leveled, key=lambda item: item[1].role != "source"):
        rows = [
            (s.level, f"{s.n:,}", f"{s.groups:,}", estimate(s.auroc) + _inverted(s.auroc), estimate(s.accuracy))
            for s in score.levels or []
        ]
        parts += [f"### {cell(name)}", table(_HEADER, rows)]
        if score.psychometric is not None:
            parts.append(cell(sentence(score.psychometric, score.data.examples)))
    return parts


def sentence(found: Psychometric, n: int) -> str:
    """What the psychometric function says, or why it says nothing.

    Args:
        found: The function.
        n: Number of examples at all levels.
    """
    if found.threshold is None:
        return f"No threshold is told (n = {n:,}): {found.reason}."
    steep = "" if found.slope is None else f", where it changes by {estimate(found.slope)} per unit of level"
    left_out = f" ({found.reason})" if found.reason else ""
    return (
        f"Accuracy crosses midway between chance (0.5) and its ceiling ({estimate(found.ceiling)}) at level "
        f"{estimate(found.threshold)}{steep}{left_out}; n = {n:,}; logistic psychometric function (Wichmann and Hill, "
        "2001), intervals from the same bootstrap over groups."
    )


def level_rows(row: dict[str, Any], score: Score) -> list[dict[str, Any]]:
    """The rows of the tidy table that stand under a score's own: one per level, with n, AUROC and accuracy.

    Args:
        row: The score's own row, which gets the columns of the psychometric function; both only if there are levels.
        score: The score.
    """
    if not score.levels:
        return []
    found = score.psychometric
    for name in ("threshold", "slope", "ceiling"):
        row |= _columns(f"psychometric_{name}", getattr(found, name, None))
    row["psychometric_reason"] = None if found is None else found.reason
    kept = ["run", "identity", "model", "arm", "method", "settings", "source", "train_n", "target", "task", "role"]
    kept += ["generated", "positive", *(c for c in row if c.startswith("seed_")), "test_digest", "predictions_digest"]
    return [
        {column: row[column] for column in kept}
        | {"level": s.level, "marks": _inverted(s.auroc).strip(" ()"), "n": s.n, "groups": s.groups}
        | _columns("auroc", s.auroc)
        | _columns("accuracy", s.accuracy)
        for s in score.levels
    ]


def level_table(rows: list[dict[Any, Any]]) -> str:
    """The level rows of the tidy table as Markdown."""
    header = ["run", "source", "target", "level", "marks", "n", "groups", "AUROC", "accuracy"]
    body = []
    for row in rows:
        names = [row[c] for c in ("run", "source", "target", "level")]
        both = [Estimate(value=row[m], low=row[f"{m}_low"], high=row[f"{m}_high"]) for m in ("auroc", "accuracy")]
        body.append([*names, row["marks"] or "none", row["n"], row["groups"], *map(estimate, both)])
    return table(header, body, text=5)


def _columns(name: str, found: Estimate | None) -> dict[str, float | None]:
    parts = (None, None, None) if found is None else (found.value, found.low, found.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), parts, strict=True))


def _inverted(auroc: Estimate) -> str:
    return " (inverted)" if auroc.value is not None and auroc.value < 0.5 else ""
