"""The tables of a verdict card: rungs, paired tests, arms, seeds, few shots, the seed lottery, causes of the spread."""

from __future__ import annotations

import math
from collections.abc import Iterator

from exapt.estimates import Estimate
from exapt.evaluation import lottery
from exapt.evaluation.rungs import ALPHA, HEADS
from exapt.report.card_meaning import lottery_text
from exapt.report.card_words import (
    METRICS,
    counted,
    either_way,
    metric_of,
    named,
    sizes,
    standing,
    trained,
    treatment_of,
)
from exapt.report.markdown import chance, estimate, inline, number, share, table
from exapt.ruling import Ruling, Target
from exapt.testimony import Arm, Contrast

_MOST = 20  # seeds whose values are shown one by one


def tables(ruling: Ruling, target: Target) -> Iterator[str]:
    """All tables of one target under their headings; what was not measured has none.

    Args:
        ruling: The verdict on the claim.
        target: The one of its targets that is shown.
    """
    metric = metric_of(ruling)
    alike = inline(f"In {metric}, {sizes(target)}.")
    under = inline(f"In {metric}, {sizes(target)}, {counted(trained(ruling, target), 'seed')} of the treatment.")
    if target.rungs:
        yield from ("### Rungs", under, _rungs(ruling, target))
        if tests := _tests(target):
            yield from ("Side by side, beside the verdict (none of these p decides it):", tests)
            yield inline(
                "Signs and ranks: two-sided, over seeds that both arms share. Examples: two-sided sign flips by "
                "group, of the mean rank over seeds. Order: upper bound of the violation of almost stochastic order; "
                "below 0.5 the treatment is better."
            )
    if target.arms:
        yield from ("### Arms", under, _arms(target, metric), *map(inline, either_way(target)))
        yield from ("### Seeds", _seeds(target, metric), _wanted(target))
    if target.shots:
        yield from ("### Trained on the target itself, by number of examples", alike, _shots(ruling, target))
        yield inline(
            "The values are those of each draw of examples and seed, on all test examples; they carry no interval over "
            "examples."
        )
    if target.lottery is not None:
        yield from ("### Seed lottery", inline(lottery_text(target)), _lottery(target))
    if target.causes:
        yield from ("### Causes of the spread between fits", alike, _causes(target, metric))


def _rungs(ruling: Ruling, target: Target) -> str:
    header = ["rung", "claimed", "state", "treatment less", "difference [95%]", "p", "seeds: smallest, largest"]
    header += ["p of the rung", f"adjusted (Holm, {ruling.tests:,})"]
    rows = []
    for rung in target.rungs:
        start = [rung.rung, _yes(rung.claimed), standing(rung)]
        end = [chance(rung.p), chance(rung.adjusted)]
        for one in rung.contrasts:
            rows.append([*start, named(one), estimate(one.difference), chance(one.p), _range(one.seeds), *end])
        if rung.remainder is not None:
            left = "one half, on the matched remainder"
            rows.append([*start, left, estimate(rung.remainder), "", "", *end])
        rows += [[*start, arm, "not run", "", "", *end] for arm in rung.missing]
    return table(header, rows, text=4)


def _tests(target: Target) -> str:
    rows = [
        [rung.rung, named(one), len(one.seeds), *map(chance, (one.signs, one.wilcoxon, one.examples)), _order(one)]
        for rung in target.rungs
        for one in rung.contrasts
        if any(found is not None for found in (one.signs, one.wilcoxon, one.examples, one.order))
    ]
    header = ["rung", "treatment less", "seeds", "signs, p", "ranks (Wilcoxon), p", "examples, p", "order"]
    return table(header, rows, text=2) if rows else ""


def _order(one: Contrast) -> str:
    return "none" if one.order is None else number(one.order)


def _arms(target: Target, metric: str) -> str:
    header = ["arm", f"{metric}, mean over seeds [95%]", "sd between seeds", "seeds", "treatment less it [95%]"]
    rows = [
        [named(arm), estimate(arm.value), _deviation(arm), seeds_of(arm), difference_to(target, arm)]
        for arm in target.arms
    ]
    return table(header, rows)


def difference_to(target: Target, arm: Arm) -> str:
    """The treatment less an arm, with its interval; empty where it was not contrasted."""
    each = [one for rung in target.rungs for one in rung.contrasts]
    return next((estimate(one.difference) for one in each if (one.arm, one.what) == (arm.arm, arm.what)), "")


def seeds_of(arm: Arm) -> str:
    """The number of an arm's seeds; what takes their place where it has none."""
    return str(len(arm.seeds)) if arm.seeds else "heads" if arm.arm == HEADS else "none drawn"


def _deviation(arm: Arm) -> str:
    between = " between heads" if arm.arm == HEADS and not arm.seeds else ""
    return "none" if arm.deviation is None else number(arm.deviation) + between


