"""`scrambled`: blocks of the true partner in another order, as PAWS exchanges words."""

from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd

from exapt.builders.negatives.cuts import anchored_cuts, free_cuts, other_order, rearranged
from exapt.builders.negatives.kind import SAME, UNEVEN, SingleKind, below
from exapt.builders.negatives.made import Context, Side, ring
from exapt.builders.negatives.watched import watched
from exapt.errors import BadInput
from exapt.sequences import translate
from exapt.settings import settings

FEW = "fewer than two blocks to exchange"


@settings
class Scrambled(SingleKind):
    """Rings: left and right side, both with the same blocks in the same other order, and the exchange of the two.

    As in PAWS (Zhang, Baldridge and He 2019) the words are the same and their order decides. The cuts are taken where
    no count of neighbouring letters changes, so that overlap of 2-mers is equal for all four pairs of a ring. In coding
    pairs blocks of codons and their residues move together: the other positive is an exact translation, too.

    Attributes:
        block: Letters of a block, about; for codons a third of it. Half of it is the least.
        anchored: Cut only after a letter that both sides hold, the same one at all cuts, and leave what is before the
            first and after the last cut in its place: all counts of pairs of letters stay. Otherwise cut after any
            letter that both sides hold, and move all blocks. Proteins seldom repeat a residue often enough for the
            first; coding pairs need neither.
    """

    kind: ClassVar[str] = "scrambled"
    one_side: ClassVar[bool] = True
    block: int = 8
    anchored: bool = True

    def __post_init__(self) -> None:
        if self.block < 2:
            raise BadInput(f"block={self.block}: must be 2 letters or more.")

    def rule(self, context: Context) -> str:
        if context.coding is not None:
            return (
                f"scrambled: a window with the protein whose blocks of {self._codons} residues stand in another order, "
                "and the window with its codons in that order with the protein as it was; the label rests on coding in "
                "frame 0, and the window and protein that are both in that order are positive" + below(context)
            )
        cuts = "after aligned equal letters, the same letter at all cuts" if self.anchored else "after aligned letters"
        return (
            f"scrambled: one side with its true partner in blocks of about {self.block} letters in another order, "
            f"cut {cuts}; the label rests on homology all along, blocks in order and on the same strand, and the "
            "sides that are both in the other order are positive" + below(context)
        )

    @property
    def _codons(self) -> int:
        return max(1, round(self.block / 3))

    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        left, right = positives["left"].tolist(), positives["right"].tolist()
        kept: list[int] = []
        made: list[tuple[str, str]] = []
        counts: Counter[str] = Counter()
        for number in watched(range(len(left)), "scrambling"):
            a, d = left[number], right[number]
            if context.coding is not None and translate(a, context.coding) != d:
                counts[UNEVEN] += 1
                continue
            cuts = self._cuts(a, d, context)
            if len(cuts) < 3:
                counts[FEW] += 1
                continue
            order = other_order(len(cuts) - 1, rng)
            b, e = (rearranged(text, [cut[k] for cut in cuts], order) for k, text in enumerate((a, d)))
            if a == b or d == e:
                counts[SAME] += 1
                continue
            kept.append(number)
            made.append((b, e))
        numbers = np.array(kept, dtype=np.int64)
        natural = (Side([left[k] for k in kept], numbers), Side([right[k] for k in kept], numbers))
        other = (Side([b for b, _ in made], numbers, made=True), Side([e for _, e in made], numbers, made=True))
        return ring(self.kind, natural, other), counts

    def _cuts(self, left: str, right: str, context: Context) -> list[tuple[int, int]]:
        if context.coding is not None:
            return [(3 * k, k) for k in [*range(0, len(right), self._codons), len(right)]]
        return (anchored_cuts if self.anchored else free_cuts)(left, right, self.block)
