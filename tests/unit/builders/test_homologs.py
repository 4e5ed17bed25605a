"""Homologs of windows: places that are true, loci that share no letter, self hits and repeats left out."""

from __future__ import annotations

from pathlib import Path

import edlib
import numpy as np
import pandas as pd

from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.genomes import read_genome
from exapt.builders.homologs import find, without_repeats
from exapt.builders.query_windows import whole, windows_of
from exapt.sequences import reverse_complement


def test_places_are_true(genomes: tuple[Path, Path]) -> None:
    query, against = map(read_genome, genomes)
    pairs, counts = find(whole(query), against, DnaPairRecipe())
    assert len(pairs) > 200
    assert set(pairs["strand"]) == {"+", "-"}
    assert set(pairs["left_record"]) == {"chr1", "chr2"}
    assert set(pairs["right_record"]) == {"rel1", "rel2"}
    letters = {g.file: dict(zip(g.names, g.sequences, strict=True)) for g in (query, against)}
    for row in pairs.itertuples():
        right = letters[against.file][row.right_record][row.right_start : row.right_end]
        assert letters[query.file][row.left_record][row.left_start : row.left_end] == row.left
        assert (reverse_complement(right) if row.strand == "-" else right) == row.right
        assert row.identity == 1 - edlib.align(row.left, row.right)["editDistance"] / 50
    assert pairs["identity"].min() >= 0.6
    assert counts["windows"] == len(windows_of(whole(query), DnaPairRecipe()).sequences)


def test_loci_share_no_letter_and_copies_are_one_locus(genomes: tuple[Path, Path]) -> None:
    query, against = map(read_genome, genomes)
    pairs, _ = find(whole(query), against, DnaPairRecipe())
    for side in ("left", "right"):
        for _, on in pairs.groupby(f"{side}_record"):
            on = on.sort_values(f"{side}_start")
            meet = on[f"{side}_start"].to_numpy()[1:] < on[f"{side}_end"].to_numpy()[:-1]
            assert (on["locus"].to_numpy()[1:] == on["locus"].to_numpy()[:-1])[meet].all()
    # letters 2,000 to 4,000 of the first record stand again at 9,000 to 11,000
    first = pairs[(pairs["left_record"] == "chr1") & pairs["left_start"].between(2_400, 2_900)]["locus"]
    copy = pairs[(pairs["left_record"] == "chr1") & pairs["left_start"].between(9_400, 9_900)]["locus"]
    assert set(first) & set(copy)


def test_a_genome_does_not_find_itself(genomes: tuple[Path, Path]) -> None:
    query = read_genome(genomes[0])
    pairs, counts = find(whole(query), query, DnaPairRecipe())
    assert counts["self hits, left out"] >= counts["windows"]
    apart = (pairs["left_record"] != pairs["right_record"]) | (
        (pairs["left_start"] - pairs["right_start"]).abs() > 1_000
    )
    assert len(pairs) > 10  # the gene that stands there twice
    assert apart.all()
    assert pairs["locus"].nunique() < len(pairs)


def test_repeats_go_whatever_their_direction() -> None:
    a, b, c, d, e = ("AAAAC", "AACCC", "ATTAC", "GGATA", "CATAG")
    pairs = pd.DataFrame({"left": [a, c, reverse_complement(a), d, e], "right": [b, c, d, "CCCTA", c]})
    keep, counts = without_repeats(pairs, np.array([0, 0, 2, 2, 1]))
    assert keep.tolist() == [False, False, True, False, True]
    assert list(counts.values()) == [2, 1]
