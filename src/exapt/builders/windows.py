"""Makes the rows of tasks of single windows: a grid of windows, their kinds, splits that stay apart, even classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from exapt.builders.annotated import read_annotated
from exapt.builders.annotation import Annotated
from exapt.builders.annotation_layers import Layer
from exapt.builders.blocks import cut, near
from exapt.builders.journal import Journal
from exapt.builders.letters import Letters, read_letters
from exapt.builders.repeats import WORD, shared
from exapt.builders.splits import assign
from exapt.builders.windows_even import described, even
from exapt.builders.windows_recipe import WindowsRecipe
from exapt.builders.writer import SPLITS, Writer
from exapt.errors import BadInput, did_you_mean
from exapt.sequences import reverse_complement

# why windows are left out
NO_LETTER = "windows with letters other than A, C, G, T, left out"
MIXED = "windows of more than one kind, left out"
NEAR = "windows within the margin of another split, left out"
SHARED = f"windows that share {WORD} letters with a window of another split, left out"
EVEN = "windows of the larger class, left out to balance"
MATCHED = "windows without a partner of equal GC, left out"

_NUMBERS = np.full(256, 4, np.uint8)
_NUMBERS[list(b"ACGT")] = range(4)


def make(recipe: WindowsRecipe, writer: Writer, journal: Journal) -> None:
    """Make the rows of a recipe.

    Raises:
        BadInput: For a faulty genome or annotation, unknown records, or a split without windows of both classes.
    """
    files = recipe.inputs()
    with journal.timed("reading"):
        annotated = read_annotated(files["genome"][0], *files.get("features", []))
        journal.count({f"annotation: {name}": n for name, n in annotated.counts.items()})
    split_of = _dealer(recipe, annotated)
    with journal.timed("windows"):
        console = Console(stderr=True)
        records = track(
            read_letters(annotated), "windows", len(annotated.sequences),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        made = [_of_record(recipe, letters, split_of, journal) for letters in records]
        table = pd.concat([rows for rows, _ in made], ignore_index=True)
        letters = np.concatenate([numbers for _, numbers in made])
    with journal.timed("repeats"):
        gone = shared(letters, table["split"].to_numpy())
        journal.count({SHARED: int(gone.sum())})
        table, letters = table[~gone].reset_index(drop=True), letters[~gone]
    rng = np.random.default_rng([recipe.seed, 0])
    drawn = np.where(rng.random(len(table)) < 0.5, 1, -1)
    table["strand"] = np.where(table["strand"] == 0, drawn, table["strand"])
    for number, name in enumerate(SPLITS):
        rows = table[table["split"] == number]
        if recipe.expects(number) and (missing := set(recipe.NAMES) - set(rows["label"])):
            raise BadInput(
                f"{annotated.file}: no windows of class '{min(missing)}' for {name}; "
                "give a smaller block=, margin= or length=, or another seed=."
            )
        journal.notes.append(f"{name}, all windows: {described(rows, recipe.NAMES)}.")
        if recipe.prevalence == "balanced":
            kept = even(rows, recipe.NAMES, recipe.match == "gc", np.random.default_rng([recipe.seed, 1, number]))
            journal.count({MATCHED if recipe.match == "gc" else EVEN: len(rows) - len(kept)})
            rows = kept
            journal.notes.append(f"{name}, as drawn: {described(rows, recipe.NAMES)}.")
        # in random order, so that the first rows of a split are a fair sample of it
        order = np.random.default_rng([recipe.seed, 2, number]).permutation(len(rows))
        writer.add(name, _rows(rows.iloc[order], annotated.sequences))


def _dealer(recipe: WindowsRecipe, annotated: Annotated) -> Callable[[str], int]:
    """Which split a block belongs to, by its name."""
    names = annotated.genome.names
    for name in (*recipe.dev, *recipe.test):
        if name not in names:
            raise BadInput(f"{annotated.genome.file}: has no record '{name}'.{did_you_mean(name, names)}")
    if recipe.dev or recipe.test:
        told = {f"{name}:0": number for number, held in ((1, recipe.dev), (2, recipe.test)) for name in held}
        return lambda block: told.get(block, 0)
    return lambda block: int(assign([block], recipe.fractions, recipe.seed)[0])


def _of_record(
    recipe: WindowsRecipe, letters: Letters, split_of: Callable[[str], int], journal: Journal
) -> tuple[pd.DataFrame, np.ndarray]:
    """The windows of a record that are of one kind and far enough from other splits, and their letters as numbers."""
    size, length = recipe.length, len(letters.sequence)
    kinds, strands = recipe.read(letters)
    told = [recipe.labelled.get(name, (name, "")) for name in recipe.names]  # kinds without a label are left out
    values = sorted(set(told))
    which = np.array([values.index(value) for value in told])[kinds]
    numbers = _NUMBERS[np.frombuffer(letters.sequence.encode(), np.uint8)]
    starts = np.arange(0, max(0, length - size + 1), recipe.step)
    counts = Counter({f"letters: {name}": int((kinds == i).sum()) for i, name in enumerate(recipe.names)})
    counts["windows"] = len(starts)

    def drop(unfit: np.ndarray, reason: str) -> None:
        nonlocal starts
        counts[reason] += int(unfit.sum())
        starts = starts[~unfit]

    drop(_sums(numbers > 3, starts, size) > 0, NO_LETTER)
    code = which * 3 + strands  # what must not change within a window
    changes = np.diff(code, prepend=code[:1]) != 0
    drop(_sums(changes, starts + 1, size - 1) > 0, MIXED)
    for number, (name, label) in enumerate(values):
        if not label:
            drop(which[starts] == number, f"windows of another kind, left out: {name}")
    genic = letters.has(Layer.GENE)
    blocks = cut(letters.name, genic, recipe.block if recipe.split == "block" else None, letters.circular)
    splits = np.array([split_of(name) for name in blocks.names])
    drop(near(starts, size, blocks.borders(splits), length, recipe.margin, letters.circular), NEAR)
    journal.count({**counts, "blocks": len(set(blocks.names))})
    block = np.searchsorted(blocks.starts, starts, side="right") - 1
    # loci: stretches in genes and between them; one between genes ends where its block ends
    bounds = np.union1d(np.flatnonzero(np.diff(genic)) + 1, blocks.starts)
    locus = bounds[np.searchsorted(bounds, starts, side="right") - 1]
    table = pd.DataFrame({
        "label": [values[i][1] for i in which[starts]], "kind": [values[i][0] for i in which[starts]],
        "record": letters.name, "start": starts, "end": starts + size, "strand": strands[starts].astype(int),
        "group": [f"{letters.name}:{first + 1}" for first in locus.tolist()],
        "block": np.array(blocks.names)[block], "split": splits[block],
        "gc": _sums((numbers == 1) | (numbers == 2), starts, size) / size,
    })  # fmt: skip
    return table, numbers[starts[:, None] + np.arange(size)]


def _sums(marked: np.ndarray, starts: np.ndarray, size: int) -> np.ndarray:
    """Marked letters in each window; integers, shape of `starts`."""
    before = np.concatenate([[0], np.cumsum(marked)])
    return np.asarray(before[starts + size] - before[starts])


def _rows(table: pd.DataFrame, sequences: dict[str, str]) -> pd.DataFrame:
    """The rows as they are written."""
    places = list(zip(table["record"], table["start"], table["end"], table["strand"], strict=True))
    return table.assign(
        id=[f"{record}:{start + 1}-{end}" for record, start, end, _ in places],
        left=[
            reverse_complement(sequences[record][start:end]) if strand < 0 else sequences[record][start:end]
            for record, start, end, strand in places
        ],
        strand=np.where(table["strand"] < 0, "-", "+"),
    )
