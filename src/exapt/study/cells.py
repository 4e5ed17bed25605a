"""The cells of a claim: every run that its arms and seeds ask for, as far as it can be told yet."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from exapt.errors import BadInput
from exapt.learning.method import Method
from exapt.record import Record
from exapt.study.arms import LINEAR, Arm
from exapt.study.claim import Claim
from exapt.study.run import Run
from exapt.tasks.task import Task

Known = Callable[[Run], Record | None]  # a finished run's record
TUNED: tuple[Arm, ...] = ("treatment", "random_init", "structure_only", "target_supervised")
FOLLOWS: tuple[Arm, ...] = ("permuted_labels", "shuffled_source")  # the treatment's rate, steps and kept epoch
EPOCHS = 40  # of a few examples, at most: each ends with a look at dev


@dataclass(frozen=True)
class Cell:
    """One run of a claim.

    Attributes:
        name: Such as "treatment, seed 3".
        arm: Its arm.
        seed: The seed by which arms are paired.
        run: The run; None while what it follows is not finished.
        target: The only target it speaks of; None if it speaks of all.
        shots: Training examples of an arm that is trained on its target; None for all.
        use: `arm` for the verdict; `tuning` for a rate to choose from; `spread` for what causes the seeds' spread.
        place: Of a `spread` cell its initial weights and order, or its draw.
        after: What a run that cannot be told yet waits for.
        what: Of `structure_only` the source's name in the claim.
    """

    name: str
    arm: Arm
    seed: int
    run: Run | None
    target: str | None = None
    shots: int | None = None
    use: str = "arm"
    place: tuple[int, ...] = ()
    after: str = ""
    what: str = ""


def cells(claim: Claim, known: Known) -> list[Cell]:
    """All cells, in the order in which they are best run: what others wait for comes first.

    Args:
        claim: The claim.
        known: Gives the record of a finished run, or None.
    """
    return list(_Cells(claim, known))


class _Cells:
    def __init__(self, claim: Claim, known: Known) -> None:
        self.claim, self.known = claim, known

    def __iter__(self) -> Iterator[Cell]:
        claim = self.claim
        arms = claim.arms
        if claim.grid:
            for arm, label, given in self._tuned():
                for rate in claim.grid:
                    yield self._tuning(arm, label, given, rate)
        yield from self._seeded("treatment", self._rate("treatment"), {"targets": {**claim.targets, **claim.nearby}})
        for arm in (arm for arm in arms if arm in LINEAR):
            targets = {} if arm == "bag_of_words" else claim.targets
            seeds = claim.seeds.all if claim.method.train_examples else range(claim.seeds.first, claim.seeds.first + 1)
            for seed in seeds:
                yield Cell(f"{arm}, seed {seed}", arm, seed, claim.run(arm, seed, targets=targets))
        for arm in FOLLOWS:
            if arm in arms:
                yield from self._following(arm)
        if "random_init" in arms:
            yield from self._seeded("random_init", self._rate("random_init"), {})
        if "structure_only" in arms:
            for name, source in claim.structure.items():
                chosen = self._rate("structure_only", name)
                yield from self._seeded("structure_only", chosen, {"source": source}, name)
        if "target_supervised" in arms:
            for name, task in self._learnable():
                yield from self._supervised(name, task)
        yield from self._spread()

    def _learnable(self) -> Iterator[tuple[str, Task]]:
        """Targets that have something to train on."""
        for name, task in self.claim.targets.items():
            try:
                task.load("train"), task.load("dev")
            except BadInput:
                continue
            yield name, task

    def _tuned(self) -> Iterator[tuple[Arm, str, dict[str, Any]]]:
        for arm in TUNED:
            if arm not in self.claim.arms:
                continue
            if arm == "structure_only":
                yield from ((arm, name, {"source": task}) for name, task in self.claim.structure.items())
            elif arm == "target_supervised":
                yield from ((arm, name, {"source": task}) for name, task in self._learnable())
            else:
                yield arm, "", {}

    def _tuning(self, arm: Arm, label: str, given: dict[str, Any], rate: float) -> Cell:
        claim, first = self.claim, self.claim.seeds.first
        name = f"tuning {arm}{f' ({label})' if label else ''}, lr {rate:g}, seed {first}"
        run = claim.run(arm, first, targets={}, method=self._at(rate), **given)
        return Cell(name, arm, first, run, use="tuning")

    def _at(self, rate: float) -> Method:
        return dataclasses.replace(self.claim.method, lr=rate)

    def _rate(self, arm: Arm, label: str = "") -> float | None:
        """The arm's learning rate, chosen on its own source's dev split; None while that is open."""
        claim = self.claim
        if not claim.grid:
            return claim.method.lr
        given = next((kept for kind, name, kept in self._tuned() if (kind, name) == (arm, label)), {})
        found = []
        for rate in claim.grid:
            run = self._tuning(arm, label, given, rate).run
            record = None if run is None else self.known(run)
            if record is None:
                return None
            best = record.fit.best[f"dev_{claim.method.select}"]
            found.append((best if claim.method.select != "loss" else -best, rate))
        return max(found, key=lambda pair: pair[0])[1]

    def _seeded(self, arm: Arm, rate: float | None, given: dict[str, Any], what: str = "") -> Iterator[Cell]:
        label = f" ({what})" if what else ""
        for seed in self.claim.seeds.all:
            run = None if rate is None else self.claim.run(arm, seed, method=self._at(rate), **given)
            yield Cell(f"{arm}{label}, seed {seed}", arm, seed, run, after="" if run else "its tuning", what=what)

    def _following(self, arm: Arm) -> Iterator[Cell]:
        claim, rate = self.claim, self._rate("treatment")
        for seed in claim.seeds.all:
            run = None
            if rate is not None:
                treatment = self.known(claim.run("treatment", seed, method=self._at(rate)))
                if treatment is not None:
                    epoch = int(treatment.fit.best["epoch"])
                    run = claim.run(arm, seed, method=dataclasses.replace(self._at(rate), keep_epoch=epoch))
            yield Cell(f"{arm}, seed {seed}", arm, seed, run, after="" if run else f"treatment, seed {seed}")

    def _supervised(self, name: str, task: Task) -> Iterator[Cell]:
        claim, rate = self.claim, self._rate("target_supervised", name)
        method = None if rate is None else self._at(rate)
        given = {"source": task, "targets": {}}
        for seed in claim.seeds.all:
            run = None if method is None else claim.run("target_supervised", seed, method=method, **given)
            yield Cell(
                f"target_supervised ({name}), seed {seed}", "target_supervised", seed, run, name, after="its tuning"
            )
        for size in claim.shots:
            for draw in range(claim.shot_draws):
                run = None
                if method is not None:
                    few = _few(method, size, len(task.load("train")))
                    seeds = {"init": claim.seeds.first, "order": claim.seeds.first, "draw": draw}
                    run = claim.run("target_supervised", claim.seeds.first, method=few, seeds=seeds, **given)
                label = f"target_supervised ({name}), {size} examples, draw {draw}"
                yield Cell(label, "target_supervised", draw, run, name, size, after="its tuning")

    def _spread(self) -> Iterator[Cell]:
        claim, seeds, rate = self.claim, self.claim.seeds, self._rate("treatment")
        pairs = [(i, j) for i in range(seeds.init) for j in range(seeds.order)] if seeds.design == "crossed" else []
        named: list[tuple[str, tuple[int, ...], dict[str, int]]] = [
            (f"init {i}, order {j}", (i, j), {"init": i, "order": j, "draw": seeds.first}) for i, j in pairs
        ]
        fixed = {"init": seeds.first, "order": seeds.first}
        draws = range(seeds.draw) if claim.method.train_examples else range(0)
        named += [(f"draw {draw}", (draw,), {**fixed, "draw": draw}) for draw in draws]
        for label, place, given in named:
            run = None if rate is None else claim.run("treatment", seeds.first, method=self._at(rate), seeds=given)
            yield Cell(f"treatment, {label}", "treatment", place[0], run, use="spread", place=place, after="its tuning")


def _few(method: Method, size: int, train: int) -> Method:
    """As many steps as on the whole source, in no more than `EPOCHS` passes."""
    steps = method.epochs * math.ceil(min(train, method.train_examples or train) / method.batch)
    epochs = min(EPOCHS, max(method.epochs, math.ceil(steps / math.ceil(size / method.batch))))
    return dataclasses.replace(method, train_examples=size, epochs=epochs, keep_epoch=None)
