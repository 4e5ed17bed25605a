"""Composition-matched negatives: overlap of 2-mers is exactly at chance, codons and residues stay."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from exapt.builders.negatives import CompositionMatched
from exapt.features.edit import edit_similarity
from exapt.features.kmers import jaccard
from tests.unit.builders.negatives.positives import (
    CODING_CONTEXT,
    DNA_CONTEXT,
    PROTEIN_CONTEXT,
    coding,
    dna,
    proteins,
)


@pytest.mark.parametrize("length", [50, 150])
def test_overlap_of_2_mers_is_exactly_at_chance(length: int) -> None:
    rows = CompositionMatched().make(dna(2000, length), DNA_CONTEXT, np.random.default_rng(0)).rows
    assert len(rows) > 3900
    left, right = rows["left"].tolist(), rows["right"].tolist()
    for k in (1, 2):
        assert roc_auc_score(rows["positive"], jaccard(left, right, k)) == 0.5
    assert roc_auc_score(rows["positive"], jaccard(left, right, 4)) > 0.9
    assert roc_auc_score(rows["positive"], edit_similarity(left, right)) > 0.99


def test_letters_alone_can_be_kept() -> None:
    rows = CompositionMatched(keep="letters").make(dna(2000), DNA_CONTEXT, np.random.default_rng(0)).rows
    left, right = rows["left"].tolist(), rows["right"].tolist()
    assert roc_auc_score(rows["positive"], jaccard(left, right, 1)) == 0.5
    assert roc_auc_score(rows["positive"], jaccard(left, right, 2)) > 0.52


@pytest.mark.parametrize(("keep", "size"), [("pairs", 2), ("letters", 1)])
def test_proteins_keep_their_residues_or_dipeptides(keep: str, size: int) -> None:
    negatives = CompositionMatched(keep=keep)  # type: ignore[arg-type]
    made = negatives.make(proteins(200), PROTEIN_CONTEXT, np.random.default_rng(0))
    pairs = made.rows["right"].to_numpy().reshape(-1, 2)
    assert len(pairs) > 20
    for old, new in pairs:
        parts = [Counter(t[k : k + size] for k in range(len(t) - size + 1)) for t in (old, new)]
        assert parts[0] == parts[1] and old != new


def test_windows_keep_their_codons() -> None:
    rows = CompositionMatched().make(coding(300), CODING_CONTEXT, np.random.default_rng(0)).rows
    for (old, new), (protein, same) in zip(
        rows["left"].to_numpy().reshape(-1, 2), rows["right"].to_numpy().reshape(-1, 2), strict=True
    ):
        assert protein == same
        codons = [sorted(t[k : k + 3] for k in range(0, len(t), 3)) for t in (old, new)]
        assert codons[0] == codons[1] and old != new


def test_what_has_no_other_walk_is_counted() -> None:
    positives = dna(10)
    positives.loc[:2, "right"] = ["A" * 50, "AC" * 25, "A" * 49 + "C"]
    made = CompositionMatched().make(positives, DNA_CONTEXT, np.random.default_rng(0))
    assert made.counts["nothing else can be made of it"] == 3
    assert set(made.rows["i"]) == set(range(3, 10))
