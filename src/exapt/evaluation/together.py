"""Targets and claims that are judged together: they share Holm's correction."""

from __future__ import annotations

from collections.abc import Sequence

from exapt.evaluation.evidence import Evidence
from exapt.evaluation.multiple import holm
from exapt.evaluation.rungs import CONTRASTS, Rung
from exapt.evaluation.verdict import Judgement, judge


def judge_together(several: Sequence[tuple[Evidence, float]]) -> list[tuple[Judgement, dict[Rung, float]]]:
    """The verdicts on all targets and claims of a study, which share Holm's correction rung by rung.

    Args:
        several: What was measured, each with the smallest difference that counts, in AUROC.

    Returns:
        In the same order the judgement, and by rung its p after the correction.
    """
    alone = [judge(evidence, margin=margin) for evidence, margin in several]
    adjusted: list[dict[Rung, float]] = [{} for _ in several]
    for rung in CONTRASTS:
        found = [
            (place, judged.p)
            for place, judgement in enumerate(alone)
            for judged in judgement.rungs
            if judged.rung == rung and judged.p is not None
        ]
        for (place, _), p in zip(found, holm([p for _, p in found]), strict=True):
            adjusted[place][rung] = p
    return [
        (judge(evidence, adjusted=own, margin=margin), own)
        for (evidence, margin), own in zip(several, adjusted, strict=True)
    ]
