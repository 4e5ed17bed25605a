"""`mutated`: the true partner with substitutions, in a protein against its window or in one of two like sequences."""

from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd
from rapidfuzz.distance import Levenshtein

from exapt.builders.negatives.kind import SingleKind, below
from exapt.builders.negatives.made import Context, Side, table
from exapt.builders.negatives.watched import watched
from exapt.errors import BadInput
from exapt.settings import settings

FEW = "fewer letters that agree than substitutions"
_ROUNDS = 20


@settings
class Mutated(SingleKind):
    """The left side with its true partner after substitutions by other letters of the alphabet, all equally likely.

    Places are drawn among the letters that agree with the left side (in coding pairs among all residues), so that every
    substitution takes the sides further apart.

    Attributes:
        substitutions: Their number; where they leave a pair at or above the identity bound it is left out. If None,
            the fewest that make a pair negative: one residue in a coding pair, else what the bound needs, give or take
            what a new alignment wins back.
    """

    kind: ClassVar[str] = "mutated"
    one_side: ClassVar[bool] = False
    substitutions: int | None = None

    def __post_init__(self) -> None:
        if self.substitutions is not None and self.substitutions < 1:
            raise BadInput(f"substitutions={self.substitutions}: must be 1 or more; leave it out for the fewest.")

    def rule(self, context: Context) -> str:
        if context.coding is not None:
            return (
                f"mutated: a window with its protein after {self.substitutions or 1} substitution(s) of residues; the "
                "label rests on exact coding in frame 0"
            )
        number = f"{self.substitutions}" if self.substitutions else "as many as it takes"
        return (
            f"mutated: the left side with its true partner after substitutions ({number}); the label rests on identity "
            "and not on homology" + below(context)
        )

    def _bounded(self, context: Context) -> bool:
        return context.coding is None

    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        left, right = positives["left"].tolist(), positives["right"].tolist()
        kept: list[int] = []
        made: list[str] = []
        for number in watched(range(len(left)), "mutating"):
            text = self._mutate(left[number], right[number], context, rng)
            if text is not None:
                kept.append(number)
                made.append(text)
        numbers = np.array(kept, dtype=np.int64)
        natural, partner = Side([left[k] for k in kept], numbers), Side([right[k] for k in kept], numbers)
        rows = table(self.kind, [(natural, partner, True), (natural, Side(made, numbers, made=True), False)])
        return rows, Counter({FEW: len(left) - len(kept)})

    def _mutate(self, left: str, right: str, context: Context, rng: np.random.Generator) -> str | None:
        """The right side with its substitutions; None if it has too few letters for them."""
        if context.coding is not None:
            places = np.arange(len(right))
        else:
            runs = Levenshtein.editops(left, right).as_matching_blocks()
            places = np.concatenate([np.arange(run.b, run.b + run.size) for run in runs])
        places = rng.permutation(places)
        fixed = self.substitutions or (1 if context.coding is not None else None)
        letters = list(right)
        done = 0
        for _ in range(_ROUNDS):
            wanted = fixed if fixed is not None else done + self._missing(left, "".join(letters), context)
            if wanted > len(places):
                return None
            for place in places[done:wanted]:
                others = context.alphabet.replace(letters[place], "")
                letters[place] = others[int(rng.integers(len(others)))]
            if wanted in (done, fixed):
                break
            done = wanted
        return "".join(letters)

    def _missing(self, left: str, right: str, context: Context) -> int:
        """Substitutions that bring the identity below the bound, if each one costs it one letter."""
        over = context.identity(left, right) - context.bound
        return 0 if over < 0 else int(over * max(len(left), len(right)) + 1e-9) + 1
