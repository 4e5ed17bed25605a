"""A judgement with all its numbers, as a verdict file holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from exapt import ruling, testimony
from exapt.estimates import Estimate
from exapt.evaluation import lottery, paired
from exapt.evaluation.crossed import Spread, spread
from exapt.evaluation.exhibits import Exhibit, Metric, measured, over_larger_class
from exapt.evaluation.hearing import Asked, Named, lost, of
from exapt.evaluation.intervals import group_numbers
from exapt.evaluation.power import seeds_for
from exapt.evaluation.random_effects import components
from exapt.evaluation.rungs import ALPHA, BEST_BASELINE, HEADS, Judged, Rung
from exapt.evaluation.safeguards import Reason
from exapt.evaluation.stochastic_order import FEWEST, almost_stochastic_order
from exapt.evaluation.verdict import REFUTING, Judgement

BEST_OF = (1, 2, 3, 5, 10, 20, 50, 100)


def target_of(
    asked: Asked, target: str, exhibits: Sequence[Exhibit], arms: Sequence[Named], found: Judgement,
    adjusted: Mapping[Rung, float],
) -> ruling.Target:  # fmt: skip
    """The verdict on one target with the arms, rungs and seeds behind it.

    Args:
        asked: The claim.
        target: Which target.
        exhibits: All finished runs of the claim.
        arms: What `exapt.evaluation.hearing.arms_on` found.
        found: The judgement.
        adjusted: By rung, its p after Holm's correction.
    """
    treatment = of(exhibits, "treatment")
    known = ruling.Target(
        target=target, verdict=found.verdict, qualifiers=list(found.qualifiers), arms=[_arm(one) for one in arms],
        reasons=[_reason(asked, one, found, treatment, target) for one in found.reasons],
        rungs=[_rung(asked, one, adjusted, arms, treatment, exhibits, target) for one in found.rungs],
    )  # fmt: skip
    if not treatment:
        return known
    data = asked.targets[target]
    score = treatment[0].score(data)
    heads = _between_heads(treatment, data, asked.metric)
    shown = [one.model_copy(update={"deviation": heads}) if one.arm == HEADS else one for one in known.arms]
    sources = [one.score(asked.source) for one in treatment]
    own = next(one.drawn for one in arms if one.arm == "treatment")
    deviation = float(own.plain.std(ddof=1)) if len(own.plain) > 1 else None
    return known.model_copy(update={
        "arms": shown, "n": score.data.examples, "groups": score.data.groups, "positive": score.data.positive,
        "generated": score.data.facts.get("generated") is True,
        "lost": max(map(lost, [*(one.score(data) for one in treatment), *sources])),
        "shared": max(one.score(data).shares_train for one in treatment),
        "accuracy": _estimate(spread(over_larger_class(treatment, data))),
        "seeds_wanted": None if not deviation else seeds_for(asked.margin, deviation),
        "learned": _learned(asked, exhibits), "learned_n": sources[0].data.examples,
    })  # fmt: skip


def comparable(asked: Asked, target: str, exhibits: Sequence[Exhibit], metric: str) -> testimony.Arm | None:
    """The treatment on a target in another metric than the claim's, such as the published one."""
    own = of(exhibits, "treatment")
    if not own or metric == asked.metric or metric not in ("auroc", "accuracy"):
        return None
    kind: Metric = "auroc" if metric == "auroc" else "accuracy"
    return _arm(Named("treatment", metric, measured(own, asked.targets[target], kind)))


def _learned(asked: Asked, exhibits: Sequence[Exhibit]) -> list[testimony.Arm]:
    """The treatment and a bag of words on the source's test split."""
    found = []
    for arm in ("treatment", "bag_of_words"):
        own = of(exhibits, arm)
        if own:
            fixed = arm == "bag_of_words" and len(own) == 1
            found.append(_arm(Named(arm, "", measured(own, asked.source, asked.metric, fixed=fixed))))
    return found


def _reason(asked: Asked, one: Reason, found: Judgement, treatment: Sequence[Exhibit], target: str) -> testimony.Reason:
    """A reason with the n and the seeds of its number; controls rest on the source or on a nearby target."""
    number = _estimate(one.spread)
    if number is None or not treatment:
        return testimony.Reason(said=one.said, number=number)
    data = asked.targets[target]
    if found.verdict == "control failed" or one.said.startswith("a control is open"):
        data = next((near for name, near in asked.nearby.items() if name in one.said), asked.source)
    return testimony.Reason(said=one.said, number=number, n=treatment[0].score(data).data.examples, seeds=found.seeds)


def lottery_of(values: Sequence[float], published: float, metric: str) -> testimony.Lottery:
    """The seed lottery of a published value.

    Args:
        values: The same metric of each observed seed.
        published: The value.
        metric: The metric's name.
    """
    found = lottery.lottery(np.asarray(values, dtype=np.float64), published)
    return testimony.Lottery(
        published=published, metric=metric, seeds=found.seeds, reached=found.reached, low=found.low, high=found.high,
        best_of={str(k): found.best_of(k)[0] for k in BEST_OF}, even=found.even,
    )  # fmt: skip


