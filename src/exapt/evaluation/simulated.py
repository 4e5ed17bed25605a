"""Whole studies with a known truth: every arm, control and rung of a claim, as evidence that a verdict looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from exapt.evaluation.crossed import Drawn
from exapt.evaluation.evidence import Evidence
from exapt.evaluation.rungs import BEST_BASELINE, CONTRASTS, HEADS, WORDLESS, Rung
from exapt.evaluation.simulated_noise import Shape, heaps, repeated, seed_noise
from exapt.evaluation.simulated_scores import EXAMPLES

Floats = npt.NDArray[np.float64]

ALL: frozenset[Rung] = frozenset(CONTRASTS)
ARMS: tuple[str, ...] = tuple(arm for arms in CONTRASTS.values() for arm in arms)
FIXED = frozenset({"feature_transfer", BEST_BASELINE})  # nothing in them is seeded
PAIRED = ("permuted_labels", WORDLESS, "shuffled_source", "random_init")
DRAWS, GROUPS = 200, 200
TREATMENT, FAR = 0.9, 0.5  # truths: the treatment, and an arm that it is far above
DRAWN_HEADS, SCATTER = 100, 0.12  # untrained heads, and the standard deviation between them (siamese: 0.11 to 0.13)


@dataclass(frozen=True)
class Luck:
    """Standard deviations of an AUROC over other test sets: what 400 examples in 200 groups do to one of 0.75.

    Taken from `simulated_scores`; a test holds the two together.

    Attributes:
        common: What all arms share, since they are scored on the same examples.
        arm: What the seeds of one arm share.
        fit: Each fit's own.
    """

    common: float = 0.014
    arm: float = 0.0115
    fit: float = 0.0165

    @classmethod
    def of(cls, examples: int) -> Self:
        """With a test set of another size; all three go with the root of it."""
        smaller = (EXAMPLES / examples) ** 0.5
        return cls(cls.common * smaller, cls.arm * smaller, cls.fit * smaller)


@dataclass(frozen=True)
class World:
    """Where studies are drawn from.

    Attributes:
        shape: Of the noise between seeds.
        deviation: Standard deviation between the seeds of an arm.
        seeds: Of each arm.
        rho: Correlation, seed by seed, of the treatment with the arms that are paired with it.
        failed: Share of failing fits, in place of the shape's own; None leaves it.
        luck: With the examples.
        wrong_way: Share of the fits without words that rank the target the other way round.
    """

    shape: Shape = "normal"
    deviation: float = 0.03
    seeds: int = 10
    rho: float = 0.0
    failed: float | None = None
    luck: Luck = Luck()
    wrong_way: float = 0.0

    def noise(self, rng: np.random.Generator) -> Floats:
        """Deviations of one arm's seeds, shape (seeds,)."""
        if self.failed is not None:
            return heaps(self.failed, self.deviation, (self.seeds,), rng)
        return seed_noise(self.shape, self.deviation, (self.seeds,), rng)


class Examples:
    """One test set: the same examples, and the same draws of them, for all arms that are scored on it."""

    def __init__(self, luck: Luck, rng: np.random.Generator) -> None:
        self._luck, self._rng = luck, rng
        self._plain = luck.common * rng.normal()
        self._drawn = luck.common * rng.normal(size=DRAWS)

    def untrained(self, truths: Floats) -> Drawn:
        """Means over heads that all backbones share, around what all heads there are would reach on each backbone."""
        heads = SCATTER * self._rng.normal(size=DRAWN_HEADS)
        common = float(heads.var(ddof=1)) / DRAWN_HEADS
        return replace(self.arm(truths + heads.mean()), common=common, freedom=DRAWN_HEADS - 1)

    def arm(self, truths: Floats, *, fixed: bool = False) -> Drawn:
        """What is measured of fits whose true AUROCs are given.

        The bootstrap does to a study what another test set would do: its draws scatter around the measured values as
        these do around the truth, with the same three parts.
        """
        luck, rng = self._luck, self._rng
        plain = truths + self._plain + luck.arm * rng.normal() + luck.fit * rng.normal(size=truths.shape)
        moved = self._drawn + luck.arm * rng.normal(size=DRAWS)
        drawn = plain + moved[:, None] + luck.fit * rng.normal(size=(DRAWS, len(truths)))
        return Drawn(plain, drawn, GROUPS, fixed)


def study(
    world: World, rng: np.random.Generator, *, treatment: float = TREATMENT, source: float = TREATMENT,
    arms: Mapping[str, float] | None = None,
) -> Evidence:  # fmt: skip
    """One study in which nothing was missed: all arms run, all rungs claimed, nothing leaks, nothing is lost.

    Args:
        world: Where it is drawn from.
        rng: Where chance comes from.
        treatment: The treatment's true AUROC on the target, the mean over all seeds and test sets.
        source: The same on the source; a bag of words is 0.3 below.
        arms: True AUROCs of other arms; 0.5 for those that are not given.
    """
    truths = dict.fromkeys(ARMS, FAR) | dict(arms or {})
    target, home = Examples(world.luck, rng), Examples(world.luck, rng)
    own = world.noise(rng)
    found: dict[str, Drawn] = {}
    for name, truth in truths.items():
        if name in FIXED:
            found[name] = target.arm(np.array([truth]), fixed=True)
        elif name == HEADS:
            found[name] = target.untrained(truth + world.noise(rng))
        elif name in PAIRED and world.rho:
            found[name] = target.arm(truth + repeated(world.shape, own, world.deviation, world.rho, rng))
        else:
            found[name] = target.arm(truth + world.noise(rng))
    if world.wrong_way:
        found[WORDLESS] = found[WORDLESS].turned(rng.random(world.seeds) < world.wrong_way)
    return Evidence(
        "simulated", ALL, (), target.arm(treatment + own), found,
        source=home.arm(source + world.noise(rng)), words=home.arm(np.array([source - 0.3]), fixed=True),
        supervised=target.arm(TREATMENT + world.noise(rng)), lost=0.0, shared=0.0, contradictory=0.0,
    )  # fmt: skip
