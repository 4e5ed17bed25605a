"""What must hold before a target says anything: the source is learned, controls were run, and they could have won."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from exapt.evaluation.crossed import Spread, spread
from exapt.evaluation.evidence import Evidence
from exapt.evaluation.rungs import ALPHA, Rung

LOST = 0.01  # share of unknown or truncated input
GROUPS = 10  # of examples: the fewest that support a claim


@dataclass(frozen=True)
class Reason:
    """Why: a sentence, and the number it rests on.

    Attributes:
        said: In words.
        spread: The number; None for a share or a name.
    """

    said: str
    spread: Spread | None = None


@dataclass(frozen=True)
class Control:
    """What must be above something before a target says anything.

    Attributes:
        failed: What is said where it is not.
        open: What is said where it is not shown to be.
        spread: The number.
        least: What it must exceed.
    """

    failed: str
    open: str
    spread: Spread
    least: float


def controls(evidence: Evidence, margin: float) -> Iterator[Control]:
    """The source is learned, not by its words alone, and what is near the source works."""
    if evidence.source is not None:
        yield Control(
            "the source itself is not learned", "the source is not shown to be learned", spread(evidence.source),
            evidence.source_chance + margin,
        )  # fmt: skip
        if evidence.words is not None:
            yield Control(
                "a bag of words does as well on the source (the treatment less it)",
                "the treatment is not shown to be above a bag of words on the source (the treatment less it)",
                spread(evidence.source, evidence.words, paired=False), 0.0,
            )  # fmt: skip
    lucid = [one for one in evidence.nearby if one.lost <= LOST]
    found = [(one.name, spread(one.treatment, one.untrained, paired=False)) for one in lucid]
    if found:  # one of them is enough
        name, best = min(found, key=lambda pair: pair[1].above(0.0))
        yield Control(
            f"no nearby target is above untrained heads, not even {name} (the treatment less them)",
            f"no nearby target is shown to be above untrained heads, not even {name} (the treatment less them)", best,
            0.0,
        )  # fmt: skip


def untried(evidence: Evidence, wanted: Collection[Rung], margin: float) -> Iterator[Reason]:
    """What a claim must not be supported without."""
    if evidence.words is None:
        yield Reason("a control was not run: a bag of words on the source")
    if evidence.treatment is not None and evidence.treatment.groups < GROUPS:
        yield Reason(f"{evidence.treatment.groups} groups of examples; {GROUPS} are the fewest that support a claim")
    for name, own in evidence.wordless.items() if "language" in wanted else ():
        learned = spread(own)
        if learned.above(0.5 + margin) > ALPHA:
            yield Reason(f"a control is open: structure_only ({name}) is not shown to learn its own source", learned)
    yield from (Reason(f"left out for want of budget: {rung}") for rung in evidence.narrowed)
