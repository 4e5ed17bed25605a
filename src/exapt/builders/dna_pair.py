"""Makes the rows of `dna_pair`: homologous pairs from genomes by BLAST, dealt to splits, and their swapped negatives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exapt.builders.blast import search
from exapt.builders.dna_recipe import HOMOLOGOUS, RELATED, UNRELATED, DnaPairRecipe
from exapt.builders.genomes import joined, read_genome
from exapt.builders.homologs import find, without_repeats
from exapt.builders.journal import Journal
from exapt.builders.loci import deal
from exapt.builders.swap import Pairing, pair_up
from exapt.builders.writer import SPLITS, Writer
from exapt.errors import BadInput

CHUNK = 4000  # positives among which swap partners are looked for; the last must be enough to find one


def make(recipe: DnaPairRecipe, writer: Writer, journal: Journal) -> None:
    """Make the rows of a recipe.

    Raises:
        BadInput: For faulty genomes, no BLAST, or too few homologs.
    """
    files = recipe.inputs()
    with journal.timed("reading"):
        query, against = (joined([read_genome(path) for path in files[role]]) for role in ("query", "against"))
    names = f"{query.file} against {against.file}"
    with journal.timed("homologs"):
        pairs, counts = find(query, against, recipe)
        journal.count(counts)
    if pairs.empty:
        raise BadInput(
            f"{names}: BLAST finds no homologous windows; give two related genomes of 10,000 letters or more."
        )
    with journal.timed("splits"):
        split = deal(pairs["locus"].to_numpy(dtype=int), recipe.fractions, np.random.default_rng([recipe.seed, 0]))
        keep, dropped = without_repeats(pairs, split)
        pairs, split = pairs[keep].reset_index(drop=True), split[keep]
        journal.count({**dropped, "loci": int(pairs["locus"].nunique())})
    with journal.timed("negatives"):
        for number, name in enumerate(SPLITS):
            part = pairs[split == number].reset_index(drop=True)
            pairing = _pairing(part, name, np.random.default_rng([recipe.seed, 1, number]))
            if recipe.fractions[number] > 0 and not pairing.blocks:
                raise BadInput(
                    f"{names}: {len(part)} homologous pairs in {part['locus'].nunique()} loci are too few for {name}; "
                    "give longer genomes or other fractions=."
                )
            journal.count({
                "blocks refused for a BLAST hit": pairing.rejected,
                "pairs without a partner, left out": pairing.left_over,
            })  # fmt: skip
            writer.add(name, _table(part, pairing.blocks, name))


def _pairing(part: pd.DataFrame, name: str, rng: np.random.Generator) -> Pairing:
    """Pair up a split's positives, in random chunks: within one, BLAST compares every left with every right side.

    The cost of all against all grows with the square of what is compared, so chunks keep it linear.
    """
    loci, left, right = (part[column].to_numpy() for column in ("locus", "left", "right"))
    blocks: list[tuple[int, int]] = []
    rejected = left_over = 0
    chunks = np.array_split(rng.permutation(len(part)), max(1, -(-len(part) // CHUNK)))
    for number, chunk in enumerate(chunks, start=1):
        title = f"checking negatives, {name} {number}/{len(chunks)}"
        hits = search(left[chunk].tolist(), right[chunk].tolist(), RELATED, [], title)
        related = set(zip(hits["query"].tolist(), hits["subject"].tolist(), strict=True))
        found = pair_up(loci[chunk], related, rng)
        blocks += [(int(chunk[i]), int(chunk[j])) for i, j in found.blocks]
        rejected += found.rejected
        left_over += found.left_over
    return Pairing(blocks, rejected, left_over)


def _table(part: pd.DataFrame, blocks: list[tuple[int, int]], name: str) -> pd.DataFrame:
    """The four rows of every block: (i,i'), (j,j'), (i,j'), (j,i')."""
    rows = [row for i, j in blocks for row in ((i, i), (j, j), (i, j), (j, i))]
    left, right = np.array(rows, dtype=int).reshape(-1, 2).T
    same = left == right
    groups = np.repeat([f"{name}-{n:05d}" for n in range(len(blocks))], 4)
    suffixes = np.tile(["ii", "jj", "ij", "ji"], len(blocks))
    table = pd.DataFrame({
        "id": [f"{g}-{s}" for g, s in zip(groups, suffixes, strict=True)],
        "left": part["left"].to_numpy()[left], "right": part["right"].to_numpy()[right],
        "label": np.where(same, HOMOLOGOUS, UNRELATED), "group": groups,
        "identity": np.where(same, part["identity"].to_numpy()[left], np.nan),
        "kind": np.where(same, "homolog", "random"),
        "strand": part["strand"].to_numpy()[right],
    })  # fmt: skip
    for side, source in (("left", left), ("right", right)):
        for what in ("record", "start", "end"):
            table[f"{side}_{what}"] = part[f"{side}_{what}"].to_numpy()[source]
        table[f"{side}_locus"] = part["locus"].to_numpy()[source]
    return table
