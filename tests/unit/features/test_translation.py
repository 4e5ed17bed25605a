"""Agreement with six frames against Biopython's translation and brute force."""

from __future__ import annotations

import numpy as np
from Bio.Seq import Seq
from hypothesis import example, given
from hypothesis import strategies as st

from exapt.features.translation import FRAMES, agreement, frames_alike

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
DNAS = st.text("ACGTNacgtu", max_size=40)


def frames(dna):
    """By Biopython, with a sign that nothing equals for codons that are no residue."""
    forward = Seq(dna.upper().replace("U", "T"))
    for strand in (forward, forward.reverse_complement()):
        for start in range(3):
            whole = strand[start : start + (len(strand) - start) // 3 * 3] if len(strand) > start else Seq("")
            codons = [str(whole[i : i + 3]) for i in range(0, len(whole), 3)]
            yield "".join(str(Seq(c).translate()).replace("*", "!") if set(c) <= set("ACGT") else "!" for c in codons)


def longest(a, b):
    pieces = (a[i:j] for i in range(len(a)) for j in range(i + 1, len(a) + 1))
    return max((len(p) for p in pieces if p in b), default=0)


def overlap(end, head):
    return max(p for p in range(min(len(end), len(head)) + 1) if end.endswith(head[:p]))


def prefix(a, b):
    return max(p for p in range(min(len(a), len(b)) + 1) if a[:p] == b[:p])


def trimers(text):
    return [text[i : i + 3] for i in range(len(text) - 2) if set(text[i : i + 3]) <= set(RESIDUES)]


@given(st.lists(st.tuples(DNAS, st.text(RESIDUES + "X*", max_size=12)), max_size=5))
@example([("", ""), ("A", "M"), ("ATG", "M"), ("TAA", "*"), ("NNN", "X")])
def test_equals_brute_force(pairs):
    # the protein's first residues are made to stand in the DNA now and then
    pairs = [
        (dna, (next(frames(dna)).replace("!", "K")[-3:] + end) if i % 2 else end) for i, (dna, end) in enumerate(pairs)
    ]
    found = agreement([dna for dna, _ in pairs], [protein for _, protein in pairs])
    for row, (dna, protein) in enumerate(pairs):
        protein = protein.replace("*", "?").replace("X", "?")
        for number, frame in enumerate(frames(dna)):
            assert found.longest[row, number] == longest(frame, protein)
            assert found.opens[row, number] == overlap(frame, protein)
            assert found.closes[row, number] == overlap(protein, frame)
            assert found.begins[row, number] == prefix(frame, protein)
            held = [t in frame for t in trimers(protein)]
            assert found.shared[row, number] == (sum(held) / len(held) if held else 0)
    assert found.matrix.shape == (len(pairs), 40) and np.isfinite(found.matrix).all()


def test_a_protein_is_found_in_the_frame_where_it_was_written():
    rng = np.random.default_rng(0)
    codon = {str(Seq(a + b + c).translate()): a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"}
    protein = "".join(rng.choice(list(RESIDUES), 30))
    coding = "".join(codon[residue] for residue in protein)
    for number in range(len(FRAMES)):
        dna = "C" * (number % 3) + coding
        dna = str(Seq(dna).reverse_complement()) if number > 2 else dna
        found = agreement([dna, "ACGT"], [protein, protein])
        assert found.longest[0].argmax() == number and found.longest[0, number] == 30
        assert found.begins[0, number] == found.opens[0, number] == found.shared[0, number] * 30 == 30
        cut = agreement([coding[:60], coding[60:]], [protein] * 2)
        assert cut.opens[0, 0] == 20 and cut.closes[1, 0] == 10 and cut.begins[0, 0] == 20


@given(st.lists(st.tuples(DNAS, DNAS), max_size=5))
def test_frames_alike_equals_brute_force(pairs):
    found = frames_alike([a for a, _ in pairs], [b for _, b in pairs]).reshape(len(pairs), 6, 3)
    for row, (a, b) in enumerate(pairs):
        for number, (one, other) in enumerate(zip(frames(a), frames(b), strict=True)):
            other = other.replace("!", "?")
            fewer = max(min(len(one), len(other)), 1)
            held = [t in one for t in trimers(other)]
            equal = sum(x == y for x, y in zip(one, other, strict=False))
            expected = [longest(one, other) / fewer, sum(held) / max(len(held), 1), equal / fewer]
            assert np.allclose(found[row, number], expected)
