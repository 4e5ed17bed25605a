"""Pairs: leaks are looked for in every column that can stand in a row, and divisions that flatter say so."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.journal import Journal
from exapt.builders.pairs import dealt, drawn, without_leaks
from exapt.sequences import reverse_complement


def positives() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    texts = ["".join(row) for row in rng.choice(list("ACGT"), (30, 60))]
    return pd.DataFrame({"left": texts[:10], "right": texts[10:20], "near": texts[20:]})


@pytest.mark.skipif(shutil.which("blastn") is None, reason="needs blastn, which is not installed")
@pytest.mark.parametrize("column", ["left", "right", "near"])
def test_a_relative_in_any_column_of_a_later_split_drops_the_pair(column: str) -> None:
    pairs = positives()
    pairs.loc[0, column] = reverse_complement(pairs["right"][9])
    pairs.loc[1, "near"] = None
    journal = Journal()
    kept, split = without_leaks(pairs, np.array([0] * 6 + [2] * 4), {"left": "dna", "right": "dna"}, journal)
    assert kept["left"].tolist() == pairs["left"].tolist()[1:]
    assert split.tolist() == [0] * 5 + [2] * 4
    assert journal.counts["pairs with a relative in a later split, left out"] == 1
    assert journal.notes[0].startswith("between splits (dna): no alignment")


def test_draws_keep_the_order_and_random_division_is_told() -> None:
    pairs = positives().assign(unit="u", left_record="r")
    few = drawn(pairs, 4, 0)
    assert len(few) == 4 and few["left"].tolist() == [t for t in pairs["left"] if t in set(few["left"])]
    assert drawn(pairs, None, 0) is pairs and drawn(pairs, 10, 0) is pairs
    journal = Journal()
    halves = DnaPairRecipe(fractions=[0.5, 0.0, 0.5])
    assert len(set(dealt(halves, "cluster", pairs, journal).tolist())) == 1 and not journal.notes
    assert len(set(dealt(halves, "random", pairs, journal).tolist())) == 2 and "flattered" in journal.notes[0]
