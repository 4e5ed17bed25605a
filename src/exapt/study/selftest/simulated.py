"""Record folders as a claim's runs leave them, whose scores are drawn instead of trained; all else is computed."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from exapt.cache import content_key
from exapt.estimates import Heads, Scores
from exapt.evaluation.controls import FILE, draw_controls, write_controls
from exapt.evaluation.heads import heads
from exapt.evaluation.predictions import digest, read_predictions, write_predictions
from exapt.evaluation.scores import scores, threshold_for
from exapt.example import Examples
from exapt.features.trivial import trivial_scores
from exapt.findings import CONTRADICTORY, Passport
from exapt.record import Data, Fit, Record, Score, read_record, write_record
from exapt.study.arms import LINEAR
from exapt.study.cells import Cell, cells
from exapt.study.claim import Claim
from exapt.study.claiming import Worked
from exapt.study.materials import Encoder, Unencoded
from exapt.study.overlap import share_of, write_sides
from exapt.study.provenance import versions
from exapt.study.run import Run
from exapt.study.selftest.planted import LIMIT, Planted
from exapt.tasks.task import Split, Task
from exapt.tokenizers.characters import characters

Singles = npt.NDArray[np.float32]

# where the noise of a score comes from, in shares of its variance (as `exapt.evaluation.simulated_scores` has it)
COMMON, ARM = 0.4, 0.2  # the example's difficulty for all, and for one arm; the rest is each fit's own
HEADS = 100  # untrained heads, the same on every backbone
SHARED, OWN = 0.09, 0.08  # standard deviation of their true AUROCs: what a head does on all backbones, and on this one
DRAWS = 100  # of the record's own intervals, which no verdict looks at
LOW, HIGH = 0.02, 0.98  # where true AUROCs are cut off
PLAIN: dict[str, float] = {"epoch": 1.0, "step": 1.0, "dev_auroc": 0.9}


def simulated(planted: Planted, out: Path) -> Worked:
    """All records that the claim of a study wants, written into a folder and read back."""
    claim = planted.claim(out)
    records = _Records(planted, claim)
    for _ in range(2):  # some cells follow others
        for cell in cells(claim, records.known):
            if cell.run is not None and cell.name not in records.found:
                records.found[cell.name] = records.make(cell, cell.run)
    return Worked(claim, cells(claim, records.known), records.found)


class Controls(NamedTuple):
    """What stands beside the predictions of a task: untrained heads, draws of all controls, trivial baselines."""

    heads: Heads
    drawn: dict[str, Any]
    baselines: dict[str, Scores]


class _Records:
    def __init__(self, planted: Planted, claim: Claim) -> None:
        self.planted, self.claim = planted, claim
        self.found: dict[str, tuple[Record, Path]] = {}
        self.encoder = Encoder(characters(LIMIT), "siamese", LIMIT, False)
        self._known: dict[tuple[str, int, str], Record] = {}
        self._data: dict[tuple[str, Split, bool], Data] = {}
        self._controls: dict[tuple[str, str, int | None], Controls] = {}
        self.versions = versions()

    def known(self, run: Run) -> Record | None:
        """The record of a run, if it is made."""
        return self._known.get((run.arm, run.seed, run.source.name))

    def make(self, cell: Cell, run: Run) -> tuple[Record, Path]:
        """Write the folder of a run."""
        folder = Path(self.claim.out) / f"{run.title}-{content_key(cell.name)[:10]}"
        linear = run.arm in LINEAR
        write_sides(folder, run.learned("train"))
        fit = Fit(
            identity=content_key(["simulated", self.planted.draw, cell.name]), arm=run.arm,
            model={"class": "simulated", "name": run.model.name}, train=self.data(run.source, "train", linear),
            dev=self.data(run.source, "dev", linear), method=run.recipe.facts(), precision="32-true",
            seeds=run.all_seeds(), history=[PLAIN], best=PLAIN, weights=content_key(["weights", cell.name]),
            thresholds=self.thresholds(run.source),
        )  # fmt: skip
        tasks: dict[str, Task] = {run.source.name: run.source, **run.targets}
        found = {name: self.score(run, fit, folder, name, task) for name, task in tasks.items()}
        passports = {name: self.passport(task, name in run.targets) for name, task in tasks.items()}
        accepted = [
            f"{name}: {check}: it was planted"
            for name, passport in passports.items()
            for check in passport.stops
            if check != self.planted.leak
        ]
        made = Record(name=run.title, versions=self.versions, fit=fit, scores=found)
        write_record(folder, made.model_copy(update={"passports": passports, "accepted": accepted}))
        record = read_record(folder)
        self._known[run.arm, run.seed, run.source.name] = record
        return record, folder

    def thresholds(self, source: Task) -> dict[str, float]:
        """The trivial baselines' thresholds from the source's dev split."""
        dev = source.load("dev")
        return {name: threshold_for(dev.positive, values) for name, values in trivial_scores(dev).items()}

    def data(self, task: Task, split: Split, linear: bool) -> Data:
        """The account of a split, as a run gives it."""
        key = task.name, split, linear
        if key not in self._data:
            self._data[key] = (Unencoded() if linear else self.encoder).material(task, split).data
        return self._data[key]

    def score(self, run: Run, fit: Fit, folder: Path, name: str, task: Task) -> Score:
        """Write the predictions and the controls of a fit on a task, and score them."""
        examples, linear = task.load("test"), run.arm in LINEAR
        path = Path("scores") / f"{name}-{examples.digest[:10]}" / "predictions.parquet"
        write_predictions(folder / path, examples, {"trained": self.drawn(run, name, examples)})
        rows = read_predictions(folder / path)
        beside = self.controls(run, fit, name, examples)
        write_controls(folder / path.with_name(FILE), beside.drawn)
        return Score(
            role="source" if task is run.source else "target", data=self.data(task, "test", linear),
            predictions=path.as_posix(), predictions_digest=digest(rows), shares_train=share_of(folder, examples),
            trained=scores(examples.positive, rows["score"].to_numpy(), rows["group"].tolist(), draws=DRAWS),
            untrained=beside.heads, baselines=beside.baselines, marks=[],
        )  # fmt: skip

    def drawn(self, run: Run, name: str, examples: Examples) -> Singles:
        """Scores of a fit, normal within each class, as far apart as its true AUROC asks (Green and Swets 1966)."""
        planted = self.planted
        if name == self.planted.source.name:
            truth = planted.aurocs["words" if run.arm == "bag_of_words" else "source"]
        elif name == self.planted.target.name:
            truth = planted.aurocs.get(run.arm, 0.5)
        else:
            truth = 0.9
        truth += (
            0.0 if run.arm in LINEAR else planted.deviation * self._normal(1, run.arm, run.source.name, run.seed)[0]
        )
        n = len(examples)
        noise = math.sqrt(COMMON) * self._normal(n, name)
        noise += math.sqrt(ARM) * self._normal(n, name, run.arm, run.source.name)
        noise += math.sqrt(1 - COMMON - ARM) * self._normal(n, name, run.arm, run.source.name, run.seed)
        return _parted(noise, np.asarray(truth), examples)

    def controls(self, run: Run, fit: Fit, name: str, examples: Examples) -> Controls:
        """Untrained heads, on one backbone or on that of the seed, and baselines with the thresholds of the source."""
        of_seed = run.model.backbone_depends_on_seed or run.arm == "random_init"
        backbone = None if run.arm in LINEAR else run.seed if of_seed else -1
        key = name, run.source.name, backbone
        if key not in self._controls:
            made = None
            if backbone is not None:
                truth = 0.5 + SHARED * self._normal(HEADS, "heads") + OWN * self._normal(HEADS, "heads", backbone)
                own = self._normal(HEADS * len(examples), name, "heads", backbone).reshape(HEADS, -1)
                noise = math.sqrt(COMMON) * self._normal(len(examples), name) + math.sqrt(1 - COMMON) * own
                made = _parted(noise, truth[:, None], examples)
            positive, group, trivial = examples.positive, examples.frame["group"].tolist(), trivial_scores(examples)
            self._controls[key] = Controls(
                Heads(auroc=[], accuracy=[]) if made is None else heads(positive, made),
                draw_controls(positive, group, made, trivial, fit.thresholds),
                {
                    baseline: scores(
                        positive, values, group, threshold=fit.thresholds[baseline], probability=False, draws=DRAWS
                    )
                    for baseline, values in trivial.items()
                },
            )
        return self._controls[key]

    def passport(self, task: Task, target: bool) -> Passport:
        """What an audit would say of a task: whether its labels contradict each other, and the planted leak."""
        examples = task.load("test")
        labels = examples.frame.groupby("left")["label"].transform("nunique")
        twice = float((labels > 1).mean())
        stops = ([CONTRADICTORY] if twice else []) + ([self.planted.leak] if target and self.planted.leak else [])
        return Passport(
            task=task.name, digests={"test": examples.digest}, seed=0, level="fail" if stops else "pass", failed=stops,
            warned=[], stops=stops, signal=[], contradictory=twice,
        )  # fmt: skip

    def _normal(self, size: int, *purpose: str | int) -> npt.NDArray[np.float64]:
        """Standard normal numbers, the same for the same purpose."""
        key = zlib.crc32("|".join(map(str, purpose)).encode())
        return np.random.default_rng([self.planted.draw, key]).normal(size=size)


def _parted(noise: npt.NDArray[np.float64], truth: npt.NDArray[np.float64], examples: Examples) -> Singles:
    apart = math.sqrt(2) * special.ndtri(np.clip(truth, LOW, HIGH))
    return np.asarray(noise + np.where(examples.positive, apart / 2, -apart / 2), dtype=np.float32)
