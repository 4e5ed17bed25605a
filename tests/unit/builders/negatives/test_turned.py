"""Turned rings: what is turned how, palindromes and stop codons counted."""

from __future__ import annotations

import numpy as np
import pytest
from Bio.Seq import Seq

from exapt.sequences import PROTEIN
from tests.unit.builders.negatives.positives import CODING_CONTEXT, DNA_CONTEXT, coding, dna, kind, residues

TURNS = {
    "reverse": lambda s: s[::-1],
    "complement": lambda s: str(Seq(s).complement()),
    "reverse_complement": lambda s: str(Seq(s).reverse_complement()),
}


@pytest.mark.parametrize("name", sorted(TURNS))
def test_rings_are_the_sides_and_both_turned(name: str) -> None:
    turn = TURNS[name]
    rows = kind(name).make(dna(100), DNA_CONTEXT, np.random.default_rng(0)).rows
    for (a, d), (b, e), *wrong in rows[["left", "right"]].to_numpy().reshape(-1, 4, 2).tolist():
        assert (b, e) == (turn(a), turn(d))
        assert wrong == [[a, e], [b, d]]


@pytest.mark.parametrize("name", sorted(TURNS))
def test_turned_windows_code_for_their_own_protein(name: str) -> None:
    made = kind(name).make(coding(400), CODING_CONTEXT, np.random.default_rng(0))
    for (a, p), (b, q), *_ in made.rows[["left", "right"]].to_numpy().reshape(-1, 4, 2).tolist():
        assert (residues(a), residues(b)) == (p, q)
        assert set(q) <= set(PROTEIN)
        if name == "reverse":
            assert q == p[::-1]
        else:
            assert b == TURNS[name](a)
    assert ("a stop codon in the turned window" in made.counts) == (name != "reverse")


def test_palindromes_are_counted() -> None:
    positives = dna(5)
    half = positives.loc[0, "left"][:25]
    positives.loc[0, "left"] = half + TURNS["reverse_complement"](half)
    positives.loc[1, "right"] = half + half[::-1]
    for name, numbers in (("reverse_complement", {0}), ("reverse", {1}), ("complement", set())):
        made = kind(name).make(positives, DNA_CONTEXT, np.random.default_rng(0))
        assert set(range(5)) - set(made.rows["i"]) == numbers
        assert made.counts == ({"nothing else can be made of it": 1} if numbers else {})
