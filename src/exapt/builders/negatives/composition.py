"""`composition_matched`: the true partner shuffled, so that its composition tells nothing and only its order can."""

from collections import Counter
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from exapt.builders.negatives.euler import shuffle_pairs, shuffle_units
from exapt.builders.negatives.kind import SAME, SingleKind, below
from exapt.builders.negatives.made import Context, Side, table
from exapt.settings import settings


@settings
class CompositionMatched(SingleKind):
    """The left side with a shuffle of its true partner; in coding pairs a codon shuffle of the window.

    A shuffle stands under the negative label alone, so a model may tell it from nature by one side.

    Attributes:
        keep: What a shuffle keeps: pairs of neighbouring letters (dinucleotides, dipeptides; also the first and the
            last letter), or single letters. In coding pairs it is the codons, whatever stands here.
    """

    kind: ClassVar[str] = "composition_matched"
    one_side: ClassVar[bool] = False
    keep: Literal["pairs", "letters"] = "pairs"

    def rule(self, context: Context) -> str:
        if context.coding is not None:
            return (
                "composition_matched: the protein with its own window after a random shuffle of the window's codons, "
                "the same codons as often; the label rests on coding in frame 0" + below(context)
            )
        kept = "pairs of neighbouring letters (a random Euler walk)" if self.keep == "pairs" else "letters"
        return (
            f"composition_matched: the left side with a random shuffle of its true partner that keeps all counts of "
            f"{kept}; the label rests on the order of letters, strand unchanged" + below(context)
        )

    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        column = "right" if context.coding is None else "left"
        natural = positives[column].tolist()
        if context.coding is not None:
            made = shuffle_units(natural, 3, rng)
        else:
            made = shuffle_pairs(natural, rng) if self.keep == "pairs" else shuffle_units(natural, 1, rng)
        number = np.flatnonzero([old != new for old, new in zip(natural, made, strict=True)])
        left, right = (Side(positives[side].iloc[number].tolist(), number) for side in ("left", "right"))
        shuffled = Side([made[k] for k in number], number, made=True)
        negative = (left, shuffled, False) if context.coding is None else (shuffled, right, False)
        rows = table(self.kind, [(left, right, True), negative])
        return rows, Counter({SAME: len(natural) - len(number)})