def _seeds(target: Target, metric: str) -> str:
    rows = [
        [named(arm), len(arm.seeds), _range(list(arm.seeds.values())), _each(arm)] for arm in target.arms if arm.seeds
    ]
    if not rows:
        return "No arm has seeds."
    return table(["arm", "seeds", "smallest, largest", f"seed: {metric} on all test examples"], rows, text=4)


def _each(arm: Arm) -> str:
    ordered = sorted(arm.seeds.items(), key=lambda item: (len(item[0]), item[0]))
    shown = "; ".join(f"{seed}: {number(value)}" for seed, value in ordered[:_MOST])
    left = len(ordered) - _MOST
    return shown if left <= 0 else f"{shown}; and {left} more"


def _wanted(target: Target) -> str:
    if target.seeds_wanted is None or treatment_of(target) is None:
        return "How many seeds a narrow interval takes is not known: there are under two, or they do not differ."
    return inline(
        f"With this spread between the treatment's seeds, {counted(target.seeds_wanted, 'seed')} give an interval over "
        "seeds that reaches one margin to either side of its own mean; other arms may scatter more."
    )


def _shots(ruling: Ruling, target: Target) -> str:
    metric = metric_of(ruling)
    header = ["examples", "used", "fits", f"{metric}: smallest, largest", "each"]
    own = treatment_of(target)
    # what saw nothing of the target stands first
    rows: list[list[object]] = []
    if own is not None:
        rows = [["none: the treatment", 0, len(own.seeds), _range(list(own.seeds.values())), estimate(own.value)]]
    rows += [
        [
            "all" if one.examples is None else f"{one.examples:,}", f"{one.used:,}", len(one.values),
            _range(one.values), "; ".join(map(number, sorted(one.values)[:_MOST])) or "none",
        ]
        for one in target.shots
    ]  # fmt: skip
    return table(header, rows)


def _lottery(target: Target) -> str:
    found = target.lottery
    assert found is not None
    observed = lottery.Lottery(found.seeds, found.reached, found.low, found.high)
    rows = []
    for count, likely in sorted(found.best_of.items(), key=lambda item: (len(item[0]), item[0])):
        _, low, high = observed.best_of(int(count)) if count.isdecimal() else (0.0, 0.0, 1.0)
        rows.append([count, f"{share(likely)} [{share(low)}, {share(high)}]"])
    metric = METRICS.get(found.metric, found.metric)
    return table(["best of so many trainings", f"chance that it reaches {metric} {found.published:g} [95%]"], rows)


def _causes(target: Target, metric: str) -> str:
    rows = [[one.what, estimate(_root(one.variance), 4), _variance(one.variance)] for one in target.causes]
    return table(["cause", f"sd, {metric} [95%]", f"variance, {metric} squared [95%]"], rows)


def _root(found: Estimate) -> Estimate:
    value, low, high = (None if v is None else math.sqrt(max(v, 0.0)) for v in (found.value, found.low, found.high))
    return Estimate(value=value, low=low, high=high)


def _variance(found: Estimate) -> str:
    value, low, high = ("not defined" if v is None else f"{v:.2e}" for v in (found.value, found.low, found.high))
    return f"{value} [{low}, {high}]"


def _range(values: list[float]) -> str:
    return f"{number(min(values))}, {number(max(values))}" if values else "none"


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def how(ruling: Ruling) -> Iterator[str]:
    """How a card's numbers are made, one paragraph each."""
    margin = f"{ruling.margin:g} {metric_of(ruling)}"
    yield (
        "Intervals are 95% over training seeds and test examples at once: seeds and whole groups of examples are "
        "resampled independently of each other (a crossed bootstrap), the interval is Student's t, and what both "
        "share is counted once. Baselines have no seeds: theirs is over examples."
    )
    yield (
        f"A contrast is the treatment less one arm, on the same draws of groups, seed by seed where they share seeds. "
        f"Its p is one-sided, of the hypothesis that the true difference is at most the margin ({margin}): Student's, "
        "or a larger one where the seeds lean to one side."
    )
    second = (
        " The rung need has a second way here, the treatment on a remainder of the target where the shortcuts say "
        "nothing; the better way counts and is paid for twice."
        if any(rung.remainder is not None for target in ruling.targets for rung in target.rungs)
        else ""
    )
    yield (
        "A rung needs all its contrasts, with every trivial baseline and every source without words: its p is the "
        f"largest of theirs (an intersection-union test).{second}"
    )
    yield (
        f"Adjusted: Holm's correction over {counted(ruling.tests, 'test')} (targets and claims). A rung holds if its "
        f"adjusted p is at most {ALPHA:g}. To refute, an upper bound must lie under the margin, shared among the "
        "rung's contrasts."
    )
    yield (
        "Weights, thresholds and orientation are chosen on the source. Nothing is flipped. The level holds for each "
        "rung; a claim whose rungs are each false on another target can pass more often. Refutations are not "
        "corrected over targets and claims."
    )
