"""Features that mean the same in every language: their columns, what they do not look at, single sequences."""

from __future__ import annotations

import numpy as np

from exapt.features.edit import edit_similarity
from exapt.features.kmers import jaccard
from exapt.features.transfer import KS, transfer_features, transfer_names, word_features
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.text_match import TextMatch
from tests.unit.features.test_trivial import table

ROWS = [("The dog ran home", "a cat ran home", "related"), ("ACGTACGT", "acgtACGA", "unrelated")]


def test_columns_are_those_of_the_functions_they_name() -> None:
    examples = TextMatch(train=0, dev=0, test=40).load("test")
    found = dict(zip(transfer_names(True), transfer_features(examples).T, strict=True))
    left, right = (examples.frame[side].tolist() for side in ("left", "right"))
    assert np.array_equal(found["edit similarity"], edit_similarity(left, right))
    for k in KS:
        assert np.allclose(found[f"{k}-mers, Jaccard"], jaccard(left, right, k))
    assert np.array_equal(found["length of left"], [len(text) for text in left])
    assert found["difference in length"].tolist() == [0.0] * 40


def test_case_says_nothing_and_words_are_seen() -> None:
    found = dict(zip(transfer_names(True), transfer_features(table(ROWS)).T, strict=True))
    assert found["words, Jaccard"].tolist() == [2 / 6, 0.0]
    assert found["edit similarity"][1] == 7 / 8
    upper = [(left.upper(), right.upper(), label) for left, right, label in ROWS]
    assert np.array_equal(transfer_features(table(upper)), transfer_features(table(ROWS)))
    assert (word_features(table(upper)) != word_features(table(ROWS))).nnz == 0


def test_words_are_counted_side_by_side_without_comparison() -> None:
    words = word_features(table(ROWS))
    swapped = word_features(table([(right, left, label) for left, right, label in ROWS]))
    half = words.shape[1] // 2
    assert (words[:, :half] != swapped[:, half:]).nnz == 0


def test_single_sequences_have_lengths_only() -> None:
    examples = DnaSynth(length=24, train=0, dev=0, test=8).load("test")
    single = type(examples)(examples.frame.assign(right=None), examples.space)
    assert transfer_names(False) == ("length", "words")
    assert transfer_features(single).tolist() == [[24.0, 1.0]] * 8
