"""Makes the rows of `dna_pair`: homologous pairs from genomes by BLAST, dealt to splits, and their negatives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exapt.builders.alignment import identity
from exapt.builders.blast import met, search_each
from exapt.builders.clusters import cluster
from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.genomes import joined, read_genome
from exapt.builders.homologs import find, without_repeats
from exapt.builders.journal import Journal
from exapt.builders.negatives import Context, Sides
from exapt.builders.pairs import columns_of, dealt, drawn, texts_of, without_leaks, write_pairs
from exapt.builders.query_windows import read_query
from exapt.builders.units import keys_of, merged
from exapt.builders.writer import Writer
from exapt.errors import BadInput


def context_of(recipe: DnaPairRecipe, journal: Journal | None = None) -> Context:
    """What makers of negatives have to know of pairs of DNA."""

    def related(sets: list[Sides]) -> list[set[tuple[int, int]]]:
        return met(search_each(sets, recipe.related, [], "checking negatives", journal=journal))

    return Context(related, identity, recipe.min_identity)


def make(recipe: DnaPairRecipe, writer: Writer, journal: Journal) -> None:
    """Make the rows of a recipe.

    Raises:
        BadInput: For faulty genomes, no BLAST, or too few homologs.
    """
    files = recipe.inputs()
    recipe.warn(journal)
    with journal.timed("reading"):
        query = read_query(files, recipe)
        against = joined([read_genome(path) for path in files["against"]])
        journal.count(query.counts)
    with journal.timed("homologs"):
        pairs, counts = find(query, against, recipe, journal)
        journal.count(counts)
    if pairs.empty:
        raise BadInput(
            f"{query.genome.file} against {against.file}: no window has a homolog that fits; give two related genomes "
            "of 10,000 letters or more, or a wider band of identity."
        )
    with journal.timed("splits"):
        pairs = drawn(pairs, recipe.positives, recipe.seed)
        pairs["left_locus"] = pairs["right_locus"] = pairs["locus"]
        pairs["unit"] = pairs["left_unit"] = pairs["right_unit"] = _units(recipe, pairs, journal)
        split = dealt(recipe, recipe.split, pairs, journal)
        keep, dropped = without_repeats(pairs, split)
        pairs, split = pairs[keep].reset_index(drop=True), split[keep]
        if recipe.split == "cluster":
            pairs, split = without_leaks(pairs, split, {"left": "dna", "right": "dna"}, journal)
        journal.count({**dropped, "pairs": len(pairs), "units": int(pairs["unit"].nunique())})
    with journal.timed("negatives"):
        write_pairs(
            recipe, recipe.negatives, pairs, split, context_of(recipe, journal), "homolog", writer, journal
        )  # fmt: skip


def _units(recipe: DnaPairRecipe, pairs: pd.DataFrame, journal: Journal) -> list[str]:
    """Which pairs belong together, by a key of their content: their sides are no strangers to each other."""
    texts = pairs["left"].tolist()
    links = [[pairs["locus"].to_numpy(dtype=int)]]
    if recipe.split == "cluster":
        columns = columns_of(pairs, {"left": "dna", "right": "dna"})["dna"]
        clusters = cluster([text for column in columns for text in texts_of(pairs, column)], journal=journal)
        links.append(np.split(clusters, len(columns)))
    return keys_of(merged(links), texts)
