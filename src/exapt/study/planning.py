"""What a claim will cost on this machine and what it will be able to show; and what fits into a budget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from exapt.errors import BadInput
from exapt.evaluation.power import auroc_error, contrast_power, detectable_effect
from exapt.evaluation.rungs import CONTRASTS, Rung
from exapt.evaluation.verdict import REFUTING
from exapt.study.claim import Claim
from exapt.study.claiming import Files, Worked, look, wanting
from exapt.study.pace import measure, seconds_of

DEVIATION = 0.03  # between seeds, where nothing has been run yet
AREA = 0.75  # of the treatment, likewise
REFERENCE = 0.1  # effect by which a budget weighs arms and seeds
OVERHEAD = 3.0  # seconds of a run beside its model: reading, encoding, bootstrap


@dataclass(frozen=True)
class Planned:
    """One cell of a plan.

    Attributes:
        name: The cell's.
        arm: Its arm.
        seed: Its seed.
        seeded: Whether fewer seeds would leave it out; few-shot draws, tunings and fits for the spread stay.
        done: Whether it is finished.
        seconds: What it will take; None if that cannot be told.
    """

    name: str
    arm: str
    seed: int
    seeded: bool
    done: bool
    seconds: float | None


@dataclass(frozen=True)
class Shown:
    """What a target can show.

    Attributes:
        target: Its name.
        n: Test examples.
        groups: Their groups.
        deviation: Between seeds.
        observed: How many seeds that was observed on; 0 for an assumption.
        effects: By rung, the effect found with 80% power; None if none under 0.5 is.
    """

    target: str
    n: int
    groups: int
    deviation: float
    observed: int
    effects: dict[str, float | None]


@dataclass(frozen=True)
class Plan:
    """A claim's cells, their cost and what they can show.

    Attributes:
        claim: The claim.
        cells: All of them.
        shown: By target.
        faults: Why nothing can be run or measured, one line for each thing that is wanted; none if it can.
    """

    claim: Claim
    cells: list[Planned] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def fault(self) -> str:
        """Why nothing can be run or measured, on one line; empty if it can."""
        return " ".join(self.faults)

    @property
    def seconds(self) -> float | None:
        """What is left to do, in seconds; None if that cannot be told."""
        left = [cell.seconds for cell in self.cells if not cell.done]
        return None if any(s is None for s in left) else float(sum(s for s in left if s is not None))


def plan_of(claim: Claim, known: dict[str, str] | None = None) -> Plan:
    """Look at what is finished, time some steps of the treatment, and say what the plan can show.

    Of a claim that wants what is not at hand, all that it wants is told, and nothing else is looked at.

    Args:
        claim: The claim.
        known: What was found of models and tasks, shared by claims that are planned together.
    """
    if faults := wanting(claim, {} if known is None else known):
        return Plan(claim, faults=faults)
    try:
        worked = look(claim, Files())
        treatment = next(cell.run for cell in worked.cells if cell.run is not None)
        pace = None
        if len(worked.records) < len(worked.cells):
            pace = measure(treatment)
        planned = []
        for cell in worked.cells:
            run = cell.run or claim.run("treatment", cell.seed)  # as long as one that cannot be told yet
            seconds = None if pace is None else seconds_of(run, pace) + OVERHEAD
            seeded = cell.use == "arm" and cell.shots is None
            planned.append(Planned(cell.name, cell.arm, cell.seed, seeded, cell.name in worked.records, seconds))
        return Plan(claim, planned, [_shown(claim, name, worked) for name in claim.targets])
    except BadInput as fault:
        return Plan(claim, faults=[str(fault)])


def narrow(plan: Plan, seconds: float) -> tuple[Claim, list[str]]:
    """The part of a claim that fits into a budget and decides most; and what is left out: rungs, and seeds in words.

    Of all choices of rungs (transfer is always one) and numbers of seeds from three on, the one is taken with the
    largest sum over its rungs of the chance to show a difference of 0.1, on the target where that is smallest; of equal
    ones the cheapest.

    Raises:
        BadInput: If not even transfer with three seeds fits, or the plan has no cost.
    """
    claim = plan.claim
    if plan.fault:
        raise BadInput(plan.fault)
    rungs = [rung for rung in claim.claimed if rung != "transfer"]
    found: list[tuple[float, float, list[Rung], int]] = []
    for size in range(len(rungs) + 1):
        for kept in combinations(rungs, size):
            chosen: list[Rung] = ["transfer", *kept]
            for count in range(min(REFUTING, claim.seeds.count), claim.seeds.count + 1):
                cost = _cost(plan, chosen, count)
                if cost <= seconds:
                    found.append((_decided(plan, chosen, count), -cost, chosen, count))
    if not found:
        least = _cost(plan, ["transfer"], min(REFUTING, claim.seeds.count))
        raise BadInput(
            f"--budget: {claim.name} needs at least {least / 60:.1f} minutes for transfer with {REFUTING} seeds; "
            f"give --budget {math.ceil(least / 60)}min."
        )
    _, _, chosen, count = max(found, key=lambda one: one[:2])
    left: list[str] = [rung for rung in claim.claimed if rung not in chosen]
    if count < claim.seeds.count:
        left.append(f"{claim.seeds.count - count} of {claim.seeds.count} seeds")
    return claim.narrowed([rung for rung in claim.rungs if rung in chosen], count), left


def _cost(plan: Plan, rungs: Sequence[Rung], count: int) -> float:
    """Seconds of the cells that a narrower claim still has to run."""
    narrowed = plan.claim.narrowed(list(rungs), count)
    seeds, arms = set(narrowed.seeds.all), set(narrowed.arms)
    return float(sum(
        cell.seconds or 0.0
        for cell in plan.cells
        if not cell.done and cell.arm in arms and (cell.seed in seeds or not cell.seeded)
    ))  # fmt: skip


def _decided(plan: Plan, rungs: Sequence[Rung], count: int) -> float:
    """Rungs that are expected to be shown at the reference effect, on the target where that is least likely."""
    return min(sum(_chance(plan, shown, rung, count) for rung in rungs) for shown in plan.shown)


def _chance(plan: Plan, shown: Shown, rung: Rung, count: int) -> float:
    margin, error = plan.claim.margin, _error(shown.n)
    one = contrast_power(REFERENCE, count, DEVIATION, error, margin=margin, groups=shown.groups, tests=len(plan.shown))
    return one ** len(CONTRASTS[rung])


def _shown(claim: Claim, name: str, worked: Worked) -> Shown:
    test = claim.targets[name].load("test")
    groups = test.frame["group"].nunique()
    values = []
    for cell in worked.cells:
        if cell.arm == "treatment" and cell.use == "arm" and cell.name in worked.records:
            score = next(s for s in worked.records[cell.name][0].scores.values() if s.data.digest == test.digest)
            values.append(score.trained.metrics[claim.metric].value or 0.5)
    observed = len(values) if len(values) >= REFUTING else 0
    deviation = float(np.std(values, ddof=1)) if observed else DEVIATION
    effects = {
        rung: detectable_effect(
            claim.seeds.count, deviation, _error(len(test)), margin=claim.margin, groups=groups,
            contrasts=len(CONTRASTS[rung]), tests=len(claim.targets),
        )
        for rung in claim.claimed
    }  # fmt: skip
    return Shown(name, len(test), groups, deviation, observed, {str(rung): effect for rung, effect in effects.items()})


def _error(n: int) -> float:
    """Of a difference of two AUROCs on the same examples, taken as independent."""
    half = max(1, n // 2)
    return float(np.sqrt(2) * auroc_error(AREA, half, half))
