"""From positive pairs dealt to splits to the rows of a built task: negatives made, checked by BLAST, written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from exapt.builders.journal import Journal
from exapt.builders.negatives import Context, Negatives
from exapt.builders.recipe import Recipe
from exapt.builders.writer import SPLITS, Writer
from exapt.errors import BadInput
from exapt.sequences import translate

# of every built pair: its likeness, where it comes from, whether a side is altered, and by how many letters it was moved
MADE = {
    "identity": pa.float64(), "kind": pa.string(), "left_made": pa.bool_(), "right_made": pa.bool_(),
    "shift": pa.int64(),
}  # fmt: skip


def write_pairs(
    recipe: Recipe, negatives: Negatives, positives: pd.DataFrame, split: np.ndarray, context: Context, natural: str,
    writer: Writer, journal: Journal,
) -> None:  # fmt: skip
    """Make the negatives of every split and write its rows.

    Args:
        recipe: Gives class names, shares and the seed.
        negatives: Their kind.
        positives: `left`, `right`, `unit` and what `negatives` needs; of further columns those that begin with `left_`
            and `right_` go with their side, the others with the right side.
        split: Number of each positive's split, shape (n,).
        context: As `negatives` wants it.
        natural: What the column `kind` says of a positive.
        writer: Takes the rows.
        journal: Takes the counts.

    Raises:
        BadInput: If a split that shall have rows gets none.
    """
    for number, name in enumerate(SPLITS):
        part = positives[split == number].reset_index(drop=True)
        made = negatives.make(part, context, np.random.default_rng([recipe.seed, 1, number]))
        if recipe.fractions[number] > 0 and made.rows.empty:
            reasons = "; ".join(f"{reason} ({count:,})" for reason, count in made.counts.items())
            raise BadInput(
                f"{recipe.TASK}: {len(part):,} positive pairs in {part['unit'].nunique():,} units are too few for "
                f"{name}{': ' + reasons if reasons else ''}; give larger inputs, other negatives or other fractions=."
            )
        journal.count({f"{negatives.kind} negatives: {reason}": count for reason, count in made.counts.items()})
        writer.add(name, _rows(recipe, made.rows, part, context, natural, name))


def likeness(left: str, right: str, context: Context) -> float:
    """Identity of two sides, 0 to 1; of a coding window its translation is compared."""
    return context.identity(left if context.coding is None else translate(left, context.coding), right)


def _rows(
    recipe: Recipe, made: pd.DataFrame, positives: pd.DataFrame, context: Context, natural: str, name: str
) -> pd.DataFrame:
    negative, positive = recipe.NAMES
    is_positive = made["positive"].to_numpy(dtype=bool)
    group = [f"{name}-{block:06d}" for block in made["block"]]
    place = made.groupby("block").cumcount()
    rows = pd.DataFrame({
        "id": [f"{g}-{k}" for g, k in zip(group, place, strict=True)],
        "left": made["left"], "right": made["right"],
        "label": np.where(is_positive, positive, negative), "group": group,
        "identity": [likeness(a, b, context) for a, b in zip(made["left"], made["right"], strict=True)],
        "kind": np.where(is_positive, natural, made["kind"]),
        "left_made": made["left_made"], "right_made": made["right_made"], "shift": made["shift"],
    })  # fmt: skip
    apart = {"left", "right", "unit", "near", "context_left", "context_right", *rows.columns}
    for column in positives.columns:
        if column not in apart:
            source = made["i"] if column.startswith("left_") else made["j"]
            rows[column] = positives[column].to_numpy()[source.to_numpy()]
    return rows
