"""Near duplicates: planted ones are found, random ones are not invented; and which rows depend on each other."""

from __future__ import annotations

import time

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from exapt.audit import duplicates
from exapt.audit.duplicates import Pairs, dependence, dependent_groups, near_duplicates, near_sides
from exapt.audit.view import view_of
from exapt.features.minhash import candidate_pairs
from exapt.sequences import reverse_complement
from exapt.tasks.pawsx import PawsX
from tests.unit.audit.small_views import (
    LETTERS,
    distance,
    real,
    sentences,
    sequences,
    substituted,
    view_of_rows,
)

BASES = [("dna", 50), ("dna", 150), ("protein", 50), ("text", 20)]


def texts_of(kind, n, length, rng):
    return sentences(n, length, rng) if kind == "text" else sequences(n, length, kind, rng)


def keys(pairs: Pairs, n: int) -> np.ndarray:
    return pairs.first * n + pairs.second


@pytest.mark.parametrize(("kind", "length"), BASES)
def test_planted_copies_at_ninety_percent_are_found_among_ten_thousand(kind, length):
    rng = np.random.default_rng([1, length])
    texts = texts_of(kind, 10_000, length, rng)
    letters = LETTERS.get(kind, "etaoinshrdlu")
    copies = [substituted(text, 0.9, letters, rng) for text in texts[:500]]
    if kind == "dna":
        copies = [reverse_complement(text) if i % 2 else text for i, text in enumerate(copies)]
    found = near_duplicates([*texts, *copies], kind)
    n = 10_500
    planted = np.arange(500) * n + np.arange(10_000, n)
    assert np.isin(planted, keys(found, n)).mean() >= 0.95
    assert len(found) <= 500 + 5  # and hardly anything that was not planted
    assert 0.85 <= found.identity.min() <= found.identity.max() <= 0.95 + 1e-9
    a, b = int(found.first[0]), int(found.second[0])
    one, other = [*texts, *copies][a], [*texts, *copies][b]
    best = min(distance(one, x) for x in ([other, reverse_complement(other)] if kind == "dna" else [other]))
    assert found.identity[0] == pytest.approx(1 - best / max(len(one), len(other)))


@pytest.mark.parametrize(("kind", "length"), BASES)
def test_every_pair_of_a_few_texts_is_found_as_by_comparing_all(kind, length):
    """Down to an identity of 0.8, where chance candidates cost nothing."""
    rng = np.random.default_rng([2, length])
    texts = texts_of(kind, 30, length, rng)
    letters = LETTERS.get(kind, "etaoinshrdlu")
    texts += [substituted(text, identity, letters, rng) for identity in (0.95, 0.87, 0.82, 0.7) for text in texts[:30]]
    found = near_duplicates(texts, kind)

    def identity(a, b):
        ways = [b, reverse_complement(b)] if kind == "dna" else [b]
        return 1 - min(distance(a, x) for x in ways) / max(len(a), len(b))

    sample = {(i, i + 30 * j) for i in range(0, 30, 10) for j in range(1, 5)} | {(i, i + 7) for i in range(5)}
    told = dict(zip(zip(found.first.tolist(), found.second.tolist(), strict=True), found.identity, strict=True))
    missed = 0
    for a, b in sample:
        exact = identity(texts[a], texts[b])
        if (a, b) in told:
            assert told[a, b] == pytest.approx(exact) and exact >= 0.8
        else:
            missed += exact >= 0.8
    assert missed <= 1 and len(told) > 60


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "length"), BASES)
def test_forty_thousand_random_texts_give_few_candidates_and_no_pair(kind, length, monkeypatch):
    candidates = []

    def counted(*given, **options):
        found = candidate_pairs(*given, **options)
        candidates.append(len(found))
        return found

    monkeypatch.setattr(duplicates, "candidate_pairs", counted)
    texts = texts_of(kind, 40_000, length, np.random.default_rng([3, length]))
    start = time.process_time()
    found = near_duplicates(texts, kind)
    assert time.process_time() - start < 15
    assert len(found) == 0 and len(candidates) == 1
    assert candidates[0] < 0.001 * 40_000 * 39_999 / 2


def test_equal_texts_cost_nothing_and_point_to_the_first():
    texts = ["ACGTACGTTGCA" * 5] * 20_000 + ["ACGTACGTTGCA" * 4 + "ACGTACGTTGCC"]
    found = near_duplicates(texts, "dna")
    assert len(found) == 20_000
    assert set(found.first.tolist()) == {0} and (found.identity[:-1] == 1).all()
    assert found.second.tolist() == list(range(1, 20_001)) and found.identity[-1] == pytest.approx(59 / 60)
    assert near_duplicates(["one"], "text").plan is None
    assert len(near_duplicates([], "text")) == 0


def test_a_template_does_not_explode():
    """Thousands of sentences that are all alike: pairs stay linear in their number."""
    rng = np.random.default_rng(4)
    names = ["".join(rng.choice(list("abcdefgh"), 4)) for _ in range(3000)]
    texts = sorted({f"the lazy poet of the town praises {name} and the queen of the hills" for name in names})
    start = time.process_time()
    found = near_duplicates(texts, "text")
    assert time.process_time() - start < 20
    assert len(texts) - 1 <= len(found) < len(texts) * 16 * 150


