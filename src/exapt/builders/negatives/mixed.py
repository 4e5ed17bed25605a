"""`mixed`: several kinds of negatives side by side, each on its share of the positives."""

from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd

from exapt.builders.loci import deal
from exapt.builders.negatives.kind import Negatives
from exapt.builders.negatives.made import Context, Made
from exapt.errors import BadInput, did_you_mean
from exapt.settings import settings


@settings
class Mixed(Negatives):
    """Positives are dealt to kinds at random by weight, whole units; each kind then makes its own negatives.

    One side says nothing where that is so for every part (`one_side`, of the object).

    Attributes:
        parts: Kinds by a name of their own; a kind may stand there twice with other settings.
        weights: By the same names: the share of the positives that a part gets, in proportion; above 0.
    """

    kind: ClassVar[str] = "mixed"
    one_side: ClassVar[bool] = False
    parts: dict[str, Negatives]
    weights: dict[str, float]

    def __post_init__(self) -> None:
        if not self.parts:
            raise BadInput("parts: is empty; give at least one kind of negatives.")
        for name in {**self.parts, **self.weights}:
            if name not in self.parts:
                raise BadInput(f"weights: there is no part '{name}'.{did_you_mean(name, self.parts)}")
            if name not in self.weights:
                raise BadInput(f"weights: part '{name}' has none; give it one above 0.")
            if not 0 < self.weights[name] < float("inf"):
                raise BadInput(f"weights: part '{name}' has {self.weights[name]}; give a number above 0.")
        object.__setattr__(self, "one_side", all(part.one_side for part in self.parts.values()))
        needs = {column: None for part in self.parts.values() for column in part.needs}
        object.__setattr__(self, "needs", tuple(needs))

    def rule(self, context: Context) -> str:
        return "mixed: " + "; ".join(
            f"[{name}, weight {self.weights[name]:g}] {part.rule(context)}" for name, part in self.parts.items()
        )

    def make(self, positives: pd.DataFrame, context: Context, rng: np.random.Generator) -> Made:
        if "unit" not in positives.columns:
            raise BadInput("negatives=mixed: the positives have no column 'unit'; give it to them.")
        positives = positives.reset_index(drop=True)
        which = deal(pd.factorize(positives["unit"])[0], [self.weights[name] for name in self.parts], rng)
        made: list[pd.DataFrame] = []
        counts: Counter[str] = Counter()
        blocks = 0
        for number, (name, part) in enumerate(self.parts.items()):
            mine = np.flatnonzero(which == number)
            found = part.make(positives.iloc[mine], context, rng)
            rows = found.rows.assign(
                i=mine[found.rows["i"]], j=mine[found.rows["j"]], block=found.rows["block"] + blocks
            )
            blocks += rows["block"].nunique()
            made.append(rows)
            for reason, count in found.counts.items():
                counts[f"{name}: {reason}"] += count
        return Made(pd.concat(made, ignore_index=True), dict(counts))
