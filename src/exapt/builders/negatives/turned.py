"""`reverse`, `complement`, `reverse_complement`: the same letters read in another direction or on the other strand."""

from abc import abstractmethod
from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd

from exapt.builders.negatives.kind import SAME, UNEVEN, SingleKind, below
from exapt.builders.negatives.made import Context, Side, ring
from exapt.errors import BadInput
from exapt.sequences import IUPAC_DNA, reverse_complement, translate
from exapt.settings import settings

STOPS = "a stop codon in the turned window"


class _Turned(SingleKind):
    """Rings: (A, D) and (f(A), f(D)) are positive, (A, f(D)) and (f(A), D) negative.

    In coding pairs f(D) is the translation of f(A).
    """

    one_side: ClassVar[bool] = True
    needs_dna: ClassVar[bool] = True
    caveat: ClassVar[str]

    @abstractmethod
    def _turn(self, text: str) -> str:
        """The side, turned."""

    def _turn_window(self, window: str) -> str:
        return self._turn(window)

    def rule(self, context: Context) -> str:
        name = self.kind.replace("_", " ")
        if context.coding is not None:
            return (
                f"{self.kind}: a window with the protein of its {name} ({self.caveat}), and the other way round; the "
                "label rests on coding in frame 0 of the strand as given, and the turned window with its own "
                "translation is positive" + below(context)
            )
        return (
            f"{self.kind}: one side with the {name} of its true partner; the label rests on homology in the direction "
            f"and on the strand as given, and two sides that are both turned are positive; {self.caveat}"
            + below(context)
        )

    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        if self.needs_dna and context.coding is None and not set(context.alphabet) <= set(IUPAC_DNA):
            raise BadInput(f"negatives={self.kind}: proteins have no other strand; take negatives=reverse.")
        left, right = positives["left"].tolist(), positives["right"].tolist()
        counts: Counter[str] = Counter()
        kept: list[int] = []
        made: list[tuple[str, str]] = []
        for number, (a, d) in enumerate(zip(left, right, strict=True)):
            if context.coding is None:
                b, e = self._turn(a), self._turn(d)
            elif translate(a, context.coding) != d:
                counts[UNEVEN] += 1
                continue
            else:
                b = self._turn_window(a)
                e = translate(b, context.coding)
                if "*" in e:
                    counts[STOPS] += 1
                    continue
            if a == b or d == e:
                counts[SAME] += 1
                continue
            kept.append(number)
            made.append((b, e))
        numbers = np.array(kept, dtype=np.int64)
        natural = (Side([left[k] for k in kept], numbers), Side([right[k] for k in kept], numbers))
        turned = (Side([b for b, _ in made], numbers, made=True), Side([e for _, e in made], numbers, made=True))
        return ring(self.kind, natural, turned), counts


@settings
class Reverse(_Turned):
    """The last letter first; in coding windows the last codon first, so that no stop codon arises."""

    kind: ClassVar[str] = "reverse"
    needs_dna: ClassVar[bool] = False
    caveat: ClassVar[str] = "the last unit, letter or codon, stands first, which nature does not do"

    def _turn(self, text: str) -> str:
        return text[::-1]

    def _turn_window(self, window: str) -> str:
        return "".join([window[k : k + 3] for k in range(len(window) - 3, -1, -3)])


@settings
class Complement(_Turned):
    """Every letter replaced by the one that pairs with it, in the same direction."""

    kind: ClassVar[str] = "complement"
    caveat: ClassVar[str] = "read from its other end this is the other strand of the same place"

    def _turn(self, text: str) -> str:
        return reverse_complement(text)[::-1]


@settings
class ReverseComplement(_Turned):
    """The other strand in its own direction: the same place, homologous under a rule that lets the strand free."""

    kind: ClassVar[str] = "reverse_complement"
    caveat: ClassVar[str] = "under a rule that reads both strands the negatives are homologous: they are the same place"

    def _turn(self, text: str) -> str:
        return reverse_complement(text)
