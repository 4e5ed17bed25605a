"""Sequences and their changes: codons as in the genome, edits that keep the length, blocks that all move."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from exapt.builders.evolve import CODONS, USAGE, coding_windows, edit_distances, mutate, scramble_orders, texts_of

GENOME = Path(__file__).resolve().parents[4] / "shared/data/genomes/ecoli_k12_mg1655.gbff.gz"


def test_codons_follow_the_table_and_hold_no_stop() -> None:
    stops = np.isin(CODONS, ["TAA", "TAG", "TGA"])
    assert (USAGE[stops] == 0).all()
    assert (USAGE[~stops] > 0).all()
    windows = coding_windows(4000, 40, np.random.default_rng(0))
    # at phase 0 no window may hold a stop in frame: some phase of every window is open
    text = [row.tobytes().decode() for row in windows]
    in_phase = [[{t[k : k + 3] for k in range(p, 38, 3)} & {"TAA", "TAG", "TGA"} for p in range(3)] for t in text]
    assert all(any(not found for found in phases) for phases in in_phase)
    leucine = sum(t.count("CTG") for t in text) / sum(t.count("CTA") for t in text)
    assert leucine > 2  # CTG is 14 times as frequent as CTA in the table


@pytest.mark.slow
def test_the_table_is_what_the_genome_says() -> None:
    if not GENOME.exists():
        pytest.skip("needs ../shared/data/genomes, which a clone does not have")
    import gzip

    from Bio import SeqIO

    with gzip.open(GENOME, "rt") as stream:
        record = next(SeqIO.parse(stream, "genbank"))
    coding = [f for f in record.features if f.type == "CDS" and "translation" in f.qualifiers]
    texts = (str(f.extract(record.seq)) for f in coding)
    counts = Counter(t[k : k + 3] for t in texts if len(t) % 3 == 0 for k in range(0, len(t), 3))
    real = np.array([0 if codon in ("TAA", "TAG", "TGA") else counts[codon] for codon in CODONS], dtype=float)
    assert len(coding) == 4298
    assert np.abs(real / real.sum() - USAGE).max() < 1e-4


@given(st.integers(0, 6), st.integers(0, 3), st.sampled_from([5, 8, 40]), st.integers(0, 2**32))
def test_edits_keep_the_length_and_bound_the_distance(substitutions: int, twins: int, block: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    old = coding_windows(3, 40, rng)
    before = old.copy()
    new = mutate(old, substitutions, twins, block, rng)
    assert (old == before).all()
    assert new.shape == old.shape
    for a, b in zip(old, new, strict=True):
        distance = Levenshtein.distance(a.tobytes(), b.tobytes())
        assert distance <= substitutions + 2 * twins
        if not twins:
            assert (a != b).sum() == substitutions


@given(st.integers(12, 60), st.integers(2, 15), st.integers(0, 2**32))
def test_scrambling_moves_every_block_and_parts_every_neighbour(length: int, block: int, seed: int) -> None:
    block = min(block, length // 4)
    for order in scramble_orders(3, length, block, np.random.default_rng(seed)):
        assert sorted(order) == list(range(length))
        starts = [int(k) // block for k in order[np.r_[True, np.diff(order) != 1]]]
        assert len(starts) == -(-length // block)
        assert all(place != number for place, number in enumerate(starts))


def test_in_frame_windows_begin_with_a_codon_and_follow_the_usage_given() -> None:
    usage = np.where(np.isin(CODONS, ["ATG", "GCC"]), [0.5], 0.0)
    for text in texts_of(coding_windows(50, 30, np.random.default_rng(0), usage, in_frame=True)):
        assert {text[k : k + 3] for k in range(0, 30, 3)} <= {"ATG", "GCC"}


def test_distances_are_row_by_row() -> None:
    a, b = (
        np.array([list(t.encode()) for t in texts], dtype=np.uint8) for texts in (["ACGT", "AAAA"], ["CGTA", "AATA"])
    )
    assert edit_distances(a, b).tolist() == [2, 1]
    assert texts_of(a) == ["ACGT", "AAAA"]
