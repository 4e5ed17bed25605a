"""What every kind of negatives has in common: checks of the positives before, checks of the negatives after."""

from abc import ABC, abstractmethod
from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd

from exapt.builders.negatives.made import Context, Made
from exapt.builders.negatives.watched import watched
from exapt.errors import BadInput
from exapt.sequences import genetic_code, translate

ALIKE = "a negative at or above the identity bound"
CODES = "a negative that still codes for its protein"
SAME = "nothing else can be made of it"
UNEVEN = "a protein that is not its window codon by codon"


class Negatives(ABC):
    """A kind of negatives, made from the positives of one split.

    Attributes:
        kind: Its name.
        one_side: Whether it claims that one side alone says nothing: every sequence stands equally often under both
            labels.
        needs: Columns that it reads beside `left`, `right` and `unit`.
    """

    kind: ClassVar[str]
    one_side: ClassVar[bool]
    needs: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def rule(self, context: Context) -> str:
        """What a negative is, and what the label rests on, in one sentence without a full stop."""

    @abstractmethod
    def make(self, positives: pd.DataFrame, context: Context, rng: np.random.Generator) -> Made:
        """Turn the positives of one split into balanced rows.

        A block with a negative that is no negative is left out as a whole.

        Args:
            positives: Columns `left`, `right`, `unit` (positives of one unit are related and never swapped with each
                other), those in `needs`, and anything else.
            context: The task.
            rng: Decides all that is drawn.

        Raises:
            BadInput: If a column is missing, the kind does not fit the task, or a coding window does not have three
                letters for each residue.
        """


class SingleKind(Negatives):
    """One kind: it proposes rows, which are then checked alike for all kinds."""

    @abstractmethod
    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        """Rows as of `Made.rows` before the checks, and the positives left out by reason."""

    def make(self, positives: pd.DataFrame, context: Context, rng: np.random.Generator) -> Made:
        for column in ("left", "right", "unit", *self.needs):
            if column not in positives.columns:
                raise BadInput(f"negatives={self.kind}: the positives have no column '{column}'; give it to them.")
        positives = positives.reset_index(drop=True)
        if context.coding is not None:
            wrong = positives["left"].str.len().to_numpy() != 3 * positives["right"].str.len().to_numpy()
            if wrong.any():
                raise BadInput(
                    f"negatives={self.kind}: positive {int(wrong.argmax()) + 1} has not three letters for each "
                    "residue; cut window and protein alike."
                )
        rows, counts = self._candidates(positives, context, rng)
        return _checked(rows, counts, context, self._bounded(context))

    def _bounded(self, context: Context) -> bool:
        """Whether the negatives must stay below the identity bound."""
        return True


def below(context: Context) -> str:
    """The end of a rule: which likeness a negative must not have."""
    what = "of the window's translation and the protein" if context.coding is not None else "of the two sides"
    return f"; identity {what} below {context.bound:g}"


def codes_for(dna: str, protein: str, table: int) -> bool:
    """Whether a protein is the translation of a window in frame 0; a first codon that can be a start may be M."""
    made = translate(dna, table)
    if made[1:] != protein[1:]:
        return False
    return made[:1] == protein[:1] or (protein[:1] == "M" and dna[:3] in genetic_code(table).starts)


def _checked(rows: pd.DataFrame, counts: Counter[str], context: Context, bounded: bool) -> Made:
    """Leave out the blocks with a negative that is alike or codes; number the others from 0."""
    positive, block, i = (rows[name].to_numpy() for name in ("positive", "block", "i"))
    refused: dict[int, str] = {}
    left, right = rows["left"].tolist(), rows["right"].tolist()
    for row in watched(np.flatnonzero(~positive).tolist(), "comparing negatives"):
        if block[row] in refused:
            continue
        source = left[row]
        if context.coding is not None:
            if codes_for(source, right[row], context.coding):
                refused[block[row]] = CODES
                continue
            source = translate(source, context.coding)
        if bounded and context.identity(source, right[row]) >= context.bound:
            refused[block[row]] = ALIKE
    bad = np.isin(block, list(refused))
    for number in np.unique(np.stack([block[bad & positive], i[bad & positive]]), axis=1)[0]:
        counts[refused[number]] += 1
    kept = rows[~bad].reset_index(drop=True)
    kept["block"] = np.unique(kept["block"].to_numpy(), return_inverse=True)[1]
    return Made(kept, {reason: int(count) for reason, count in sorted(counts.items()) if count})
