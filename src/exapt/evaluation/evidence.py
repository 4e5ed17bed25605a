"""What a verdict may look at: the arms on one target, the controls, and what an audit said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exapt.evaluation.crossed import Drawn
from exapt.evaluation.rungs import Rung


@dataclass(frozen=True)
class Nearby:
    """A target that must work if anything does: the source's own task in a nearby language.

    Attributes:
        name: Of the target.
        treatment: The treatment on it.
        untrained: Untrained heads on it.
        lost: Share of its input that the tokenizer loses.
    """

    name: str
    treatment: Drawn
    untrained: Drawn
    lost: float


@dataclass(frozen=True)
class Evidence:
    """All that a verdict on one target may look at.

    Attributes:
        target: The target's name.
        claimed: The rungs that the claim claims.
        missing: Runs that the claim wants and that are not finished, one name each.
        treatment: The treatment's AUROC on the target.
        arms: The other arms on the target; each of several of a kind as `arm: what` (`best_baseline: edit similarity`).
        source: The treatment's AUROC on the source's test split.
        words: Bag of words on the source's test split.
        nearby: Nearby targets; none if the claim has none.
        remainder: The treatment on the target's matched remainder.
        supervised: The arm that is trained on the target itself.
        lost: Share of unknown or truncated input, the larger of source and target; None if it was not measured.
        shared: Share of target rows with a side that the source's train split has; None likewise.
        leaks: Leaks that an audit of the target found, accepted or not: who accepts them may train, not claim.
        contradictory: Share of target rows with contradictory labels; None likewise.
        refused: Other findings of the audit that stop a run and were not accepted.
        chosen: What was chosen on the target's labels.
        ranked: The treatment's accuracy on the target at the source's threshold, less the larger class.
        wordless: By name of a source without words: the arm `structure_only` on that source's own test split.
        narrowed: Claimed rungs that a budget left out.
        chance: The metric on the target of a treatment that knows nothing.
        source_chance: The same on the source.
        ranks: Whether the metric is of a ranking, which can be inverted.
    """

    target: str
    claimed: frozenset[Rung]
    missing: tuple[str, ...]
    treatment: Drawn | None
    arms: Mapping[str, Drawn] = field(default_factory=dict)
    source: Drawn | None = None
    words: Drawn | None = None
    nearby: tuple[Nearby, ...] = ()
    remainder: Drawn | None = None
    supervised: Drawn | None = None
    lost: float | None = None
    shared: float | None = None
    leaks: tuple[str, ...] = ()
    contradictory: float | None = None
    refused: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    ranked: Drawn | None = None
    wordless: Mapping[str, Drawn] = field(default_factory=dict)
    narrowed: tuple[str, ...] = ()
    chance: float = 0.5
    source_chance: float = 0.5
    ranks: bool = True
