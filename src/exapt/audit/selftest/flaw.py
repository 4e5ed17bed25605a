"""What a planted flaw is: a story of how it comes about, the check that must find it, and two strengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from exapt.audit.selftest.rows import Base, Kind
from exapt.audit.selftest.vocabulary import Vocabulary

ALL: tuple[Kind, ...] = ("text", "dna", "coding")


@dataclass(frozen=True)
class Planted:
    """A base with a flaw.

    Attributes:
        base: Its rows.
        source: Rows of the source of a transfer, where the flaw lies between source and target.
        vocabulary: Of the tokenizer, where the flaw lies between tokenizer and task.
    """

    base: Base
    source: Base | None = None
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True)
class Flaw:
    """One way in which tasks go wrong.

    Attributes:
        check: The check that must alarm.
        story: What happened, in words that fit a line.
        plant: Puts it into a base at a strength, with draws of its own.
        weak: The lesser strength, in the unit of `of`.
        strong: The greater one.
        of: What the strength is a share of.
        bases: Where it applies.
        why: Why `weak` is not 2% of the rows, or why a base is left out; empty if there is nothing to say.
    """

    check: str
    story: str
    plant: Callable[[Base, float, np.random.Generator], Planted]
    weak: float = 0.02
    strong: float = 0.20
    of: str = "rows"
    bases: tuple[Kind, ...] = ALL
    why: str = ""

    def strength(self, strong: bool) -> float:
        """One of both strengths."""
        return self.strong if strong else self.weak
