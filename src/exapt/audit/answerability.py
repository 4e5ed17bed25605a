"""Answerability: can the pairs of a coding task be answered from what they show at all."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exapt.audit.view import View
from exapt.evaluation.intervals import bootstrap
from exapt.features.edit import edit_similarity
from exapt.features.translation import FRAMES, LIMIT, RESIDUES, agreement
from exapt.findings import SHOWN, Finding
from exapt.sequences import PROTEIN, reverse_complement, translate

_DEAL = 1  # purpose of the draw
Bools = npt.NDArray[np.bool_]

CHECK = "answerability"
ENOUGH = 0.9  # share of positives that must hold some of their protein
CHANCE = 0.01  # of a run of residues that long, if DNA and protein have nothing to do with each other
LONGER = 3  # residues by which the run may grow, where real sequences meet more often than random ones
LIKE = 0.5  # edit similarity from which one protein is a copy of another


def answerability(view: View) -> Finding:
    """Whether the DNA of a coding task's positives holds any of their proteins.

    A pair holds some of its protein if one of the six frames and the protein have a run of at least m residues in
    common. m is the shortest run that unrelated pairs would have with a chance below 1%: with p the chance that a
    residue of the frames equals one of the proteins (from their frequencies in the positives), and T and P residues in
    frame and protein, at most (T - m + 1) (P - m + 1) p**m for each frame (the union bound), averaged over the pairs.
    Real sequences repeat themselves: m is up to three longer, while after dealing the proteins anew among the positives
    1% of them or more would hold such a run (beyond that, proteins of one family meet).

    Returns:
        `skip` unless the sides are DNA and protein; else `warn` if the share is below 0.9. `low` and `high` bound it
        with 95% confidence (bootstrap over groups). Facts: `residues` (m), `chance` (the bound), `shuffled` (the share
        measured after dealing anew), `frames` (the share by frame), `at_the_end` (the share whose protein
        begins at the end of a frame with at least three residues), `negatives` (the share of negatives that hold some
        of their protein), `negatives_like_their_positive` (the share of all negatives whose DNA stands in a positive,
        too, with a protein of edit similarity 0.5 or more to theirs).
    """
    if sorted(view.alphabets[side] for side in view.sides) != ["dna", "protein"]:
        return Finding(check=CHECK, family="reach", level="skip", said="not pairs of DNA and protein")
    pairs = _Coding.of(view)
    positive = view.positive
    rows = np.flatnonzero(positive)
    if not len(rows):
        return Finding(check=CHECK, family="reach", level="skip", said="there are no positives")
    found = agreement(pairs.dna, pairs.protein)
    residues, chance, shuffled = _run(pairs.take(rows), view.seed)
    by_frame: Bools = found.longest >= residues
    holds: Bools = found.longest.max(axis=1) >= residues
    share = float(holds[rows].mean())
    low, high = _interval(holds[rows], view.frame["group"].to_numpy()[rows])
    facts: dict[str, Any] = {
        "residues": residues,
        "chance": chance,
        "shuffled": shuffled,
        "frames": dict(zip(FRAMES, by_frame[rows].mean(axis=0).tolist(), strict=True)),
        "at_the_end": float((found.opens[rows] >= 3).any(axis=1).mean()),
        "negatives": float(holds[~positive].mean()) if not positive.all() else None,
        "negatives_like_their_positive": _copies(pairs, positive),
    }
    return Finding(
        check=CHECK, family="reach", level="pass" if share >= ENOUGH else "warn", value=share, low=low, high=high,
        threshold=ENOUGH, n=len(rows), facts=facts, ids=view.frame["id"][rows[~holds[rows]][:SHOWN]].tolist(),
        said=f"{share:.0%} of the positives hold a run of {residues} residues of their protein in any frame",
        remedy="" if share >= ENOUGH else "Cut the DNA from the coding region, or read scores against this share.",
    )  # fmt: skip


@dataclass(frozen=True)
class _Coding:
    """DNA and protein of each pair, upper case, as long as they are looked at."""

    dna: list[str]
    protein: list[str]

    @classmethod
    def of(cls, view: View) -> _Coding:
        dna, protein = sorted(view.sides, key=view.alphabets.__getitem__)
        letters = ["".join(text.split()).upper().replace("U", "T")[:LIMIT] for text in view.texts(dna)]
        return cls(letters, [text[:RESIDUES] for text in view.plain(protein)])

    def take(self, rows: npt.NDArray[np.int64]) -> _Coding:
        return _Coding([self.dna[i] for i in rows], [self.protein[i] for i in rows])


def _run(pairs: _Coding, seed: int) -> tuple[int, float, float | None]:
    """The shortest run that tells, the bound on its chance, and its share among pairs that are dealt anew."""
    strands = [*pairs.dna, *map(reverse_complement, pairs.dna)]
    frames = "".join(translate(strand[start:]) for strand in strands for start in range(3))
    proteins = "".join(pairs.protein)
    p = sum(frames.count(letter) * proteins.count(letter) for letter in PROTEIN) / max(len(frames) * len(proteins), 1)
    codons = np.array([[max(len(dna) - start, 0) // 3 for start in range(3)] for dna in pairs.dna])
    length = np.array([len(protein) for protein in pairs.protein])[:, None]

    def bound(run: int) -> float:
        places = np.maximum(codons - run + 1, 0) * np.maximum(length - run + 1, 0)
        return float(np.minimum(2 * places.sum(axis=1) * p**run, 1).mean())

    shortest = next(run for run in itertools.count(1) if bound(run) < CHANCE)
    if len(pairs.dna) < 2:
        return shortest, bound(shortest), None
    order = np.random.default_rng([seed, _DEAL]).permutation(len(pairs.dna))
    other = np.empty_like(order)
    other[order] = np.roll(order, 1)  # one cycle through all pairs: none keeps its own
    longest = agreement(pairs.dna, [pairs.protein[i] for i in other]).longest.max(axis=1)
    runs = range(shortest, shortest + LONGER + 1)
    run = next((run for run in runs if (longest >= run).mean() < CHANCE), shortest + LONGER)
    return run, bound(run), float((longest >= run).mean())


def _copies(pairs: _Coding, positive: Bools) -> float | None:
    """The share of negatives that have a positive's DNA with a protein like the positive's."""
    proteins: dict[str, list[str]] = {}
    for row in np.flatnonzero(positive):
        proteins.setdefault(pairs.dna[row], []).append(pairs.protein[row])
    negatives = np.flatnonzero(~positive)
    meets = [(row, other) for row in negatives.tolist() for other in sorted(set(proteins.get(pairs.dna[row], ())))]
    like = edit_similarity([pairs.protein[row] for row, _ in meets], [other for _, other in meets]) >= LIKE
    copies = {row for (row, _), alike in zip(meets, like.tolist(), strict=True) if alike}
    return len(copies) / len(negatives) if len(negatives) else None


def _interval(holds: Bools, group: npt.NDArray[np.object_]) -> tuple[float | None, float | None]:
    """95% percentile interval of the share, by a bootstrap over groups."""
    if len(set(group)) < 2:
        return None, None
    drawn = bootstrap(lambda weight: {"share": weight @ holds / weight.sum(axis=1)}, list(group))["share"]
    low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
    return low, high