def causes_of(table: npt.NDArray[np.float64]) -> list[testimony.Cause]:
    """What causes the spread in a crossed design of initial weights (rows) and orders of the data (columns)."""
    found = components(table)
    named = (("initial weights", found.rows), ("order of the data", found.columns))
    return [
        testimony.Cause(what=what, variance=variance)
        for what, variance in (*named, ("both together and the rest", found.rest))
    ]


def drawn_cause(values: Sequence[float], level: float = 0.95) -> testimony.Cause:
    """The variance between fits that differ in the drawn training examples alone, with its interval (chi squared)."""
    free, tail = len(values) - 1, (1 - level) / 2
    variance = float(np.var(values, ddof=1))
    low, high = (variance * free / float(stats.chi2.isf(q, free)) for q in (tail, 1 - tail))
    return testimony.Cause(what="draw of the training data", variance=Estimate(value=variance, low=low, high=high))


def _between_heads(treatment: Sequence[Exhibit], data: str, metric: Metric) -> float:
    """Standard deviation between untrained heads, mean over the backbones of the treatment's seeds."""
    heads = [getattr(one.score(data).untrained, metric) for one in treatment]
    return float(np.sqrt(np.mean([np.var(values, ddof=1) for values in heads])))


def _estimate(found: Spread | None, least: float = -1.0) -> Estimate | None:
    """With its interval, as far as values can lie: from 0 to 1, a difference from -1."""
    if found is None:
        return None
    ends = found.interval()
    low, high = (None, None) if ends is None else (max(ends[0], least), min(ends[1], 1.0))
    return Estimate(value=found.value, low=low, high=high)


def _sure(found: Spread, least: float = -1.0) -> Estimate:
    made = _estimate(found, least)
    assert made is not None
    return made


def _arm(one: Named) -> testimony.Arm:
    drawn = one.drawn
    values = drawn.plain.tolist()
    seeded = one.arm != HEADS and not drawn.fixed
    return testimony.Arm(
        arm=one.arm, what=one.what, value=_sure(spread(drawn), 0.0),
        seeds=dict(zip(map(str, drawn.seeds or range(len(values))), values, strict=True)) if seeded else {},
        deviation=float(drawn.plain.std(ddof=1)) if len(values) > 1 else None,
    )  # fmt: skip


def _rung(
    asked: Asked, judged: Judged, adjusted: Mapping[Rung, float], arms: Sequence[Named],
    treatment: Sequence[Exhibit], exhibits: Sequence[Exhibit], target: str,
) -> testimony.Rung:  # fmt: skip
    p = adjusted.get(judged.rung, judged.p)
    own = next(one.drawn for one in arms if one.arm == "treatment")
    told = []
    for one in judged.contrasts:
        other = next(named for named in arms if (named.arm, named.what) == (one.arm, one.what))
        pairs = one.arm not in (HEADS, BEST_BASELINE) and not other.drawn.fixed
        difference = np.asarray(one.seeds)
        several = pairs and len(difference) > 1
        compare = min(len(own.plain), len(other.drawn.plain)) >= FEWEST
        told.append(testimony.Contrast(
            arm=one.arm, what=other.what, difference=_sure(one.spread), p=one.p, seeds=list(one.seeds),
            either=_estimate(one.either),
            signs=paired.sign_flips(difference, np.arange(len(difference))) if several else None,
            wilcoxon=paired.wilcoxon(difference) if several else None,
            examples=_by_example(asked, target, exhibits, one.arm, other.what, treatment) if pairs else None,
            order=almost_stochastic_order(own.plain, other.drawn.plain) if compare else None,
        ))  # fmt: skip
    holds = p is not None and p <= ALPHA
    refuted = not holds and len(own.plain) >= REFUTING and bool(judged.refuting(asked.margin))
    return testimony.Rung(
        rung=judged.rung, claimed=judged.rung in asked.claimed, holds=holds, refuted=refuted, p=judged.p,
        adjusted=p, contrasts=told, missing=list(judged.missing), remainder=_estimate(judged.left),
    )  # fmt: skip


def _by_example(
    asked: Asked, target: str, exhibits: Sequence[Exhibit], arm: str, what: str, treatment: Sequence[Exhibit]
) -> float | None:
    """Sign flips by group of how far each example is ranked on the right side, mean over seeds, of both arms."""
    data = asked.targets[target]
    other = [one for one in of(exhibits, arm) if one.what == what]
    if not other:
        return None
    rows = treatment[0].rows(data)
    positive = (rows["label"] == treatment[0].score(data).data.positive).to_numpy(dtype=bool)
    sides = [
        np.mean([placements(positive, one.rows(data)["score"].to_numpy(dtype=np.float64)) for one in runs], axis=0)
        for runs in (treatment, other)
    ]
    return paired.sign_flips(sides[0] - sides[1], group_numbers(rows["group"].tolist()))


def placements(positive: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of each example the share of the other class that it is ranked on the right side of, ties half, shape (n,).

    Their mean over either class is the AUROC (Hanley and Hajian-Tilaki 1997, Academic Radiology 4:49).
    """
    found = np.empty(len(score))
    for own in (True, False):
        others = np.sort(score[positive != own])
        mine = score[positive == own]
        below = (np.searchsorted(others, mine, "left") + np.searchsorted(others, mine, "right")) / 2 / len(others)
        found[positive == own] = below if own else 1 - below
    return found
