"""Makes the rows of `protein_pair`: homologous pairs of proteins, dealt to splits, and their negatives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exapt.builders.alignment import identity
from exapt.builders.blast import met, search_each
from exapt.builders.clusters import Alphabet, cluster
from exapt.builders.genomes import Genome, joined, read_genome
from exapt.builders.journal import Journal
from exapt.builders.negatives import Context, Sides
from exapt.builders.pairs import columns_of, dealt, drawn, texts_of, without_leaks, write_pairs
from exapt.builders.protein_homologs import find
from exapt.builders.protein_recipe import RELATED, ProteinPairRecipe
from exapt.builders.proteins import Proteins, read_proteins
from exapt.builders.units import keys_of, merged
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.sequences import PROTEIN


def context_of(recipe: ProteinPairRecipe, journal: Journal | None = None) -> Context:
    """What makers of negatives have to know of pairs of proteins."""

    def related(sets: list[Sides]) -> list[set[tuple[int, int]]]:
        return met(search_each(sets, RELATED, [], "checking negatives", program="blastp", journal=journal))

    return Context(related, identity, recipe.min_identity, alphabet=PROTEIN)


def make(recipe: ProteinPairRecipe, writer: Writer, journal: Journal) -> None:
    """Make the rows of a recipe.

    Raises:
        BadInput: For faulty inputs, no BLAST (or MMseqs2, where it is asked for), or too few homologs.
    """
    files = recipe.inputs()
    recipe.warn(journal)
    with journal.timed("reading"):
        query = read_proteins(files["query"])
        against: Proteins | Genome = (
            joined([read_genome(path) for path in files["against"]])
            if recipe.search == "tblastn"
            else read_proteins(files["against"])
        )
    with journal.timed("homologs"):
        pairs, counts = find(query, against, recipe, journal)
        journal.count(counts)
    if pairs.empty:
        raise BadInput(
            f"{query.file} against {against.file}: no homologs of {recipe.least} residues with identity "
            f"{recipe.min_identity:g} to {recipe.max_identity:g}; give more proteins, a wider band or a shorter length."
        )
    with journal.timed("splits"):
        pairs = drawn(pairs, recipe.positives, recipe.seed)
        pairs["unit"] = pairs["left_unit"] = pairs["right_unit"] = _units(recipe, pairs, journal)
        split = dealt(recipe, recipe.split, pairs, journal)
        if recipe.split == "cluster":
            sides: dict[str, Alphabet] = {"left": "protein", "right": "protein"}
            pairs, split = without_leaks(pairs, split, sides, journal, recipe.cluster_identity)
        journal.count({"pairs": len(pairs), "units": int(pairs["unit"].nunique())})
    with journal.timed("negatives"):
        context = context_of(recipe, journal)
        write_pairs(recipe, recipe.negatives, pairs, split, context, "homolog", writer, journal)


def _units(recipe: ProteinPairRecipe, pairs: pd.DataFrame, journal: Journal) -> list[str]:
    """Which pairs belong together, by a key of their content; no protein stands in two pairs."""
    labels = [np.arange(len(pairs))]
    if recipe.split == "cluster":
        columns = columns_of(pairs, {"left": "protein", "right": "protein"})["protein"]
        texts = [text for column in columns for text in texts_of(pairs, column)]
        found = cluster(texts, alphabet="protein", identity=recipe.cluster_identity, journal=journal)
        labels = np.split(found, len(columns))
    return keys_of(merged([labels]), pairs["left"].tolist())
