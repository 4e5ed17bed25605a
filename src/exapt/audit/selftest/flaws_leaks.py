"""Flaws of the division: what test, or the target of a transfer, has in common with what was seen before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exapt.audit.selftest.bases import BASES
from exapt.audit.selftest.flaw import Flaw, Planted
from exapt.audit.selftest.rows import Base, changed, some
from exapt.sequences import reverse_complement


def substituted(text: str, share: float, rng: np.random.Generator, letters: str) -> str:
    """A copy with a share of its letters replaced by drawn ones; spaces stay."""
    made = list(text)
    for place in rng.permutation(len(made))[: round(share * len(made))].tolist():
        if made[place] != " ":
            made[place] = letters[rng.integers(len(letters))]
    return "".join(made)


def letters_of(base: Base) -> str:
    """The letters that the left sides are written in."""
    return "abcdefghijklmnopqrstuvwxyz" if base.kind == "text" else "ACGT"


def _leaked(turn: Callable[[str, Base, np.random.Generator], str]) -> Callable[..., Planted]:
    """A share of test's left sides becomes some of train's, turned into something else."""

    def plant(base: Base, share: float, rng: np.random.Generator) -> Planted:
        train = base.frame["left"].to_numpy()[base.of("split", "train")]
        rows = some(base.of("split", "test"), share, rng)
        return Planted(changed(base, rows, lambda a, b, rng: (turn(str(rng.choice(train)), base, rng), b), rng))

    return plant


def _exact(text: str, base: Base, rng: np.random.Generator) -> str:
    return text


def _other_case(text: str, base: Base, rng: np.random.Generator) -> str:
    return text.title() if base.kind == "text" else text.lower()


def _other_strand(text: str, base: Base, rng: np.random.Generator) -> str:
    return reverse_complement(text)


RETOUCHED = (0.05, 0.2)  # share of letters that are drawn anew: the copy is 83% to 96% identical; 80% is the promise


def _retouched(text: str, base: Base, rng: np.random.Generator) -> str:
    return substituted(text, rng.uniform(*RETOUCHED), rng, letters_of(base))


def _regrouped(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """Rows of test are of a locus that train has, too; their sides are their own."""
    frame = base.frame.copy()
    group = frame["group"].to_numpy(dtype=object, copy=True)
    rows = some(base.of("split", "test"), share, rng)
    group[rows] = rng.choice(group[base.of("split", "train")], len(rows))
    return Planted(Base(base.kind, frame.assign(group=group), base.signal))


def _chained(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """Whole blocks of test hang on train by one row that is a near copy of one there."""
    test = base.of("split", "test")
    groups = base.frame["group"].to_numpy()
    blocks = some(np.unique(groups[test], return_index=True)[1], share, rng)
    train = base.frame["left"].to_numpy()[base.of("split", "train")]
    return Planted(
        changed(base, test[blocks], lambda a, b, rng: (_retouched(str(rng.choice(train)), base, rng), b), rng)
    )


def _met_before(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """The source holds left sides of the target's test rows."""
    source = BASES[base.kind](rng, rows=len(base) // 4 * 4)
    held = base.frame["left"].to_numpy()[some(base.of("split", "test"), share, rng)].tolist()
    into = source.of("split", "train")[: len(held)]
    waiting = iter(held)
    return Planted(base, source=changed(source, into, lambda a, b, rng: (next(waiting), b), rng))


LEAKS = (
    Flaw("exact leakage", "sides of train stand in test", _leaked(_exact), of="test rows"),
    Flaw("normalised leakage", "sides of train stand in test in another case", _leaked(_other_case), of="test rows"),
    Flaw(
        "reverse-complement leakage", "sides of train stand in test on the other strand", _leaked(_other_strand),
        of="test rows", bases=("dna", "coding"), why="texts have one strand",
    ),
    Flaw("near-duplicate leakage", "test has sides of train with some letters changed", _leaked(_retouched),
         of="test rows"),
    Flaw("shared groups", "rows of one locus stand in train and test", _regrouped, of="test rows"),
    Flaw("components across splits", "blocks of test hang on train by a near copy in one row", _chained,
         of="blocks of test"),
    Flaw("overlap with source", "the source holds sides of the target's test rows", _met_before, of="test rows"),
)  # fmt: skip
