"""Mutated partners: exactly as many substitutions as set, or the fewest that the bound needs."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from exapt.builders.alignment import identity
from exapt.builders.negatives import Mutated
from exapt.sequences import PROTEIN
from tests.unit.builders.negatives.positives import (
    CODING_CONTEXT,
    DNA_CONTEXT,
    PROTEIN_CONTEXT,
    coding,
    dna,
    proteins,
    residues,
)


def differ(a: str, b: str) -> int:
    assert len(a) == len(b)
    return sum(x != y for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("substitutions", [None, 1, 3])
def test_proteins_of_windows_lose_residues(substitutions: int | None) -> None:
    rows = Mutated(substitutions=substitutions).make(coding(300), CODING_CONTEXT, np.random.default_rng(0)).rows
    changed = rows["right"].to_numpy().reshape(-1, 2)
    assert {differ(a, b) for a, b in changed} == {substitutions or 1}
    assert set("".join(changed[:, 1])) <= set(PROTEIN)
    assert {k for a, b in changed for k in range(16) if a[k] != b[k]} == set(range(16))


def test_a_substitution_that_another_start_explains_is_refused() -> None:
    """GTG at the start codes for V and may be read as M: neither V for M nor M for V is a negative."""
    positives = coding(1).assign(left="GTG", right="M")
    positives = positives.loc[np.zeros(2000, dtype=int)].reset_index(drop=True)
    made = Mutated().make(positives, CODING_CONTEXT, np.random.default_rng(0))
    assert made.counts["a negative that still codes for its protein"] == pytest.approx(2000 / 19, rel=0.4)
    assert set(made.rows["right"]) == set(PROTEIN) - {residues("GTG")}


@pytest.mark.parametrize(("positives", "context"), [(dna(400), DNA_CONTEXT), (proteins(400), PROTEIN_CONTEXT)])
def test_the_fewest_substitutions_bring_the_identity_just_below_the_bound(positives, context) -> None:  # type: ignore[no-untyped-def]
    made = Mutated().make(positives, context, np.random.default_rng(0))
    assert len(made.rows) > 780
    likeness = np.array([identity(a, b) for a, b in made.rows[["left", "right"]].to_numpy()[1::2]])
    length = len(positives["left"][0])
    assert (likeness < context.bound).all()
    assert (likeness > context.bound - 3 / length).all()


def test_a_set_number_is_exact_and_what_stays_alike_is_counted() -> None:
    made = Mutated(substitutions=9).make(dna(400), DNA_CONTEXT, np.random.default_rng(0))
    assert {differ(a, b) for a, b in made.rows["right"].to_numpy().reshape(-1, 2)} == {9}
    assert made.counts["a negative at or above the identity bound"] > 0
    many = Mutated(substitutions=49).make(dna(50), DNA_CONTEXT, np.random.default_rng(0))
    assert many.rows.empty and many.counts == {"fewer letters that agree than substitutions": 50}


def test_zero_substitutions_are_refused() -> None:
    with pytest.raises(ValidationError, match="substitutions=0"):
        Mutated(substitutions=0)
