"""Makes the rows of `protein_pair`: homologous pairs of proteins, dealt to splits, and their negatives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exapt.builders.blast import search
from exapt.builders.clusters import cluster
from exapt.builders.genomes import Genome, joined, read_genome
from exapt.builders.homologs import identity
from exapt.builders.journal import Journal
from exapt.builders.leaks import leaks
from exapt.builders.negatives import Context
from exapt.builders.pairs import dealt, drawn, without_leaks, write_pairs
from exapt.builders.protein_homologs import find
from exapt.builders.protein_recipe import RELATED, ProteinPairRecipe
from exapt.builders.proteins import Proteins, read_proteins
from exapt.builders.units import keys_of, merged
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.sequences import PROTEIN


def context_of(recipe: ProteinPairRecipe, journal: Journal | None = None) -> Context:
    """What makers of negatives have to know of pairs of proteins."""

    def related(left: list[str], right: list[str]) -> set[tuple[int, int]]:
        hits = search(left, right, RELATED, [], "checking negatives", program="blastp", journal=journal)
        return set(zip(hits["query"].tolist(), hits["subject"].tolist(), strict=True))

    return Context(related, identity, recipe.min_identity, alphabet=PROTEIN)


def make(recipe: ProteinPairRecipe, writer: Writer, journal: Journal) -> None:
    """Make the rows of a recipe.

    Raises:
        BadInput: For faulty inputs, no BLAST (or MMseqs2, where it is asked for), or too few homologs.
    """
    files = recipe.inputs()
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
            # at the identity of the clusters, which is below the one that `without_leaks` looks for
            texts = _texts(pairs)
            found = leaks(
                [text for column in texts for text in column], np.tile(split, len(texts)), alphabet="protein",
                identity=recipe.cluster_identity, journal=journal,
            )  # fmt: skip
            keep = np.logical_not(found.drop.reshape(len(texts), -1).any(axis=0))
            journal.count({"pairs with a relative in a later split, left out": int(len(keep) - keep.sum())})
            pairs, split = pairs[keep].reset_index(drop=True), split[keep]
            pairs, split = without_leaks(pairs, split, {"left": "protein", "right": "protein"}, journal)
        journal.count({"pairs": len(pairs), "units": int(pairs["unit"].nunique())})
    with journal.timed("negatives"):
        context = context_of(recipe, journal)
        write_pairs(recipe, recipe.negatives, pairs, split, context, "homolog", writer, journal)


def _units(recipe: ProteinPairRecipe, pairs: pd.DataFrame, journal: Journal) -> list[str]:
    """Which pairs belong together, by a key of their content; no protein stands in two pairs."""
    labels = [np.arange(len(pairs))]
    if recipe.split == "cluster":
        texts = [text for column in _texts(pairs) for text in column]
        found = cluster(texts, alphabet="protein", identity=recipe.cluster_identity, journal=journal)
        labels = np.split(found, len(texts) // len(pairs))
    return keys_of(merged([labels]), pairs["left"].tolist())


def _texts(pairs: pd.DataFrame) -> list[list[str]]:
    """The sequences of each column that can stand in a row; a missing farther homolog is the left side once more."""
    texts = [pairs["left"].tolist(), pairs["right"].tolist()]
    return [*texts, pairs["near"].fillna(pairs["left"]).tolist()] if "near" in pairs else texts
