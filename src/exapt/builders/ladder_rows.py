"""Makes the rows of `dna_ladder` in parts of bounded size: swap blocks of all levels mixed, written when made."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from exapt.builders.evolve import edit_distances, scramble_orders, texts_of
from exapt.builders.journal import Journal
from exapt.builders.ladder import ANY, HOMOLOGOUS, UNRELATED, DnaLadderRecipe, Rung
from exapt.builders.ladder_edits import change_codons, descend
from exapt.builders.ladder_windows import Source, Windows, open_source
from exapt.builders.writer import SPLITS, Writer
from exapt.errors import BadInput

LETTERS = 1 << 20  # of ancestors that are worked on at once: what bounds the memory
_ROUNDS = 100


def make(recipe: DnaLadderRecipe, writer: Writer, journal: Journal) -> None:
    """Make the rows of a recipe.

    Raises:
        BadInput: For a faulty genome, or if there are too few windows.
    """
    with journal.timed("windows"):
        source = open_source(recipe, journal)
    rungs, each = recipe.rungs, 2 if recipe.negatives == "random" else 1
    size = max(1, LETTERS // (each * max(recipe.lengths)))
    console = Console(stderr=True)
    with journal.timed("pairs"), Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("pairs", total=4 * len(rungs) * sum(map(recipe.blocks, range(len(SPLITS)))))
        for number, name in enumerate(SPLITS):
            plan = np.repeat(np.arange(len(rungs)), recipe.blocks(number))
            plan = np.random.default_rng([recipe.seed, 1, number]).permutation(plan)
            for first in range(0, len(plan), size):
                rng = np.random.default_rng([recipe.seed, 2, number, first])
                part = plan[first : first + size]
                windows = source.take(number, each * len(part), rng)
                tables = []
                for rung in np.unique(part):
                    blocks = np.flatnonzero(part == rung)
                    mine = (each * blocks[:, None] + np.arange(each)).ravel()
                    taken = Windows(windows.codes[mine], windows.numbers[mine])
                    table, counts = _rows(recipe, rungs[rung], taken, source, rng)
                    journal.count(counts)
                    tables.append(table.assign(group=np.repeat([f"{name}-{first + b:06d}" for b in blocks], 4)))
                # in random order, and numbered afterwards: neither the place of a row nor its id tells the label
                rows = pd.concat(tables, ignore_index=True)
                rows = rows.iloc[rng.permutation(len(rows))]
                writer.add(name, rows.assign(id=[f"{name}-{4 * first + k:07d}" for k in range(len(rows))]))
                progress.advance(bar, len(rows))


def _rows(
    recipe: DnaLadderRecipe, rung: Rung, windows: Windows, source: Source, rng: np.random.Generator
) -> tuple[pd.DataFrame, Counter[str]]:
    """The four rows of each swap block: (a, a'), (b, b'), (a, b'), (b, a'), and counts for the manifest."""
    ancestors = windows.codes[:, : rung.length]
    scrambled = recipe.negatives == "block_scrambled"
    order = _orders(ancestors, recipe.block, rng) if scrambled else None
    edits = recipe.edits(rung)
    if recipe.synonymous:
        family = change_codons(ancestors, edits, recipe.table, order, rng)
    else:
        ratio = ANY if recipe.ts_tv is None else recipe.ts_tv
        family = descend(ancestors, edits, recipe.indels, ratio / (1 + ratio), order, rng)
    left, right, origin = ancestors, family.descendants, np.arange(len(ancestors))
    if order is not None:
        # an ancestor and its scrambled self make one swap block
        left = np.stack([left, np.take_along_axis(left, order, 1)], axis=1).reshape(-1, rung.length)
        right = np.stack([right, family.scrambled], axis=1).reshape(-1, rung.length)
        origin = np.repeat(origin, 2)
    a = np.arange(0, len(left), 2)
    i, j = (np.stack(parts, axis=1).ravel() for parts in ((a, a + 1, a, a + 1), (a, a + 1, a + 1, a)))
    same = i == j
    distance = edit_distances(left[i], right[j])
    lefts, rights = texts_of(left), texts_of(right)
    table = pd.DataFrame({
        "left": [lefts[k] for k in i], "right": [rights[k] for k in j],
        "label": np.where(same, HOMOLOGOUS, UNRELATED),
        "level": f"{rung.level:.2f}" if round(rung.level, 2) == rung.level else f"{rung.level:g}",
        "length": rung.length, "identity": 1 - distance / rung.length,
        "kind": np.where(same, "homolog", recipe.negatives),
    })  # fmt: skip
    counts: Counter[str] = Counter()
    for name in ("transitions", "transversions", "indels"):
        made = getattr(family, name)
        counts[f"{name} made"] = int(made.sum())
        table[name] = pd.Series(made[origin[i]], dtype="Int32").where(same)
    by_block = distance.reshape(-1, 4)
    counts["negatives no farther apart than a positive of their block"] = int(
        (by_block[:, 2:] <= by_block[:, :2].max(axis=1, keepdims=True)).sum()
    )
    for side, which in (("left", i), ("right", j)):
        for what, values in source.places(windows.numbers[origin[which]], rung.length).items():
            table[f"{side}_{what}"] = values
    return table, counts


def _orders(ancestors: np.ndarray, block: int, rng: np.random.Generator) -> np.ndarray:
    """An order of blocks for each ancestor that changes it, shape (n, length)."""
    count, length = ancestors.shape
    orders = scramble_orders(count, length, block, rng)
    for _ in range(_ROUNDS):
        same = np.flatnonzero((np.take_along_axis(ancestors, orders, 1) == ancestors).all(axis=1))
        if not len(same):
            return orders
        orders[same] = scramble_orders(len(same), length, block, rng)
    raise BadInput(f"block={block}: a window repeats one block; give another block= or longer lengths=.")
