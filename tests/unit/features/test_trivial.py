"""The trivial baselines: their names, their orientation, and that labels and case say nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from exapt.example import Examples, LabelSpace
from exapt.features.trivial import trivial_scores

SPACE = LabelSpace(names=("unrelated", "related"), positive="related")
NAMES = ["majority", "length difference", *(f"k-mer Jaccard, k = {k}" for k in range(2, 7)), "edit similarity"]


def table(rows):
    frame = pd.DataFrame(rows, columns=["left", "right", "label"])
    frame["id"] = frame["group"] = [str(i) for i in range(len(frame))]
    return Examples(frame, SPACE)


def mutated_pairs(n=200, length=80):
    rng = np.random.default_rng(0)
    rows = []
    for i in range(n):
        left = rng.choice(list("ACGT"), length)
        right = np.where(rng.random(length) < 0.2, rng.choice(list("ACGT"), length), left)
        other = rng.choice(list("ACGT"), length)
        related = i % 2 == 0
        rows.append(("".join(left), "".join(right if related else other), "related" if related else "unrelated"))
    return rows


def test_names_and_orientation_on_mutated_dna():
    examples = table(mutated_pairs())
    found = trivial_scores(examples)
    assert list(found) == NAMES
    area = {name: roc_auc_score(examples.positive, column) for name, column in found.items()}
    assert area["majority"] == area["length difference"] == 0.5
    assert area["edit similarity"] > 0.99 and area["k-mer Jaccard, k = 4"] > 0.95


def test_labels_are_not_looked_at():
    rows = mutated_pairs(20)
    other = [(a, b, "related") for a, b, _ in rows]
    for one, two in zip(trivial_scores(table(rows)).values(), trivial_scores(table(other)).values(), strict=True):
        assert np.array_equal(one, two)


def test_case_says_nothing():
    rows = mutated_pairs(20)
    masked = [(a[:30].lower() + a[30:], b.lower(), label) for a, b, label in rows]
    for one, two in zip(trivial_scores(table(rows)).values(), trivial_scores(table(masked)).values(), strict=True):
        assert np.array_equal(one, two)


def test_single_sequences_have_majority_and_length():
    found = trivial_scores(table([("acgtacgt", None, "related"), ("acg", None, "unrelated")]))
    assert {name: column.tolist() for name, column in found.items()} == {"majority": [0, 0], "length": [8, 3]}


@pytest.mark.parametrize("name", NAMES)
def test_float64_of_one_per_example(name):
    column = trivial_scores(table(mutated_pairs(6)))[name]
    assert column.shape == (6,) and column.dtype == np.float64 and np.isfinite(column).all()
