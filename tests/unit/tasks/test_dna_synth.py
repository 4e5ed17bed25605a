"""DNA families: identity exactly as set, one side alone at chance, scrambling that keeps letters and breaks order."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from sklearn.metrics import roc_auc_score

from exapt.errors import BadInput
from exapt.tasks.dna_synth import CODONS, USAGE, DnaSynth, coding_windows, mutate, scramble_orders
from exapt.tasks.task import SPLITS

GENOME = Path(__file__).resolve().parents[4] / "shared/data/genomes/ecoli_k12_mg1655.gbff.gz"
KINDS = [(0.95, "unrelated"), (0.80, "unrelated"), (0.65, "unrelated"), (0.80, "scrambled"), (0.65, "scrambled")]


@pytest.mark.parametrize(("identity", "negatives"), KINDS)
def test_identity_is_exact_and_sides_are_alike(identity: float, negatives: str) -> None:
    task = DnaSynth(identity=identity, negatives=negatives, test=800)  # type: ignore[arg-type]
    examples = task.load("test")
    frame = examples.frame
    assert examples.positive.sum() == 400
    distance = np.array([Levenshtein.distance(a, b) for a, b in zip(frame["left"], frame["right"], strict=True)])
    assert (distance[examples.positive] == round((1 - identity) * 40)).all()
    assert np.allclose(frame["identity"], 1 - distance / 40)
    assert (frame["kind"] == np.where(examples.positive, "homologous", negatives)).all()
    assert set("".join(frame["left"]) + "".join(frame["right"])) == set("ACGT")
    assert set(frame["left"].str.len()) == set(frame["right"].str.len()) == {40}
    for side in ("left", "right"):
        by_label = [Counter(frame[side][frame["label"] == label]) for label in task.space.names]
        assert by_label[0] == by_label[1]
    assert roc_auc_score(examples.positive, -distance) > 0.99


def test_indels_are_made_and_can_be_left_out() -> None:
    def substitutions_alone(indels: float) -> float:
        frame = DnaSynth(indels=indels, test=400).load("test").frame
        same = frame[frame["label"] == "homologous"]
        hamming = [sum(a != b for a, b in zip(*row, strict=True)) for row in same[["left", "right"]].to_numpy()]
        return float(np.mean(np.array(hamming) == 8))

    assert substitutions_alone(0.0) == 1
    assert substitutions_alone(0.25) < 0.2


def test_scrambled_negatives_keep_the_partners_blocks_in_another_order() -> None:
    frame = DnaSynth(negatives="scrambled", test=200).load("test").frame
    for _, block in frame.groupby("group"):
        true = block[block["label"] == "homologous"]["right"].tolist()
        (_, first), (_, second) = block[block["label"] == "unrelated"][["left", "right"]].to_numpy()
        assert {first, second} == set(true)
        pieces = [sorted(text[k : k + 8] for k in range(0, 40, 8)) for text in true]
        assert pieces[0] == pieces[1]
        assert true[0] != true[1]


def test_the_sheets_families_share_ancestors_but_no_split_does() -> None:
    splits = {split: set(DnaSynth(train=400, dev=400, test=400).load(split).frame["left"]) for split in SPLITS}
    assert all(not splits[a] & splits[b] for a, b in combinations(SPLITS, 2))
    assert set(DnaSynth(identity=0.95, test=400).load("test").frame["left"]) == splits["test"]
    assert set(DnaSynth(seed=1, test=400).load("test").frame["left"]) != splits["test"]


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


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"identity": 0.4}, "identity is 0.4"),
        ({"length": 8}, "length is 8"),
        ({"indels": 1.5}, "indels is 1.5"),
        ({"negatives": "scrambled", "block": 11}, "block is 11"),
        ({"negatives": "shuffled"}, "negatives"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):  # BadInput and pydantic's error both are
        DnaSynth(**settings)  # type: ignore[arg-type]


def test_an_identity_that_is_hardly_ever_met_is_said() -> None:
    with pytest.raises(BadInput, match="hardly ever met"):
        DnaSynth(identity=0.6, indels=1.0).load("test")
