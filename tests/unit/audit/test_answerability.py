"""Answerability on planted pairs of known share, and on the published set."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.audit.answerability import answerability
from exapt.audit.view import view_of
from exapt.features.edit import edit_similarity
from exapt.sequences import genetic_code, kmers, reverse_complement, translate
from exapt.tasks.table import Table
from tests.unit.audit.small_views import LETTERS, real, sequences, substituted, view_of_rows

CODON = {residue: codon for codon, residue in sorted(genetic_code(1).residues.items())}


def coding(share, n=400, seed=0, reverse=False):
    """Positives of which `share` have ten residues of their protein in the third frame; negatives are unrelated."""
    rng = np.random.default_rng(seed)
    dna, protein = sequences(n, 150, "dna", rng), sequences(n, 50, "protein", rng)
    rows = []
    for i, (a, b) in enumerate(zip(dna, protein, strict=True)):
        if i < n // 2 * share:
            a = a[:50] + "".join(map(CODON.__getitem__, b[20:30])) + a[80:]
            a = reverse_complement(a) if reverse else a
        rows.append((a, b, i < n // 2, f"g{i}"))
    return rows


@pytest.mark.parametrize(("share", "level"), [(1.0, "pass"), (0.92, "pass"), (0.5, "warn"), (0.0, "warn")])
def test_the_planted_share_is_found(share, level):
    found = answerability(view_of_rows(test=coding(share)))
    assert found.level == level and found.n == 200 and found.threshold == 0.9
    assert found.value == pytest.approx(share, abs=0.02) and found.low <= found.value <= found.high
    assert found.facts["frames"]["+3"] == pytest.approx(share, abs=0.01)
    assert found.facts["chance"] < 0.01 and found.facts["shuffled"] < 0.01 and found.facts["negatives"] < 0.03
    assert found.facts["negatives_like_their_positive"] == 0
    assert len(found.ids) == min(10, round(200 * (1 - found.value)))


def test_the_run_is_the_shortest_that_chance_does_not_make():
    rows = coding(0.0, 4000)
    residues = answerability(view_of_rows(test=rows)).facts["residues"]

    def share(run):
        held = 0
        for a, b, _, _ in rows[:1500]:
            frames = [translate(strand[start:]) for strand in (a, reverse_complement(a)) for start in range(3)]
            held += any(piece in frame for piece in kmers(b, run) for frame in frames)
        return held / 1500

    assert share(residues) < 0.01 < share(residues - 1)


def test_sides_may_be_the_other_way_round_and_on_the_other_strand():
    rows = coding(0.7, reverse=True)
    one = answerability(view_of_rows(test=rows))
    other = answerability(view_of_rows(test=[(b, a.lower(), p, g) for a, b, p, g in rows]))
    assert one == other and one.facts["frames"]["-3"] == pytest.approx(0.7, abs=0.01)


def test_copies_among_negatives():
    rng = np.random.default_rng(1)
    rows = coding(1.0, 200)
    positives, negatives = rows[:100], rows[100:]
    # 30 mutated copies with the positive's DNA, 20 unrelated proteins with it
    for i in range(50):
        a, b, _, g = positives[i]
        protein = substituted(b, 0.8, LETTERS["protein"], rng) if i < 30 else negatives[i][1]
        negatives[i] = (a, protein, False, g)
    found = answerability(view_of_rows(test=positives + negatives))
    assert found.facts["negatives_like_their_positive"] == pytest.approx(0.3)


def test_other_tasks_are_skipped():
    rng = np.random.default_rng(0)
    dna = [(a, b, True, "g") for a, b in zip(sequences(9, 60, "dna", rng), sequences(9, 60, "dna", rng), strict=True)]
    assert answerability(view_of_rows(test=dna)).level == "skip"
    assert answerability(view_of_rows(test=[(a, None, True, "g") for a, *_ in dna])).level == "skip"
    assert answerability(view_of_rows(test=[(a, b, False, g) for a, b, _, g in coding(0.5)])).level == "skip"


def test_few_and_short_pairs():
    rows = coding(1.0)
    found = answerability(view_of_rows(test=rows[:1]))
    assert found.value == 1 and found.low is None and found.facts["shuffled"] is None
    assert found.facts["negatives"] is None and found.facts["negatives_like_their_positive"] is None


def test_the_published_set():
    task = Table(
        name="dna_protein_150", data_dir=real("paper/dna_protein_150.jsonl"), path="paper/dna_protein_150.jsonl",
        labels={"0": "not_coding", "1": "coding"}, positive="coding", alphabet={"left": "dna", "right": "protein"},
        fractions=None, limit=None, seed=0,
    )  # fmt: skip
    view = view_of(task)
    found = answerability(view)
    assert found.level == "warn" and found.n == 8000
    assert 0.45 < found.value < 0.5 and found.facts["residues"] == 6
    assert found.facts["at_the_end"] == pytest.approx(0.49, abs=0.01)
    # DNA that stands under both labels; every copy counted by hand
    frame = view.frame
    own = frame[frame.positive].groupby("left").right.agg(list)
    negatives = frame[~frame.positive]
    copies = [
        max(edit_similarity([b] * len(own[a]), own[a])) >= 0.5
        for a, b in zip(negatives.left, negatives.right, strict=True)
        if a in own.index
    ]
    assert found.facts["negatives_like_their_positive"] == pytest.approx(sum(copies) / len(negatives))
    assert 0.2 < sum(copies) / len(negatives) < 0.4
