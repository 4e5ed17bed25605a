"""What the numbers of a verdict must not be read as, where their own arms say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from exapt.evaluation.crossed import spread
from exapt.evaluation.exhibits import Exhibit, measured
from exapt.evaluation.hearing import Asked, Named, of
from exapt.evaluation.rungs import ALPHA, BEST_BASELINE


def cautions(asked: Asked, target: str, exhibits: Sequence[Exhibit], arms: Sequence[Named]) -> Iterator[str]:
    """Sentences for a reader; none of them decides a verdict.

    Args:
        asked: The claim.
        target: Which target.
        exhibits: All finished runs of the claim.
        arms: What `exapt.evaluation.hearing.arms_on` found on the target.
    """
    if "need" in asked.claimed:
        yield from _no_room(asked, target, arms)
    if asked.metric != "auroc":
        return
    if "language" in asked.claimed:
        yield from (said for arm in arms if arm.arm == "structure_only" for said in _wrong_way(asked, target, arm))
    initial = of(exhibits, "random_init")
    if "pretraining" in asked.claimed and initial:
        own = spread(measured(initial, asked.source, "auroc"))
        if own.above(0.5 + asked.margin) > ALPHA:
            yield (
                f"random_init is not shown to learn the source (AUROC {own.value:.3f}): where nothing was learned "
                "there is nothing to carry over, and pretraining says no more than that"
            )


def _no_room(asked: Asked, target: str, arms: Sequence[Named]) -> Iterator[str]:
    """A baseline so high that the largest possible score is not above it by the margin."""
    known = [(float(arm.drawn.plain[0]), arm.what) for arm in arms if arm.arm == BEST_BASELINE]
    best, name = max(known, default=(0.0, ""))
    if best > 1 - asked.margin:
        yield f"no number of seeds can show need on {target}: {name} has {best:.3f} there, and no score is above 1"


def _wrong_way(asked: Asked, target: str, arm: Named) -> Iterator[str]:
    """A source without words some of whose fits rank the target the wrong way, each shown by itself."""
    low = arm.drawn.plain < 0.5 - asked.margin
    shown = np.mean(arm.drawn.drawn >= 0.5, axis=0) <= ALPHA / (2 * len(low))  # two-sided, shared among the seeds
    if wrong := int((low & shown).sum()):
        seeds = f"{wrong} of {len(low)} seed{'s' * (len(low) != 1)}"
        yield (
            f"{arm.arm} ({arm.what}) ranks {target} the wrong way with {seeds}: without words it tells the classes "
            "apart, which its mean hides; do not read language from the difference"
        )
