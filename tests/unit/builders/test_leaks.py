"""What splits share: the largest identity as planted, and the rows of earlier splits that must go."""

from __future__ import annotations

import shutil
from pathlib import Path

import edlib
import numpy as np
import pytest

from exapt.builders.clusters import cluster
from exapt.builders.genomes import read_genome
from exapt.builders.journal import Journal
from exapt.builders.leaks import _word, between, compared, leaks
from exapt.builders.splits import assign
from exapt.builders.units import keys_of
from exapt.sequences import DNA, PROTEIN, reverse_complement
from tests.unit.builders.test_clusters import alter, draw, family

pytestmark = pytest.mark.skipif(shutil.which("blastn") is None, reason="needs blastn, which is not installed")
GENOMES = Path(__file__).resolve().parents[4] / "shared" / "data" / "genomes"


def test_the_largest_identity_is_the_planted_one() -> None:
    rng = np.random.default_rng(1)
    train, test = ([draw(60, rng) for _ in range(200)] for _ in range(2))
    assert between(train, test)["identity"] is None
    train[17] = reverse_complement(test[31])
    middle = list(train[17])
    for place in (12, 20, 30, 41, 50):  # inside, so that the alignment spans everything
        middle[place] = DNA[(DNA.index(middle[place]) + 1) % 4]
    train[17] = "".join(middle)
    train[99] = alter(test[5], 12, rng)
    journal = Journal()
    found = between(train, test, journal=journal)
    assert (found["train"], found["test"], found["strand"]) == (17, 31, "-")
    assert (found["identity"], found["length"], found["hits"]) == (round(55 / 60, 4), 60, 2)
    assert found["word_size"] == 7 == int(journal.calls[-1]["parameters"]["word_size"])


def test_proteins_have_no_strand() -> None:
    rng = np.random.default_rng(2)
    test = [draw(60, rng, PROTEIN) for _ in range(20)]
    found = between([draw(60, rng, PROTEIN), test[4]], test, alphabet="protein")
    assert (found["identity"], found["train"], found["test"]) == (1.0, 1, 4)
    assert "strand" not in found


def test_a_short_identical_word_is_no_leak() -> None:
    rng = np.random.default_rng(3)
    word = draw(24, rng)
    train, test = ([draw(18, rng) + word + draw(18, rng)] for _ in range(2))
    assert between(train, test)["hits"] == 0
    assert between(train, test, coverage=0.3)["identity"] == 1.0


@pytest.mark.parametrize("alphabet", ["dna", "protein"])
def test_the_later_split_keeps_and_the_dropped_takes_nothing_with_it(alphabet: str) -> None:
    rng = np.random.default_rng(4)
    letters = DNA if alphabet == "dna" else PROTEIN
    walk = draw(120, rng, letters)
    a, b, c = walk[:50], walk[20:70], walk[40:90]  # a ~ b ~ c, a and c share 10 letters
    d = draw(50, rng, letters)
    relative = alter(d, 6, rng, letters)
    alone = [draw(50, rng, letters) for _ in range(4)]
    found = leaks([a, b, c, d, relative, *alone], np.array([0, 1, 2, 0, 1, 0, 1, 2, 2]), alphabet=alphabet).drop  # type: ignore[arg-type]
    # b goes for c's sake; a has a relative in dev, b, only, which is gone; d goes for its relative in dev
    assert found.tolist() == [False, True, False, True, False, False, False, False, False]


def test_one_split_has_no_leak() -> None:
    assert leaks(["ACGT" * 20] * 3, np.array([1, 1, 1])).drop.tolist() == [False] * 3
    assert leaks([], np.array([], dtype=int)).drop.tolist() == []


def test_words_grow_with_what_is_compared() -> None:
    assert [_word(n) for n in (0, 1_000, 2_000_000, 6_000_000, 10**7, 10**8)] == [7, 7, 7, 9, 10, 12]
    found = between(["ACGT" * 20], ["ACGT" * 20], word_size=11)
    assert (found["word_size"], found["identity"]) == (11, 1.0)


def test_a_family_in_two_splits_is_found() -> None:
    rng = np.random.default_rng(5)
    sequences = [*family(60, 50, rng), *(draw(50, rng) for _ in range(300))]
    split = np.array([0] * 30 + [2] * 30 + [0] * 200 + [1] * 50 + [2] * 50)
    drop = leaks(sequences, split).drop
    assert drop[:30].mean() > 0.9  # a few members are at 75% and far from all others
    assert drop[30:].sum() <= 1
    assert between(*([s for s, k, d in zip(sequences, split, drop, strict=True) if k == n and not d] for n in (0, 2)))[
        "hits"
    ] == 0  # fmt: skip


def test_the_largest_identity_is_that_of_what_is_kept() -> None:
    rng = np.random.default_rng(6)
    sequences = [*family(40, 50, rng), *(draw(50, rng) for _ in range(100))]
    split = np.array([0] * 20 + [1] * 20 + [0] * 60 + [1] * 40)
    found = leaks(sequences, split, word_size=8)
    assert found.drop.any()
    for kept in (np.ones(len(split), dtype=bool), ~found.drop, rng.random(len(split)) < 0.3):
        sides = ([s for s, k, here in zip(sequences, split, kept, strict=True) if k == n and here] for n in (0, 1))
        measured = between(*sides, word_size=8)["identity"]
        told = found.largest(kept)
        assert (None if told is None else round(told[0], 4)) == measured
    assert found.largest(np.zeros(len(split), dtype=bool)) is None


@pytest.mark.slow
@pytest.mark.skipif(not GENOMES.is_dir(), reason="needs ../shared/data/genomes")
def test_real_windows_dealt_by_cluster_share_nothing_by_edit_distance() -> None:
    """From two genomes: cluster, deal, drop the leaks; then alignments that know nothing of BLAST find no relative."""
    genomes = [
        read_genome(GENOMES / name).sequences[0] for name in ("ecoli_k12_mg1655.gbff.gz", "salmonella_lt2.fna.gz")
    ]
    windows = [genome[i : i + 50] for genome in genomes for i in range(200_000, 240_000, 50)]
    clusters = cluster(windows)
    assert len(set(clusters.tolist())) < len(windows)
    split = assign(keys_of(clusters, windows), [0.6, 0.2, 0.2], 0)
    drop = leaks(windows, split).drop
    assert drop.sum() < 20
    train, test = ([w for w, k, d in zip(windows, split, drop, strict=True) if k == n and not d] for n in (0, 2))
    least = min(
        edlib.align(one, other)["editDistance"] for t in test for one in (t, reverse_complement(t)) for other in train
    )
    assert least > 50 * 0.25


def test_splits_that_nobody_has_compared_are_told_in_a_sentence() -> None:
    rng = np.random.default_rng(0)
    strangers = ["".join(rng.choice(list("ACGT"), 100)) for _ in range(60)]
    journal = Journal()
    apart = compared([strangers[:40], strangers[40:50], strangers[50:]], [40, 10, 10], journal)
    assert apart.startswith("between splits (dna): no alignment") and "sequences of" not in apart
    shared = compared([strangers[:40], [], [strangers[0][:90] + "ACGTACGTAC"]], [400, 0, 1], journal)
    assert "largest identity 1.00 (over 9" in shared or "largest identity 0.9" in shared
    assert shared.endswith("of 40 + 0 + 1 sequences of 400 + 0 + 1.")
    assert [call["program"] for call in journal.calls].count("blastn") == 2