def test_order_and_process_change_nothing_but_numbers_of_rows():
    rng = np.random.default_rng(5)
    texts = sequences(200, 60, "dna", rng)
    texts += [substituted(text, 0.9, "ACGT", rng) for text in texts]
    one, again = near_duplicates(texts, "dna", seed=3), near_duplicates(texts, "dna", seed=3)
    assert keys(one, 400).tolist() == keys(again, 400).tolist()
    assert one.at(0.95).identity.tolist() == []


DNA = sequences(12, 60, "dna", np.random.default_rng(6))


def partners(groups):
    return {frozenset(np.flatnonzero(groups == g).tolist()) for g in np.unique(groups)}


def test_rows_depend_through_groups_equal_sides_on_either_side_strands_and_near_duplicates():
    d = DNA
    mutant = d[4][:30] + ("A" if d[4][30] != "A" else "C") + d[4][31:]
    view = view_of_rows(
        train=[
            (d[0], d[1], True, "a"),  # 0: group with 1
            (d[2], d[3], False, "a"),  # 1: right side as 2's left
            (d[3], d[10], True, "b"),  # 2
            (d[4], d[5], True, "c"),  # 3: nearly 4's right side
            (d[6], mutant, False, "d"),  # 4
            (d[7], d[8], True, "e"),  # 5: reverse complement of 6's left
        ],
        test=[(reverse_complement(d[7]).lower(), d[9], False, "f"), (d[11], d[11][::-1], True, "g")],
    )
    assert partners(dependent_groups(view)) == {
        frozenset({0, 1, 2}),
        frozenset({3, 4}),
        frozenset({5, 6}),
        frozenset({7}),
    }
    told = dependence(view)
    assert (told.count, told.largest, told.identity) == (4, 3 / 8, 0.8)
    assert dependent_groups(view)[0] == 0  # numbered by first appearance


def test_a_chain_of_near_duplicates_is_cut_but_never_equal_sides():
    rng = np.random.default_rng(7)
    chain = [DNA[0]]
    for _ in range(30):
        chain.append(substituted(chain[-1], 0.84, "ACGT", rng))
    rows = [(text, None, i % 2 == 0, f"g{i}") for i, text in enumerate(chain)]
    told = dependence(view_of_rows(train=rows))
    assert told.identity > 0.8 and told.largest < 0.5
    equal = [(DNA[1], text, i % 2 == 0, f"g{i}") for i, text in enumerate(sequences(20, 60, "dna", rng))]
    assert dependence(view_of_rows(train=equal)).largest == 1.0


def test_sides_of_different_alphabets_are_not_compared():
    proteins = sequences(2, 50, "protein", np.random.default_rng(8))
    view = view_of_rows(train=[(DNA[0], proteins[0], True, "a"), (DNA[1], proteins[1], False, "b")])
    assert [pool.alphabet for pool in near_sides(view).pools] == ["dna", "protein"]
    assert near_sides(view) is near_sides(view_of_rows(train=[(DNA[0], proteins[0], True, "a"),
                                                              (DNA[1], proteins[1], False, "b")]))  # fmt: skip
    assert near_sides(view) is not near_sides(view_of_rows(train=[(DNA[0], proteins[0], True, "a")]))


def test_real_pairs_of_sentences_are_found_and_do_not_chain():
    """PAWS-X: of the pairs in one row that are at least 0.85 identical, nearly all."""
    view = view_of(PawsX(language="en", data_dir=real("pawsx/test_2k.en.tsv"), train="strict"))
    near = near_sides(view)
    pool, pairs = near.pools[0], near.pairs[0]
    n = len(pool.strings)
    known = set(keys(pairs, n).tolist())
    rows = {(min(a, b), max(a, b)) for a, b in pool.code.T.tolist() if a != b}
    texts = pool.strings
    alike = [(a, b) for a, b in rows if Levenshtein.normalized_similarity(texts[a], texts[b]) >= 0.85]
    assert len(alike) > 2000
    assert np.mean([a * n + b in known for a, b in alike]) >= 0.99
    told = dependence(view)
    assert told.identity == 0.8 and told.largest < 0.05


def test_threads_change_nothing_and_progress_is_told_to_the_end():
    rng = np.random.default_rng(11)
    texts = texts_of("dna", 1500, 100, rng)
    texts += [substituted(text, 0.85, LETTERS["dna"], rng) for text in texts]
    told: list[float] = []
    one, other = (near_duplicates(texts, "dna", threads=threads, told=told.append) for threads in (1, 2))
    assert len(one) > 1000 and one.plan == other.plan
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("first", "second", "identity"))
    runs = np.split(np.array(told), np.flatnonzero(np.diff(told) < 0) + 1)
    assert len(runs) == 2 and all(run[-1] == pytest.approx(1) for run in runs)
