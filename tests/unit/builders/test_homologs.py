"""Equal cuts from the middle of an alignment, places that are true, self hits and repeats left out."""

from __future__ import annotations

from pathlib import Path

import edlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.genomes import Genome, read_genome
from exapt.builders.homologs import cut, facing, find, identity, windows_of, without_repeats
from exapt.sequences import reverse_complement

COLUMN = st.sampled_from([("A", "A"), ("C", "C"), ("G", "T"), ("T", "T"), ("-", "A"), ("C", "-")])


@given(st.lists(COLUMN, max_size=60), st.integers(1, 30))
def test_a_cut_begins_in_one_column_and_has_its_length(columns: list[tuple[str, str]], length: int) -> None:
    columns = [("A", "A"), *columns, ("A", "A")]  # an alignment of BLAST begins and ends in letters
    query, subject = ("".join(column[side] for column in columns) for side in (0, 1))
    skip = cut(query, subject, length)
    letters = [side.replace("-", "") for side in (query, subject)]
    if skip is None:
        assert min(map(len, letters)) < length
        return
    assert all(len(side[s : s + length]) == length for side, s in zip(letters, skip, strict=True))
    at = {(len(query[:i].replace("-", "")), len(subject[:i].replace("-", ""))) for i in range(len(columns))}
    assert skip in at


def test_the_cut_is_from_the_middle() -> None:
    assert cut("A" * 100, "A" * 100, 50) == (25, 25)
    assert cut("A" * 30 + "-" + "C" * 69, "A" * 100, 50) == (25, 25)
    assert cut("A" * 50, "C" * 50, 50) == (0, 0)
    assert cut("A" * 50 + "-", "C" * 51, 51) is None


@given(st.text("ACGT", min_size=1, max_size=40), st.text("ACGT", min_size=1, max_size=40))
def test_identity_is_one_minus_edit_distance_over_length(left: str, right: str) -> None:
    assert identity(left, right) == pytest.approx(Levenshtein.normalized_similarity(left, right))
    assert identity(left, left) == 1


def test_places_are_true(genomes: tuple[Path, Path]) -> None:
    query, against = map(read_genome, genomes)
    pairs, counts = find(query, against, DnaPairRecipe())
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
    assert counts["windows"] == len(windows_of(query, DnaPairRecipe()).sequences)


def test_loci_share_no_letter_and_copies_are_one_locus(genomes: tuple[Path, Path]) -> None:
    query, against = map(read_genome, genomes)
    pairs, _ = find(query, against, DnaPairRecipe())
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
    pairs, counts = find(query, query, DnaPairRecipe())
    assert counts["self hits, left out"] >= counts["windows"]
    apart = (pairs["left_record"] != pairs["right_record"]) | (
        (pairs["left_start"] - pairs["right_start"]).abs() > 1_000
    )
    assert len(pairs) > 10  # the gene that stands there twice
    assert apart.all()
    assert pairs["locus"].nunique() < len(pairs)


def test_windows_with_ambiguous_letters_are_counted() -> None:
    genome = Genome("g", "0", ("a",), ("ACGT" * 500 + "N" + "ACGT" * 500,))
    made = windows_of(genome, DnaPairRecipe())
    assert made.ambiguous == 1
    assert not any("N" in sequence for sequence in made.sequences)


def test_repeats_go_whatever_their_direction() -> None:
    a, b, c, d, e = ("AAAAC", "AACCC", "ATTAC", "GGATA", "CATAG")
    pairs = pd.DataFrame({"left": [a, c, reverse_complement(a), d, e], "right": [b, c, d, "CCCTA", c]})
    keep, counts = without_repeats(pairs, np.array([0, 0, 2, 2, 1]))
    assert keep.tolist() == [False, False, True, False, True]
    assert list(counts.values()) == [2, 1]


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_facing_letters_are_those_of_the_aligned_columns(skip: int, length: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = [("ACGT-"[rng.integers(5)], "ACGT-"[rng.integers(5)]) for _ in range(60)]
    columns = [pair for pair in columns if pair != ("-", "-")]
    query, subject = ("".join(letters) for letters in zip(*columns, strict=True))
    number, places = -1, []
    for q, _ in columns:
        number += q != "-"
        places.append(number if q != "-" else None)
    expected = None
    if skip in places:
        column = places.index(skip)
        letters = "".join(s for _, s in columns[column:] if s != "-")[:length]
        expected = letters if columns[column][1] != "-" and len(letters) == length else None
    assert facing(query, subject, skip, length) == expected


def test_an_alignment_that_begins_behind_the_stretch_faces_nothing() -> None:
    assert facing("ACGT", "ACGT", -1, 2) is None
    assert facing("ACGT", "ANGT", 0, 3) is None
