"""The calibration of the rule: its level at every boundary, its power, and the coverage of its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from exapt.evaluation.calibration_cells import (
    LEVEL,
    Calibration,
    CoverageCell,
    LevelCell,
    PowerCell,
    RefutedCell,
    UnseenCell,
    WordlessCell,
)
from exapt.evaluation.calibration_trials import (
    DEVIATIONS,
    EFFECTS,
    SEEDS,
    UNSEEN,
    Tally,
    What,
    at_boundary,
    covered,
    few_worlds,
    level_worlds,
    power_worlds,
    with_effect,
    without_words,
    wordless_worlds,
)
from exapt.evaluation.rungs import BEST_BASELINE
from exapt.evaluation.simulated import World

Told = Callable[[str, float], None]

REDRAWN = 5  # times as many studies for a boundary that the first ones find above the target
FEWER = 5  # times fewer studies for a cell of the tables without a target
BLOCK = 100  # studies of the coverage between two steps of a progress bar
LONG = 20  # what such a study costs, in studies that are judged


@dataclass
class _Calibrating:
    """A calibration in the making: where chance comes from, and how far it is."""

    draws: int
    seed: int
    told: Told | None
    done: int = 0

    @property
    def total(self) -> int:
        """Of what is to be done, in studies that are judged."""
        powers = len(list(power_worlds())) * len(EFFECTS) + len(UNSEEN) * 4
        judged = sum(len(list(worlds())) for worlds in (level_worlds, few_worlds, wordless_worlds))
        whole = judged + LONG * len(DEVIATIONS)
        return whole * self.draws + powers * self.few

    @property
    def few(self) -> int:
        return max(1, self.draws // FEWER)

    def rng(self, *cell: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *cell])

    def step(self, title: str, cost: int) -> None:
        self.done += cost
        if self.told is not None:
            self.told(title, min(1.0, self.done / self.total))

    def _decided(self, judged: Callable[[int, np.random.Generator], Tally], *cell: int) -> tuple[Tally, float | None]:
        """The largest of many shares is above its own truth: where one is above the target, other studies decide."""
        found = judged(self.draws, self.rng(*cell, 0))
        if found.supported <= LEVEL * found.studies:
            return found, None
        return judged(REDRAWN * self.draws, self.rng(*cell, 1)), found.supported / found.studies

    def level(self) -> list[LevelCell]:
        cells = []
        for number, (boundary, world) in enumerate(level_worlds()):
            found, first = self._decided(partial(at_boundary, boundary, world), 0, number)
            cells.append(
                LevelCell(
                    boundary=boundary, shape=world.shape, deviation=world.deviation, rho=world.rho,
                    studies=found.studies, supported=found.supported, refuted=found.refuted, first=first,
                )
            )  # fmt: skip
            self.step("level", self.draws)
        return cells

    def unseen(self) -> list[UnseenCell]:
        cells = []
        worlds = [World("two heaps", d, s, failed=f) for d in DEVIATIONS[1:] for s in SEEDS[2:] for f in UNSEEN]
        for number, world in enumerate(worlds):
            found = at_boundary(BEST_BASELINE, world, self.few, self.rng(1, number))
            cells.append(
                UnseenCell(
                    failed=world.failed or 0.0, deviation=world.deviation, seeds=world.seeds, studies=found.studies,
                    supported=found.supported,
                )
            )  # fmt: skip
            self.step("unseen failures", self.few)
        return cells

    def refuted(self) -> list[RefutedCell]:
        cells = []
        for number, world in enumerate(few_worlds()):
            found = at_boundary(BEST_BASELINE, world, self.draws, self.rng(4, number))
            cells.append(
                RefutedCell(
                    shape=world.shape, failed=world.failed, deviation=world.deviation, seeds=world.seeds,
                    studies=found.studies, refuted=found.refuted,
                )
            )  # fmt: skip
            self.step("few seeds", self.draws)
        return cells

    def wordless(self) -> list[WordlessCell]:
        cells = []
        for number, (treatment, far, world) in enumerate(wordless_worlds()):
            judged = partial(without_words, treatment, far, world)
            # without a wrong way the claim is true, and *supported* is what is wanted
            found, first = (
                self._decided(judged, 5, number)
                if world.wrong_way
                else (judged(self.draws, self.rng(5, number, 0)), None)
            )
            cells.append(
                WordlessCell(
                    treatment=treatment, far=far, wrong_way=world.wrong_way, deviation=world.deviation,
                    studies=found.studies, supported=found.supported, refuted=found.refuted, first=first,
                )
            )  # fmt: skip
            self.step("fits without words", self.draws)
        return cells

    def power(self) -> list[PowerCell]:
        cells = []
        asked = [(examples, world, effect) for examples, world in power_worlds() for effect in EFFECTS]
        for number, (examples, world, effect) in enumerate(asked):
            found = with_effect(effect, world, self.few, self.rng(2, number))
            cells.append(
                PowerCell(
                    shape=world.shape, deviation=world.deviation, examples=examples, effect=effect,
                    seeds=world.seeds, studies=found.studies, supported=found.supported, shown=found.shown,
                    refuted=found.refuted,
                )
            )  # fmt: skip
            self.step("power", self.few)
        return cells

    def coverage(self) -> list[CoverageCell]:
        cells = []
        for number, deviation in enumerate(DEVIATIONS):
            held: Counter[tuple[What, int]] = Counter()
            for block, start in enumerate(range(0, self.draws, BLOCK)):
                studies = min(BLOCK, self.draws - start)
                held.update(covered(deviation, studies, self.rng(3, number, block)))
                self.step("coverage", LONG * studies)
            cells += [
                CoverageCell(what=what, deviation=deviation, seeds=seeds, studies=self.draws, covered=count)
                for (what, seeds), count in held.items()
            ]
        return cells


def calibrate(draws: int = 2000, seed: int = 0, told: Told | None = None) -> Calibration:
    """Try the rule on simulated studies whose truth is known.

    Args:
        draws: Studies a cell of level, coverage and few seeds; a fifth of them for power and unseen failures.
        seed: Of everything that is drawn; equal seeds give equal counts.
        told: Called with what is done now and the share of the whole that is done, 0 to 1.
    """
    going = _Calibrating(draws, seed, told)
    level, unseen, refuted = going.level(), going.unseen(), going.refuted()
    wordless, power, coverage = going.wordless(), going.power(), going.coverage()
    return Calibration(
        seed=seed, draws=draws, level=tuple(level), unseen=tuple(unseen), refuted=tuple(refuted),
        wordless=tuple(wordless), power=tuple(power), coverage=tuple(coverage),
    )  # fmt: skip
