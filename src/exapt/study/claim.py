"""A claim: a sentence with a number, and all that has to be run before anyone may believe it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import field
from typing import Any, Literal

from exapt.errors import BadInput
from exapt.evaluation.exhibits import Metric
from exapt.evaluation.rungs import CONTRASTS, MARGIN, Rung
from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.ruling import Publication
from exapt.settings import settings
from exapt.study.arms import Arm
from exapt.study.run import Run
from exapt.tasks.task import Task

# what a rung needs to be run, beside the treatment, whose record holds untrained heads and trivial baselines
NEEDS: dict[Rung, tuple[Arm, ...]] = {
    "transfer": ("permuted_labels",), "language": ("structure_only", "shuffled_source"),
    "pretraining": ("random_init",), "need": ("feature_transfer",),
}  # fmt: skip
CONTROLS: tuple[Arm, ...] = ("bag_of_words", "target_supervised")  # of the source and of the target: every claim's


@settings
class Seeds:
    """The seeds of a claim.

    Attributes:
        count: Seeds of every arm; `init`, `order` and `draw` of a run are the same number.
        first: The first of them.
        design: `crossed` adds fits of the treatment for every pair of `init` and `order`, which tell what causes the
            spread between seeds.
        init: Seeds of the initial weights in a crossed design.
        order: Seeds of batches and dropout in a crossed design.
        draw: Fits of the treatment that differ in the drawn training examples alone (`method.train_examples`).

    Raises:
        BadInput: For a count out of range.
    """

    count: int = 10
    first: int = 0
    design: Literal["paired", "crossed"] = "paired"
    init: int = 4
    order: int = 4
    draw: int = 0

    def __post_init__(self) -> None:
        for key, low in (("count", 1), ("first", 0), ("init", 2), ("order", 2), ("draw", 0)):
            if not low <= getattr(self, key) <= 10_000:
                raise BadInput(f"seeds.{key}: {getattr(self, key)} is out of range ({low} to 10000).")
        if self.draw == 1:
            raise BadInput("seeds.draw: one draw has no spread; give 0 or at least 2.")

    @property
    def all(self) -> range:
        """The seeds of every arm."""
        return range(self.first, self.first + self.count)


@settings
class Claim:
    """One claim; the arguments are the keys of conf/claim.yaml.

    Attributes:
        name: The claim's name.
        statement: What it says, in a sentence.
        model: The model of the claim.
        source: What it learned from.
        targets: What it is said to be able to do, by name; their test splits are scored.
        method: The recipe.
        trainer: Where to compute.
        rungs: What it claims: `transfer` (above untrained heads and permuted labels), `language` (above sources without
            words and with shuffled words), `pretraining` (above weights drawn anew), `need` (above features and
            every trivial baseline). `transfer` is always judged.
        structure: Sources without words, by name; the treatment must be above each.
        nearby: Targets that must work if anything does, by name.
        publication: Where it was published; None if nowhere.
        metric: What is contrasted.
        margin: Smallest difference that counts, in the metric.
        seeds: Of all arms.
        grid: Learning rates among which the treatment, `random_init`, `structure_only` and `target_supervised` each
            choose on their own source's dev split, with the first seed; none keeps `method.lr`.
        shots: Numbers of training examples for `target_supervised`, beside all of them.
        shot_draws: Fixed draws (by group) of each number.
        leave_out: Arms that are not run though the claim would want them; a rung without its arms ends as `not run`.
        chosen: What was chosen on the target's labels, in words.
        logger: Makes a tracker for each run; None for `metrics.csv` alone.
        data_dir: Folder with local data that task sheets refer to.
        out: Folder for runs; the verdict goes to `claims/` in it.
        audit: As in `Run`.
        keep_weights: As in `Run`.
        worker: Which of several processes that share the claim this is: each begins elsewhere.

    Raises:
        BadInput: Without targets, or for a name that stands for two tasks, an unknown arm, a margin or a grid out of
            range, or a rung whose arms cannot be run.
    """

    name: str
    statement: str
    model: Pretrained | Scratch
    source: Task
    targets: dict[str, Task]
    method: Method
    trainer: Devices
    rungs: list[Rung]
    structure: dict[str, Task] = field(default_factory=dict)
    nearby: dict[str, Task] = field(default_factory=dict)
    publication: Publication | None = None
    metric: Metric = "auroc"
    margin: float = MARGIN
    seeds: Seeds = field(default_factory=Seeds)
    grid: list[float] = field(default_factory=list)
    shots: list[int] = field(default_factory=list)
    shot_draws: int = 3
    leave_out: list[Arm] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    logger: Callable[..., Any] | None = None
    data_dir: str | None = None
    out: str = "runs"
    audit: Literal["stop", "accept"] = "stop"
    keep_weights: Literal["best", "none"] = "best"
    worker: int = 0

    def __post_init__(self) -> None:
        if not self.targets:
            raise BadInput(f"claim {self.name}: has no target; name one under targets.")
        names = [self.source.name, *self.targets, *self.nearby]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise BadInput(
                f"claim {self.name}: '{twice[0]}' stands for two of its source, targets and nearby tasks; take another "
                "or give one another name."
            )
        for key in ("statement", "out"):
            if not getattr(self, key).strip():
                raise BadInput(
                    f"{key}: is empty; {'say what the claim is' if key == 'statement' else 'give a folder'}."
                )
        if "treatment" in self.leave_out:
            raise BadInput("leave_out: treatment is the claim itself; leave out controls only.")
        if self.publication is not None and not 0 <= self.publication.value <= 1:
            raise BadInput(f"publication.value: {self.publication.value:g} is no {self.publication.metric} (0 to 1).")
        if not 0 <= self.margin < 0.5:
            raise BadInput(f"margin: {self.margin} is out of range (0 to 0.5).")
        if any(not 1e-12 <= rate <= 10 for rate in self.grid) or len(set(self.grid)) < len(self.grid):
            raise BadInput(f"grid: {self.grid}; give different learning rates above 0.")
        if any(size < 2 for size in self.shots) or self.shot_draws < 1:
            raise BadInput("shots: give numbers of examples from 2, and at least one draw of each.")
        if "language" in self.rungs and not self.structure and "structure_only" not in self.leave_out:
            raise BadInput(f"claim {self.name}: rung language needs a source without words under structure.")
        if "pretraining" in self.rungs and isinstance(self.model, Scratch):
            raise BadInput(f"claim {self.name}: {self.model.name} is trained from scratch; drop the rung pretraining.")

    @property
    def claimed(self) -> list[Rung]:
        """What is judged: `transfer` and all that is claimed, in the order of the rungs."""
        return [rung for rung in CONTRASTS if rung == "transfer" or rung in self.rungs]

    @property
    def arms(self) -> list[Arm]:
        """What is run: the treatment, what the rungs need, and the controls of source and target."""
        wanted: list[Arm] = ["treatment", *(arm for rung in self.claimed for arm in NEEDS[rung]), *CONTROLS]
        return [arm for arm in wanted if arm not in self.leave_out]

    def run(self, arm: Arm, seed: int, **changed: Any) -> Run:
        """One run of the claim.

        Args:
            arm: Its arm.
            seed: Of everything, unless `seeds` says otherwise.
            changed: Further arguments of the run that differ from the treatment's.
        """
        given: dict[str, Any] = {
            "model": self.model, "source": self.source, "method": self.method, "trainer": self.trainer,
            "targets": self.targets, "logger": self.logger, "name": f"{self.name.replace('/', '-')}-{arm}",
            "data_dir": self.data_dir, "out": self.out, "audit": self.audit, "keep_weights": self.keep_weights,
        }  # fmt: skip
        return Run(**given | {"arm": arm, "seed": seed} | changed)

    def execute(self) -> None:
        """Run what is not finished, as one of several processes that may share it; the verdict is drawn elsewhere.

        Raises:
            BadInput: For what keeps a cell from being finished.
        """
        from exapt.study.claiming import work

        worked = work(self)
        if worked.faults:
            raise BadInput(next(iter(worked.faults.values())))

    def narrowed(self, rungs: list[Rung], count: int) -> Claim:
        """The same claim with fewer rungs and seeds."""
        return dataclasses.replace(self, rungs=rungs, seeds=dataclasses.replace(self.seeds, count=count))
