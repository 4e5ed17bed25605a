"""Scrambled rings: blocks of the true partner in another order, and no overlap of 2-mers that tells."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.metrics import roc_auc_score

from exapt.builders.alignment import identity
from exapt.builders.negatives import Scrambled
from exapt.features.edit import edit_similarity
from exapt.features.kmers import jaccard
from tests.unit.builders.negatives.positives import (
    CODING_CONTEXT,
    DNA_CONTEXT,
    PROTEIN_CONTEXT,
    coding,
    dna,
    proteins,
    residues,
)


@pytest.mark.parametrize("length", [50, 150])
def test_overlap_of_2_mers_is_exactly_at_chance(length: int) -> None:
    rows = Scrambled().make(dna(2000, length), DNA_CONTEXT, np.random.default_rng(0)).rows
    assert len(rows) > 7900
    left, right = rows["left"].tolist(), rows["right"].tolist()
    values = jaccard(left, right, 2)
    assert (np.ptp(values.reshape(-1, 4), axis=1) == 0).all()
    for k in (1, 2):
        assert roc_auc_score(rows["positive"], jaccard(left, right, k)) == 0.5
    assert roc_auc_score(rows["positive"], jaccard(left, right, 3)) < 0.62
    assert roc_auc_score(rows["positive"], edit_similarity(left, right)) > 0.99


def test_the_other_positive_is_as_much_alike_as_the_first() -> None:
    rows = Scrambled().make(dna(500), DNA_CONTEXT, np.random.default_rng(0)).rows
    natural, other = (
        rows[rows["positive"] & (rows["left_made"] == made)].reset_index(drop=True) for made in (False, True)
    )
    first, second = ([identity(a, b) for a, b in zip(x["left"], x["right"], strict=True)] for x in (natural, other))
    assert abs(np.mean(first) - np.mean(second)) < 0.02
    for old, new in zip([*natural["left"], *natural["right"]], [*other["left"], *other["right"]], strict=True):
        assert Counter(pairwise(old)) == Counter(pairwise(new)) and old != new


@pytest.mark.parametrize("anchored", [True, False])
def test_protein_blocks_move(anchored: bool) -> None:
    made = Scrambled(anchored=anchored, block=10).make(proteins(300), PROTEIN_CONTEXT, np.random.default_rng(0))
    assert len(made.rows) > (200 if anchored else 1100)
    for (a, d), (b, e), *_ in made.rows[["left", "right"]].to_numpy().reshape(-1, 4, 2):
        assert sorted(a) == sorted(b) and sorted(d) == sorted(e)


def test_codons_and_residues_move_together() -> None:
    made = Scrambled().make(coding(300), CODING_CONTEXT, np.random.default_rng(0))
    assert made.counts["a protein that is not its window codon by codon"] == 3
    for (a, p), (b, q), *_ in made.rows[["left", "right"]].to_numpy().reshape(-1, 4, 2):
        assert (residues(a), residues(b)) == (p, q)
        codons, other = ([t[k : k + 9] for k in range(0, len(t), 9)] for t in (a, b))
        assert sorted(a[k : k + 3] for k in range(0, len(a), 3)) == sorted(b[k : k + 3] for k in range(0, len(b), 3))
        assert codons != other


def test_too_few_blocks_and_equal_blocks_are_counted() -> None:
    positives = dna(6)
    positives.loc[0, ["left", "right"]] = ["AC" * 25, "GT" * 25]
    positives.loc[1, ["left", "right"]] = ["A" * 50, "A" * 50]
    made = Scrambled().make(positives, DNA_CONTEXT, np.random.default_rng(0))
    assert made.counts["fewer than two blocks to exchange"] + made.counts["nothing else can be made of it"] == 2
    assert set(made.rows["i"]) == {2, 3, 4, 5}


def test_a_block_of_one_letter_is_refused() -> None:
    with pytest.raises(ValidationError, match="block=1"):
        Scrambled(block=1)
