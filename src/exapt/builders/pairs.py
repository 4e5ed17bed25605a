"""From positive pairs dealt to splits to the rows of a built task: negatives made, checked by BLAST, written."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from exapt.builders.clusters import IDENTITY, Alphabet
from exapt.builders.journal import Journal
from exapt.builders.leaks import Leaks, leaks
from exapt.builders.negatives import Context, Negatives
from exapt.builders.recipe import Recipe
from exapt.builders.splits import assign
from exapt.builders.writer import SPLITS, Writer
from exapt.errors import BadInput
from exapt.sequences import translate

# of every built pair: its likeness, its kind, whether a side is altered, and by how many letters the left one was moved
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
        rows = _rows(recipe, made.rows, part, context, natural, name)
        # in random order, and numbered afterwards: neither the place of a row nor its id tells the label
        rows = rows.iloc[np.random.default_rng([recipe.seed, 3, number]).permutation(len(rows))]
        writer.add(name, rows.assign(id=[f"{name}-{k:07d}" for k in range(len(rows))]))


def drawn(positives: pd.DataFrame, most: int | None, seed: int) -> pd.DataFrame:
    """At most so many of the pairs, at random, in their order."""
    if most is None or len(positives) <= most:
        return positives
    kept = np.sort(np.random.default_rng([seed, 0]).choice(len(positives), most, replace=False))
    return positives.iloc[kept].reset_index(drop=True)


def dealt(recipe: Recipe, by: str, positives: pd.DataFrame, journal: Journal) -> np.ndarray:
    """The split of each pair.

    Args:
        recipe: Gives shares and the seed.
        by: `chromosome` (the left side's record), `random`, or anything else for units.
        positives: Columns `left`, `left_record`, `unit`.
        journal: Is told of a division that flatters scores.

    Returns:
        Number of each pair's split, shape (n,).
    """
    keys = positives["unit"].tolist()
    if by == "chromosome":
        keys = positives["left_record"].tolist()
    elif by == "random":
        journal.notes.append("split=random: relatives may stand in several splits; scores are flattered.")
        keys = positives["left"].tolist()
    return assign(keys, recipe.fractions, recipe.seed)


def texts_of(positives: pd.DataFrame, column: str) -> list[str]:
    """The sequences of a column; a missing farther homolog (`near`) is the left side once more."""
    return positives[column].fillna(positives["left"]).tolist()


def columns_of(positives: pd.DataFrame, sides: Mapping[str, Alphabet]) -> dict[Alphabet, list[str]]:
    """The columns that can stand in a row, by alphabet: the sides, and `near`, which stands on the right."""
    found: dict[Alphabet, list[str]] = {}
    for column, alphabet in [*sides.items(), *([("near", sides["right"])] if "near" in positives else [])]:
        found.setdefault(alphabet, []).append(column)
    return found


def without_leaks(
    positives: pd.DataFrame,
    split: np.ndarray,
    sides: Mapping[str, Alphabet],
    journal: Journal,
    identity: float = IDENTITY,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Drop pairs of earlier splits with a relative in a later one, and measure what is left between splits.

    Clusters are found by fast seeds; what those missed is looked for again once units are dealt.

    Args:
        positives: The pairs.
        split: Number of each one's split, shape (n,).
        sides: Alphabet of `left` and `right`; what is of one alphabet is compared with each other, too.
        journal: Takes the counts, and the largest identity as a note.
        identity: Identity of an alignment, 0 to 1, from which two sequences are relatives.

    Returns:
        The pairs that stay, and their splits.
    """
    drop = np.zeros(len(positives), dtype=bool)
    found: dict[Alphabet, tuple[Leaks, int]] = {}
    for alphabet, columns in columns_of(positives, sides).items():
        texts = [text for column in columns for text in texts_of(positives, column)]
        told = leaks(texts, np.tile(split, len(columns)), alphabet=alphabet, identity=identity, journal=journal)
        found[alphabet] = told, len(columns)
        drop |= told.drop.reshape(len(columns), -1).any(axis=0)
    journal.count({"pairs with a relative in a later split, left out": int(drop.sum())})
    for alphabet, (told, times) in found.items():
        journal.notes.append(told.told(np.tile(~drop, times), alphabet))
    return positives[~drop].reset_index(drop=True), split[~drop]


def likeness(left: str, right: str, context: Context) -> float:
    """Identity of two sides, 0 to 1; of a coding window its translation is compared."""
    return context.identity(left if context.coding is None else translate(left, context.coding), right)


def _rows(
    recipe: Recipe, made: pd.DataFrame, positives: pd.DataFrame, context: Context, natural: str, name: str
) -> pd.DataFrame:
    negative, positive = recipe.NAMES
    is_positive = made["positive"].to_numpy(dtype=bool)
    rows = pd.DataFrame({
        "left": made["left"], "right": made["right"],
        "label": np.where(is_positive, positive, negative), "group": [f"{name}-{block:06d}" for block in made["block"]],
        "identity": [likeness(a, b, context) for a, b in zip(made["left"], made["right"], strict=True)],
        "kind": np.where(is_positive, natural, made["kind"]),
        "left_made": made["left_made"], "right_made": made["right_made"], "shift": made["shift"],
    })  # fmt: skip
    apart = {"id", "left", "right", "unit", "locus", "near", "context_left", "context_right", *rows.columns}
    for column in positives.columns:
        if column not in apart:
            source = made["i"] if column.startswith("left_") else made["j"]
            rows[column] = positives[column].to_numpy()[source.to_numpy()]
    return rows
