"""`near_miss`: a natural homolog, but a farther one than the positives'."""

from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd

from exapt.builders.negatives.kind import SingleKind, below
from exapt.builders.negatives.made import Context, Side, table
from exapt.settings import settings

NONE = "no farther homolog known"


@settings
class NearMiss(SingleKind):
    """The left side with a homolog below the identity bound.

    Reads the column `near`: that homolog's letters, or a missing value where none is known.
    """

    kind: ClassVar[str] = "near_miss"
    one_side: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ("near",)

    def rule(self, context: Context) -> str:
        rests = "exact coding in frame 0" if context.coding is not None else "identity: the negatives are homologous"
        return f"near_miss: the left side with a farther homolog of it; the label rests on {rests}" + below(context)

    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        number = np.flatnonzero(positives["near"].notna().to_numpy())
        left, right, near = (Side(positives[name].iloc[number].tolist(), number) for name in ("left", "right", "near"))
        rows = table(self.kind, [(left, right, True), (left, near, False)])
        return rows, Counter({NONE: len(positives) - len(number)})
