"""The trials of a calibration: how often simulated studies get each verdict, how often an interval holds the truth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, stats

from exapt.evaluation.crossed import Drawn, spread
from exapt.evaluation.rungs import ALPHA, MARGIN, WORDLESS
from exapt.evaluation.simulated import ARMS, PAIRED, TREATMENT, Luck, World, study
from exapt.evaluation.simulated_noise import SHAPES, seed_noise
from exapt.evaluation.simulated_scores import EXAMPLES, scored
from exapt.evaluation.verdict import judge

What = Literal["mean of an arm", "paired difference"]

SOURCE = "source"
BOUNDARIES = (*ARMS, SOURCE)
DEVIATIONS = (0.01, 0.03, 0.10)
SEEDS = (3, 5, 10, 20)
EFFECTS = (0.05, 0.1, 0.2, 0.4)
RHO = 0.5
UNSEEN = (0.05, 0.1, 0.2)  # shares of failing fits that ten seeds can miss
FEW_SEEDS = (3, 5)  # that cannot support, but refute
OFTEN = (0.3, 0.5, 0.7)  # shares of failing fits that few seeds show or miss, to either side
REFUTED = ("not supported", "shortcut")
ONE, OTHER = 0.75, 0.65  # true AUROCs of the two arms whose intervals are tried
WRONG_WAY = (0.5, 1.0)  # shares of the fits without words that rank the target the other way round
WEAK = (0.65, TREATMENT)  # true AUROCs of a treatment beside them: the smaller, the less a sign can be seen
REACH = 0.24  # how far a fit's true AUROC may lie from its arm's, to either side alike


@dataclass(frozen=True)
class Tally:
    """What simulated studies of one kind came to.

    Attributes:
        studies: How many were judged.
        supported: Verdict *supported*.
        shown: Every rung's test passed, whatever the verdict.
        refuted: Verdict *not supported* or *shortcut*.
    """

    studies: int
    supported: int
    shown: int
    refuted: int


def level_worlds() -> Iterator[tuple[str, World]]:
    """Every boundary in every world; arms that are paired by seed with and without luck that the pairs share."""
    for shape in SHAPES:
        for deviation in DEVIATIONS:
            for boundary in BOUNDARIES:
                yield boundary, World(shape, deviation)
            # the four paired arms are drawn alike: one of them stands for all
            yield PAIRED[-1], World(shape, deviation, rho=RHO)


def power_worlds() -> Iterator[tuple[int, World]]:
    """Every shape with the test set that all else is tried on, and normal noise with one four times as large, too."""
    for examples, shapes in ((EXAMPLES, SHAPES), (4 * EXAMPLES, SHAPES[:1])):
        for shape in shapes:
            for deviation in DEVIATIONS[1:]:
                for seeds in SEEDS:
                    yield examples, World(shape, deviation, seeds, luck=Luck.of(examples))


def few_worlds() -> Iterator[World]:
    """Studies of few seeds, with every shape of noise and heaps of three sizes."""
    for deviation in DEVIATIONS[1:]:
        for seeds in FEW_SEEDS:
            yield from (World(shape, deviation, seeds) for shape in SHAPES[:2])
            yield from (World("two heaps", deviation, seeds, failed=failed) for failed in OFTEN)


def wordless_worlds() -> Iterator[tuple[float, float, World]]:
    """A treatment's true AUROC, 0.5 and the mean distance from it of fits without words, and where they are drawn.

    The mean distance is the margin under the treatment's: a claim on language is then not true, whichever way round
    they rank. Or they are at chance, where their distance is that of their noise, and the claim is true.
    """
    for treatment in WEAK:
        for deviation in DEVIATIONS:
            for share in WRONG_WAY:
                yield treatment, treatment - MARGIN, World(deviation=deviation, wrong_way=share)
            yield treatment, 0.5 + deviation * math.sqrt(2 / math.pi), World(deviation=deviation)


def centre(far: float, deviation: float) -> float:
    """The mean of a normal arm whose distance from 0.5 is `far` - 0.5 on average (the folded normal distribution)."""
    wanted, least = far - 0.5, deviation * math.sqrt(2 / math.pi)
    if wanted <= least + 1e-9:
        return 0.5

    def over(place: float) -> float:
        return float(stats.foldnorm.mean(place / deviation, scale=deviation)) - wanted

    return 0.5 + float(optimize.brentq(over, 0.0, wanted))


def without_words(
    treatment: float, far: float, world: World, studies: int, rng: np.random.Generator
) -> Tally:  # fmt: skip
    """Judge studies whose fits without words lie `far` from 0.5 on average, and 0.5, one way round or the other."""
    return _judged(world, studies, rng, arms={WORDLESS: centre(far, world.deviation)}, treatment=treatment)


def at_boundary(boundary: str, world: World, studies: int, rng: np.random.Generator) -> Tally:
    """Judge studies in which one thing is exactly at the margin and all the rest is far above."""
    if boundary == SOURCE:
        return _judged(world, studies, rng, source=0.5 + MARGIN)
    return _judged(world, studies, rng, arms={boundary: TREATMENT - MARGIN})


def with_effect(effect: float, world: World, studies: int, rng: np.random.Generator) -> Tally:
    """Judge studies in which the treatment is above every other arm by the same true effect."""
    return _judged(world, studies, rng, arms=dict.fromkeys(ARMS, TREATMENT - effect))


def _judged(
    world: World, studies: int, rng: np.random.Generator, *, arms: dict[str, float] | None = None,
    source: float = TREATMENT, treatment: float = TREATMENT,
) -> Tally:  # fmt: skip
    verdicts: Counter[str] = Counter()
    shown = 0
    for _ in range(studies):
        found = judge(study(world, rng, arms=arms, source=source, treatment=treatment))
        verdicts[found.verdict] += 1
        shown += all(rung.p is not None and rung.p <= ALPHA for rung in found.rungs)
    return Tally(studies, verdicts["supported"], shown, sum(verdicts[name] for name in REFUTED))


def covered(deviation: float, studies: int, rng: np.random.Generator, *, draws: int = 300) -> Counter[tuple[What, int]]:
    """How often the 95% interval holds the truth, by what it is of and number of seeds; from scores, normal seed noise.

    Of each study's 20 seeds the first 3, 5 and 10 are studies of their own. The truth is the mean over all seeds and
    test sets.

    Args:
        deviation: Standard deviation of a fit's true AUROC between seeds.
        studies: How many.
        rng: Where chance comes from.
        draws: Of groups, in the bootstrap.
    """
    held: Counter[tuple[What, int]] = Counter()
    truths = np.array([ONE, OTHER])[:, None]
    for _ in range(studies):
        noise = np.clip(seed_noise("normal", deviation, (2, max(SEEDS)), rng), -REACH, REACH)
        arms = scored(truths + noise, rng, draws=draws)
        for seeds in SEEDS:
            one, other = (Drawn(arm.plain[:seeds], arm.drawn[:, :seeds], arm.groups) for arm in arms)
            found: dict[What, tuple[tuple[float, float] | None, float]] = {
                "mean of an arm": (spread(one).interval(), ONE),
                "paired difference": (spread(one, other).interval(), ONE - OTHER),
            }
            for what, (interval, truth) in found.items():
                held[what, seeds] += interval is not None and interval[0] <= truth <= interval[1]
    return held
