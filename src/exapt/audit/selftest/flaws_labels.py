"""Flaws of labels: a class that is hardly there, an order, and rows and sides that come again."""

from __future__ import annotations

import numpy as np

from exapt.audit.selftest.bases import BASES
from exapt.audit.selftest.flaw import Flaw, Planted
from exapt.audit.selftest.rows import Base, added, some


def _few(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """Positives of test are dropped until they are so few."""
    test = base.of("split", "test")
    positive = base.frame["positive"].to_numpy()[test]
    kept = round(share / (1 - share) * int((~positive).sum()))
    gone = rng.permutation(test[positive])[kept:]
    return Planted(Base(base.kind, base.frame.drop(index=gone.tolist()).reset_index(drop=True), base.signal))


def to_the_end(base: Base, share: float, rng: np.random.Generator) -> Base:
    """A share of each split's rows, all of them positives, stands at the split's end."""
    late = np.zeros(len(base), dtype=bool)
    for split in base.frame["split"].unique():
        rows = base.of("split", split)
        positive = rows[base.frame["positive"].to_numpy()[rows]]
        late[some(positive, share, rng, of=len(rows))] = True
    order = np.argsort(late, kind="stable")
    return Base(base.kind, base.frame.iloc[order].reset_index(drop=True), base.signal)


def _appended(base: Base, share: float, rng: np.random.Generator) -> Planted:
    return Planted(to_the_end(base, share, rng))


def _contradicted(base: Base, share: float, rng: np.random.Generator) -> Planted:
    rows = base.frame.iloc[some(np.arange(len(base)), share, rng)]
    return Planted(added(base, rows.assign(positive=~rows["positive"]), rng))


def _copied(base: Base, share: float, rng: np.random.Generator) -> Planted:
    return Planted(added(base, base.frame.iloc[some(np.arange(len(base)), share, rng)], rng))


def _mirrored(base: Base, share: float, rng: np.random.Generator) -> Planted:
    rows = base.frame.iloc[some(np.arange(len(base)), share, rng)]
    return Planted(added(base, rows.rename(columns={"left": "right", "right": "left"}), rng))


def _reused(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """Left sides get one more right side, under the label that they have there already."""
    rows = base.frame.iloc[some(np.arange(len(base)), share, rng)]
    fresh = BASES[base.kind](rng, rows=4 * -(-len(rows) // 2)).frame["right"].drop_duplicates()
    return Planted(added(base, rows.assign(right=fresh[: len(rows)].tolist()), rng))


LABELS = (
    Flaw(
        "label counts", "test lost most of its positives", _few, weak=0.04, strong=0.01, of="test rows left positive",
        why="a share, not a count: promised below 5%",
    ),
    Flaw(
        "label order", "a batch of positives was appended to each file", _appended, weak=0.10,
        why="2% of 1,200 rows move no order out of chance's range; promised from about 10%",
    ),
    Flaw("contradictory labels", "rows stand again with the other label", _contradicted),
    Flaw("duplicated rows", "rows stand twice", _copied),
    Flaw(
        "mirrored rows", "rows stand again with sides exchanged", _mirrored, bases=("text", "dna"),
        why="DNA and protein cannot be exchanged",
    ),
    Flaw("sides under both labels", "sides were used once more, for one class", _reused),
)  # fmt: skip
