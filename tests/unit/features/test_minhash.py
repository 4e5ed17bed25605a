"""MinHash against exact Jaccard similarity, banding against its own formula, and both against floods of likeness."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.features.banding import plan
from exapt.features.kmers import jaccard
from exapt.features.minhash import agreement, candidate_pairs, signatures
from exapt.sequences import reverse_complement


def random_dna(n, length, seed=0):
    return ["".join(row) for row in np.random.default_rng(seed).choice(list("ACGT"), (n, length))]


def mutated(texts, share, seed):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGT")) if rng.random() < share else c for c in text) for text in texts]


def estimated(left, right, **how):
    made = signatures([*left, *right], **how)
    return agreement(made, np.arange(len(left)), np.arange(len(left), 2 * len(left)))


def words_jaccard(a, b, k):
    one, other = ({tuple(t.split()[i : i + k]) for i in range(len(t.split()) - k + 1)} for t in (a, b))
    return len(one & other) / len(one | other)


def test_estimates_jaccard_without_bias_and_with_its_standard_error():
    left = random_dna(400, 120)
    right = [b for i in range(8) for b in mutated(left[i * 50 : (i + 1) * 50], i * 0.02, i)]
    exact = jaccard(left, right, 6)
    error = estimated(left, right, k=6, permutations=512) - exact
    spread = np.sqrt(exact * (1 - exact) / 512)
    assert exact.std() > 0.1  # the pairs are of all degrees of likeness
    assert abs(error.mean()) < 4 * spread.mean() / np.sqrt(len(left))
    assert np.all(np.abs(error) <= 4.5 * spread + 1e-12)
    assert 0.8 < np.sqrt((error**2).sum() / (spread**2).sum()) < 1.2


def test_estimates_jaccard_of_words():
    rng = np.random.default_rng(1)
    known = [f"w{i}" for i in range(500)]
    left = [" ".join(rng.choice(known, 60)) for _ in range(40)]
    right = [" ".join(text.split()[:i] + list(rng.choice(known, 60 - i))) for i, text in enumerate(left, start=10)]
    exact = np.array([words_jaccard(a, b, 2) for a, b in zip(left, right, strict=True)])
    found = estimated(left, right, k=2, permutations=1024, unit="words")
    assert np.abs(found - exact).max() < 0.06 and exact.max() > 0.4
    spaced = [text.replace(" ", "  ") for text in left]
    assert estimated(left, spaced, k=2, permutations=32, unit="words").tolist() == [1.0] * 40


def test_both_strands_are_one():
    texts = [*random_dna(50, 40), "ACG", "A", "ACGTNRY" * 3]
    turned = [reverse_complement(text) for text in texts]
    how = {"k": 7, "permutations": 64}
    assert np.array_equal(signatures(texts, both_strands=True, **how), signatures(turned, both_strands=True, **how))
    assert estimated(texts[:50], turned[:50], **how).max() < 0.2
    near = mutated(texts[:50], 0.05, 3)
    exact = [canonical_jaccard(a, b, 7) for a, b in zip(texts, near, strict=False)]
    found = estimated(texts[:50], near, k=7, permutations=1024, both_strands=True)
    assert np.abs(found - exact).max() < 0.07 and min(exact) < 0.5


def canonical_jaccard(a, b, k):
    one, other = ({min(t[i : i + k], reverse_complement(t[i : i + k])) for i in range(len(t) - k + 1)} for t in (a, b))
    return len(one & other) / len(one | other)


@given(st.lists(st.text("acgt£😀", max_size=9), max_size=12), st.integers(1, 7))
def test_texts_of_any_length_are_signed_by_their_shingles_alone(texts, k):
    made = signatures(texts, k=k, permutations=8)
    assert made.shape == (len(texts), 8) and made.dtype == np.uint32

    def shingles(t):
        return {t[i : i + k] for i in range(len(t) - k + 1)} or ({t} if t else set())

    for i, a in enumerate(texts):
        for j, b in enumerate(texts):
            if shingles(a) == shingles(b):
                assert np.array_equal(made[i], made[j])
            elif not shingles(a) & shingles(b):
                assert not (made[i] == made[j]).any()
        assert np.array_equal(made[i], signatures([a], k=k, permutations=8)[0])  # whatever stands beside it
        assert (made[i] == np.iinfo(np.uint32).max).all() == (a == "")


CODE = """
import hashlib, sys
from exapt.features.minhash import candidate_pairs, signatures
made = signatures(["ACGTACGTAA" * 5, "the cat sat", "Größe", ""] + ["A" * i + "C" * 9 for i in range(40)], k=3,
                  permutations=20, seed=int(sys.argv[1]))
