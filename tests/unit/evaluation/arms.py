"""Arms of a study with a known truth: an AUROC for each seed, moved by luck with the examples that all arms share."""

from __future__ import annotations

import numpy as np

from exapt.evaluation.crossed import Drawn

DRAWS, GROUPS = 200, 500


class Study:
    """One study: the same draws of examples for all its arms.

    Attributes:
        rng: Of everything.
        seeds: Of each arm.
        own: Standard deviation between seeds.
    """

    def __init__(self, seed: int, seeds: int = 10, own: float = 0.02) -> None:
        self.rng = np.random.default_rng([seed, seeds])
        self.seeds, self.own = seeds, own
        self.luck, self.drawn = 0.01 * self.rng.normal(), 0.01 * self.rng.normal(size=DRAWS)

    def arm(self, truth: float, *, noise: np.ndarray | None = None) -> Drawn:
        """An arm whose seeds scatter around the truth."""
        noise = self.own * self.rng.normal(size=self.seeds) if noise is None else noise
        plain = truth + noise + self.luck
        again = plain + self.drawn[:, None] + 0.004 * self.rng.normal(size=(DRAWS, len(plain)))
        return Drawn(plain, again, GROUPS)

    def fixed(self, truth: float) -> Drawn:
        """What has no seeds."""
        one = self.arm(truth, noise=np.zeros(1))
        return Drawn(one.plain, one.drawn, GROUPS, fixed=True)
