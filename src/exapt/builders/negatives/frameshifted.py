"""`frameshifted`: a coding window moved by one or two letters, so that frame 0 is no longer its protein."""

import re
from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd

from exapt.builders.negatives.kind import SingleKind
from exapt.builders.negatives.made import Context, Side, table
from exapt.errors import BadInput
from exapt.sequences import DNA
from exapt.settings import settings

EDGE = "no plain letters beside the window to move into"


@settings
class Frameshifted(SingleKind):
    """The protein with its window moved by 1 or 2 letters on its own coding sequence, to either side.

    Reads the columns `context_left` and `context_right`: the letters of the coding sequence (introns out, in the
    window's direction) just before and just after the window; two on each side are enough, at a sequence's end there
    are fewer or none. The moved window is natural DNA of the same length (`shift` letters later, earlier if negative).
    """

    kind: ClassVar[str] = "frameshifted"
    one_side: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ("context_left", "context_right")

    def rule(self, context: Context) -> str:
        return (
            "frameshifted: the protein with its own window moved by 1 or 2 letters on the coding sequence, to either "
            "side; the label rests on coding in frame 0, for in another frame the moved window codes for most of the "
            "protein"
        )

    def _bounded(self, context: Context) -> bool:
        return False

    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        if context.coding is None:
            raise BadInput("negatives=frameshifted: these are no coding pairs; only windows with a frame can be moved.")
        plain = re.compile(f"[{DNA}]*")
        kept: list[int] = []
        moved: list[str] = []
        shifts: list[int] = []
        draws = rng.random(len(positives))
        beside = (positives[f"context_{side}"].fillna("") for side in ("left", "right"))
        columns = zip(positives["left"], *beside, strict=True)
        for number, (window, before, after) in enumerate(columns):
            possible = [-s for s in (2, 1) if plain.fullmatch(before[-s:]) and len(before) >= s]
            possible += [s for s in (1, 2) if plain.fullmatch(after[:s]) and len(after) >= s]
            if not possible:
                continue
            shift = possible[int(draws[number] * len(possible))]
            kept.append(number)
            shifts.append(shift)
            moved.append(window[shift:] + after[:shift] if shift > 0 else before[shift:] + window[:shift])
        numbers = np.array(kept, dtype=np.int64)
        left, right = (Side(positives[side].iloc[kept].tolist(), numbers) for side in ("left", "right"))
        rows = table(self.kind, [(left, right, True), (Side(moved, numbers), right, False)])
        rows.loc[~rows["positive"], "shift"] = shifts
        return rows, Counter({EDGE: len(positives) - len(kept)})