print(hashlib.sha256(made.astype("<u4").tobytes() + candidate_pairs(made, 2, 1).astype("<i8").tobytes()).hexdigest())
"""


def test_signatures_are_the_same_in_every_process_and_differ_by_seed():
    def told(seed, hashing):
        env = {**os.environ, "PYTHONHASHSEED": hashing}
        return subprocess.run([sys.executable, "-c", CODE, seed], env=env, capture_output=True, check=True).stdout

    assert told("0", "1") == told("0", "2") != told("1", "1")
    first = signatures(["ACGTACGTAA"], k=3, permutations=20).astype("<u4").tobytes()
    assert hashlib.sha256(first).hexdigest()[:16] == "34eeb69716dc079a"  # on every machine


def test_banding_finds_as_many_as_its_formula_says():
    left = random_dna(2000, 60)
    right = mutated(left, 0.09, 5)
    made = signatures([*left, *right], k=6, permutations=90)
    similarity = jaccard(left, right, 6)
    pairs = candidate_pairs(made, 3)
    assert np.array_equal(pairs, np.unique(pairs, axis=0)) and (pairs[:, 0] < pairs[:, 1]).all()
    found = np.isin(np.arange(2000) * 4000 + np.arange(2000, 4000), pairs[:, 0] * 4000 + pairs[:, 1])
    expected = 1 - (1 - similarity**3) ** 30
    assert 0.3 < expected.mean() < 0.95
    assert abs(found.mean() - expected.mean()) < 0.04


def test_pairs_of_small_buckets_are_complete_and_large_ones_stay_linear():
    marks = np.zeros((10, 4), dtype=np.uint32)
    marks[5:] = 7
    whole = {(a, b) for part in (range(5), range(5, 10)) for a in part for b in part if a < b}
    assert set(map(tuple, candidate_pairs(marks, 2).tolist())) == whole
    flood = candidate_pairs(np.ones((30_000, 6), dtype=np.uint32), 2)
    assert 29_999 <= len(flood) <= 3 * 3 * 30_000
    assert len(candidate_pairs(np.ones((17, 2), dtype=np.uint32), 2)) < 17 * 16 // 2
    assert len(candidate_pairs(np.ones((16, 2), dtype=np.uint32), 2)) == 16 * 15 // 2
    assert candidate_pairs(np.empty((0, 6), dtype=np.uint32), 2).shape == (0, 2)


def test_the_plan_foretells_recall_and_candidates_by_chance():
    texts = random_dna(8000, 80)
    made = plan(texts, 0.8, both_strands=True)
    rng = np.random.default_rng(6)
    copies = []
    for text in texts[:1000]:
        letters = list(text)
        for place in rng.choice(80, 8, replace=False):
            letters[place] = rng.choice([c for c in "ACGT" if c != letters[place]])
        copies.append(reverse_complement("".join(letters)))
    marks = signatures([*texts, *copies], k=made.k, permutations=made.permutations, both_strands=True)
    pairs = candidate_pairs(marks, made.rows)
    planted = np.arange(1000) * 9000 + np.arange(8000, 9000)
    assert abs(np.isin(planted, pairs[:, 0] * 9000 + pairs[:, 1]).mean() - made.recall_closer) < 0.04
    assert made.recall < made.recall_closer > 0.95
    assert 0.3 * made.by_chance < 2 * len(pairs) / 9000 < 3 * made.by_chance < 3 * 40


def test_a_plan_is_made_for_anything():
    for texts in (["a"], ["a", "b"], ["same words again"] * 3, [""], ["x" * 40, "y" * 40]):
        assert 2 <= plan(texts, 0.8).k <= 12


def test_refuses_what_makes_no_sense():
    with pytest.raises(ValueError, match="at least 1"):
        signatures(["a"], k=0, permutations=3)
    with pytest.raises(ValueError, match="no other strand"):
        signatures(["a"], k=1, permutations=3, unit="words", both_strands=True)
    with pytest.raises(ValueError, match="rows must be from 1 to 4"):
        candidate_pairs(np.ones((3, 4), dtype=np.uint32), 5)


def test_threads_change_nothing_and_progress_is_told_to_the_end():
    texts = [text for copy in range(3) for text in mutated(random_dna(1500, 120), 0.05 * copy, copy)]
    told: list[float] = []
    marks = [
        signatures(texts, k=9, permutations=60, both_strands=True, threads=threads, told=told.append)
        for threads in (1, 3)
    ]
    assert (marks[0] == marks[1]).all()
    pairs = [candidate_pairs(marks[0], 2, threads=threads, told=told.append) for threads in (1, 2, 3)]
    assert len(pairs[0]) > 3000 and all(np.array_equal(pairs[0], other) for other in pairs)
    runs = np.split(np.array(told), np.flatnonzero(np.diff(told) < 0) + 1)
    assert len(runs) == 5 and all(run[-1] == 1 for run in runs)


def test_a_few_thousand_sequences_are_compared_closely():
    """Single numbers of signatures find four fifths of what is 80% identical, where pairs of numbers find half."""
    made = plan(random_dna(4000, 150), 0.8, both_strands=True)
    assert made.rows == 1 and made.recall > 0.85 and made.recall_closer > 0.99
    assert made.by_chance < 40
