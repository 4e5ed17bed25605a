"""Simulated test sets: scores of many fits of two arms on the same examples, with groups, and a known true AUROC."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from exapt.evaluation.crossed import Drawn, drawn_aurocs

Floats = npt.NDArray[np.float64]

EXAMPLES, GROUPS = 400, 200
LOW, HIGH = 0.02, 0.98  # where a fit's true AUROC is cut off


@dataclass(frozen=True)
class Difficulty:
    """Where the noise of a score comes from, in shares of its variance; the rest is each fit's own luck.

    Attributes:
        group: What the examples of a group have in common, the same for every fit.
        example: The example's own difficulty, the same for every fit.
        arm: The example's difficulty for one arm, the same for all its seeds.
    """

    group: float = 0.15
    example: float = 0.25
    arm: float = 0.2


DIFFICULTY = Difficulty()


def scored(
    aurocs: Floats, rng: np.random.Generator, *, draws: int = 300, difficulty: Difficulty = DIFFICULTY
) -> list[Drawn]:
    """Arms that are scored on one simulated test set, by `drawn_aurocs`.

    400 examples in 200 groups of uneven size, half of the examples positive, dealt without regard to groups. A fit's
    score is normal within each class, apart by what its true AUROC asks for (Green and Swets 1966: A = Φ(d' / √2)), so
    that the mean over examples of what is measured is the truth of each fit; pairs within a group, one in 200, move it
    by less than 0.001.

    Args:
        aurocs: True AUROC of each fit, shape (arms, seeds); kept within 0.02 to 0.98.
        rng: Where chance comes from.
        draws: Of groups, in the bootstrap.
        difficulty: Where the noise of a score comes from.
    """
    arms, seeds = aurocs.shape
    group = np.concatenate([np.arange(GROUPS), rng.integers(0, GROUPS, EXAMPLES - GROUPS)])
    positive = rng.permutation(EXAMPLES) < EXAMPLES // 2
    common = math.sqrt(difficulty.group) * rng.normal(size=GROUPS)[group]
    common += math.sqrt(difficulty.example) * rng.normal(size=EXAMPLES)
    own = 1 - difficulty.group - difficulty.example - difficulty.arm
    scores = common + math.sqrt(difficulty.arm) * rng.normal(size=(arms, 1, EXAMPLES))
    scores = scores + math.sqrt(own) * rng.normal(size=(arms, seeds, EXAMPLES))
    apart = math.sqrt(2) * special.ndtri(np.clip(aurocs, LOW, HIGH))
    scores += np.where(positive, apart[:, :, None], 0.0)
    found = drawn_aurocs(
        positive, scores.reshape(arms * seeds, EXAMPLES), [f"{name:03d}" for name in group],
        draws=draws, seed=int(rng.integers(2**32)),
    )  # fmt: skip
    return [
        Drawn(found.plain[a * seeds : (a + 1) * seeds], found.drawn[:, a * seeds : (a + 1) * seeds], found.groups)
        for a in range(arms)
    ]
