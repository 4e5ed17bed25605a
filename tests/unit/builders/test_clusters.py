"""Homology clusters: families and chains stay together, strangers stay apart, and numbers do not move the bar."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders import clusters
from exapt.builders.clusters import CLUSTERS, cluster, components
from exapt.builders.journal import Journal
from exapt.sequences import DNA, PROTEIN, reverse_complement

needs_blast = pytest.mark.skipif(shutil.which("blastn") is None, reason="needs blastn, which is not installed")


def draw(letters: int, rng: np.random.Generator, alphabet: str = DNA) -> str:
    return "".join(rng.choice(list(alphabet), letters))


def alter(sequence: str, changes: int, rng: np.random.Generator, alphabet: str = DNA) -> str:
    """Exactly so many letters replaced by others."""
    made = list(sequence)
    for place in rng.choice(len(made), changes, replace=False):
        made[place] = alphabet[(alphabet.index(made[place]) + int(rng.integers(1, len(alphabet)))) % len(alphabet)]
    return "".join(made)


def family(members: int, letters: int, rng: np.random.Generator, alphabet: str = DNA) -> Iterator[str]:
    """Relatives at 75 to 90% identity to an ancestor that is not among them; DNA on either strand."""
    ancestor = draw(letters, rng, alphabet)
    for _ in range(members):
        member = alter(ancestor, int(rng.integers(round(letters * 0.10), round(letters * 0.25) + 1)), rng, alphabet)
        yield reverse_complement(member) if alphabet == DNA and rng.random() < 0.5 else member


@needs_blast
@pytest.mark.slow
@pytest.mark.parametrize("letters", [50, 150])
def test_a_family_of_500_stays_together_and_strangers_apart(letters: int) -> None:
    rng = np.random.default_rng([letters, 1])
    sequences = [*family(500, letters, rng), *(draw(letters, rng) for _ in range(2_000))]
    order = rng.permutation(len(sequences))
    found = np.empty(len(sequences), dtype=int)
    found[order] = cluster([sequences[i] for i in order])
    assert len(set(found[:500].tolist())) == 1
    assert len(set(found[500:].tolist())) == 2_000
    assert found[0] not in found[500:]


@needs_blast
def test_a_family_of_proteins() -> None:
    rng = np.random.default_rng(2)
    sequences = [*family(60, 50, rng, PROTEIN), *(draw(50, rng, PROTEIN) for _ in range(300))]
    found = cluster(sequences, alphabet="protein")
    assert len(set(found[:60].tolist())) == 1
    assert len(set(found.tolist())) == 301


@needs_blast
@pytest.mark.parametrize("turn", [False, True])
def test_a_chain_is_one_cluster_though_its_ends_share_nothing(turn: bool) -> None:
    rng = np.random.default_rng(3)
    walk = draw(170, rng)
    links = [walk[start : start + 50] for start in (0, 20, 40, 60, 80, 100, 120)]
    links = [reverse_complement(s) if turn and n % 2 else s for n, s in enumerate(links)]
    assert cluster([links[0], links[-1]]).tolist() == [0, 1]
    assert len(set(cluster(links).tolist())) == 1
    without = cluster(links[:3] + links[4:])  # its neighbours still share 10 letters, no more
    assert without.tolist() == [0, 0, 0, 1, 1, 1]


@needs_blast
def test_a_hit_needs_half_of_the_shorter_sequence() -> None:
    rng = np.random.default_rng(4)
    shared = draw(30, rng)
    short = draw(10, rng) + shared + draw(10, rng)
    assert cluster([short, draw(200, rng) + shared + draw(200, rng)]).tolist() == [0, 0]
    wide = [draw(40, rng) + shared + draw(40, rng) for _ in range(2)]
    assert cluster(wide).tolist() == [0, 1]
    assert cluster(wide, coverage=0.25).tolist() == [0, 0]


@needs_blast
def test_a_hit_needs_the_identity() -> None:
    rng = np.random.default_rng(5)
    sequence = draw(300, rng)
    places = np.sort(rng.choice(300, 75, replace=False))
    relative = list(sequence)
    for place in places.tolist():
        relative[place] = DNA[(DNA.index(relative[place]) + 2) % 4]
    pair = [sequence, "".join(relative)]  # 75% over the whole
    assert cluster(pair).tolist() == [0, 0]
    assert cluster(pair, identity=0.9).tolist() == [0, 1]


@pytest.mark.slow
@needs_blast
def test_the_bar_does_not_depend_on_the_number_of_sequences() -> None:
    """The weakest pairs that are together alone are together among thousands, and the others still apart."""
    rng = np.random.default_rng(6)
    pairs = [(s, alter(s, 13, rng)) for s in (draw(50, rng) for _ in range(16))]
    alone = [bool(np.ptp(cluster(list(pair))) == 0) for pair in pairs]
    assert 2 < sum(alone) < 14
    among = cluster([s for pair in pairs for s in pair] + [draw(50, rng) for _ in range(3_000)])
    assert [bool(among[2 * i] == among[2 * i + 1]) for i in range(len(pairs))] == alone


@needs_blast
def test_in_parts_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(9)
    ancestors = [draw(60, rng) for _ in range(12)]
    sequences = [alter(ancestor, 5, rng) for ancestor in ancestors for _ in range(4)]
    sequences = [sequences[i] for i in rng.permutation(len(sequences))]
    whole, journal = cluster(sequences), Journal()
    monkeypatch.setattr(clusters, "_FEW", 10)
    assert cluster(sequences, journal=journal).tolist() == whole.tolist()
    assert [call["queries"] for call in journal.calls if call["program"] == "blastn"] == [12] * 4
    assert sorted(np.bincount(whole).tolist()) == [4] * 12


@needs_blast
def test_equal_sequences_are_together_however_simple_or_short() -> None:
    found = cluster(["ACACACAC", "GGATTCA", "GTGTGTGT", "ACACACAC", "TGAATCC", "A"])
    assert found.tolist() == [0, 1, 0, 0, 1, 2]
    assert cluster([]).tolist() == []
    assert cluster(["MKV", "MKV"], alphabet="protein").tolist() == [0, 0]


@needs_blast
def test_the_journal_says_how() -> None:
    rng = np.random.default_rng(7)
    journal = Journal()
    cluster([draw(50, rng) for _ in range(5)] * 2, journal=journal)
    call = journal.calls[-1]
    assert (call["program"], call["queries"], call["subjects"]) == ("blastn", 5, 5)
    expected = {**CLUSTERS["dna"], "template_type": "coding_and_optimal", "evalue": "0.001"}
    assert expected.items() <= call["parameters"].items()
    cluster([draw(150, rng) for _ in range(5)], journal=journal)
    assert journal.calls[-1]["parameters"]["template_type"] == "coding"


edges = st.integers(1, 25).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40))
)


@given(edges)
def test_components_are_those_of_a_search(graph: tuple[int, list[tuple[int, int]]]) -> None:
    n, pairs = graph
    found = components(n, *np.array(pairs, dtype=int).reshape(-1, 2).T)
    for start in range(n):
        reached, frontier = {start}, [start]
        while frontier:
            here = frontier.pop()
            near = {b for a, b in pairs if a == here} | {a for a, b in pairs if b == here}
            frontier += near - reached
            reached |= near
        assert found[start] == min(reached)


def test_a_long_chain_and_a_million_edges_are_soon_joined() -> None:
    rng = np.random.default_rng(8)
    order = rng.permutation(300_000)
    begun = time.process_time()
    assert components(300_000, order[:-1], order[1:]).max() == 0
    sparse = components(300_000, *rng.integers(0, 300_000, (2, 1_000_000)))
    assert time.process_time() - begun < 10
    assert (np.bincount(sparse).max() > 290_000) and sparse.max() > 0
