"""What the numbers of a verdict must not be read as, where their own arms say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from exapt.evaluation.crossed import Bools, Drawn
from exapt.evaluation.exhibits import Exhibit, measured
from exapt.evaluation.hearing import Asked, Named, of
from exapt.evaluation.rungs import ALPHA, BEST_BASELINE, CONTRASTS, upright


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
    for arm in arms:
        if arm.arm == "permuted_labels":
            yield from _without_labels(asked, target, arm)
        for rung in ("language", "pretraining"):
            if rung in asked.claimed and arm.arm in CONTRASTS[rung]:
                yield from _wrong_way(asked, target, arm, rung)
    initial = of(exhibits, "random_init")
    if "pretraining" in asked.claimed and initial:
        learned = _sure(measured(initial, asked.source, "auroc"), asked.margin)
        if not learned.all():
            yield (
                f"random_init is shown to learn the source with {_seeds(learned)}: where it did not, there was "
                "nothing to carry over, and pretraining says only that it helps to learn the source"
            )


def _sure(drawn: Drawn, margin: float, sign: int = 1) -> Bools:
    """Which seeds alone, on other examples too, are above chance, and by the margin on these (sign -1: below it)."""
    above = sign * (drawn.plain - 0.5) > margin
    rare = np.mean(sign * (drawn.drawn - 0.5) <= 0, axis=0) <= ALPHA / (2 * len(drawn.plain))  # shared among the seeds
    found: Bools = above & rare
    return found


def _seeds(which: Bools) -> str:
    return f"{int(which.sum())} of {len(which)} seed{'s' * (len(which) != 1)}"


def _no_room(asked: Asked, target: str, arms: Sequence[Named]) -> Iterator[str]:
    """A baseline so high that no score can be above it by more than the margin."""
    known = [(float(arm.drawn.plain[0]), arm.what) for arm in arms if arm.arm == BEST_BASELINE]
    best, name = max(known, default=(0.0, ""))
    if best >= 1 - asked.margin:
        yield (
            f"no number of seeds can show need on {target}: {name} has {best:.3f} there, and no score can exceed that "
            f"by more than {asked.margin:g}"
        )


def _without_labels(asked: Asked, target: str, arm: Named) -> Iterator[str]:
    """Fits on labels dealt out at random, which tell the target's classes apart all the same."""
    right, wrong = (_sure(arm.drawn, asked.margin, sign) for sign in (1, -1))
    if right.any() or wrong.any():
        way = f", {int(wrong.sum())} of them the wrong way round" if wrong.any() else ""
        yield (
            f"{arm.arm} tells the classes of {target} apart with {_seeds(right | wrong)}{way}: no label is needed for "
            "that, but for the way round; look at what the model measures before any training"
        )


def _wrong_way(asked: Asked, target: str, arm: Named, rung: str) -> Iterator[str]:
    """A control some of whose fits rank the target the wrong way, each shown by itself."""
    if (wrong := _sure(arm.drawn, asked.margin, -1)).any():
        far = float(upright(arm.drawn).plain.mean())
        counts = (
            "language must hold against that, too" if rung == "language" else f"{rung} may owe to the way round alone"
        )
        yield (
            f"{arm.arm}{f' ({arm.what})' if arm.what else ''} ranks {target} the wrong way with {_seeds(wrong)}: it "
            f"tells the classes apart (AUROC {far:.3f} on average, each seed turned round by the target's own labels), "
            f"and {counts}"
        )
