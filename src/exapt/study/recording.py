"""The record of a run: one fit, and its scores on the source's test split and on every target."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from exapt.errors import BadInput
from exapt.evaluation.controls import FILE as CONTROLS
from exapt.evaluation.predictions import levels_of
from exapt.record import RECORD, Fit, Record, Score, canonical, read_record, write_record
from exapt.report.page import write_page
from exapt.study.arms import LINEAR, linear_kind
from exapt.study.auditing import Audits
from exapt.study.fitting import CHECKPOINT, FIT
from exapt.study.folder import first_asked
from exapt.study.linear import Linear
from exapt.study.materials import Encoder, Material, Unencoded
from exapt.study.predictors import LinearPredictor, NetworkPredictor, Predictor
from exapt.study.provenance import versions, weights_digest
from exapt.study.scoring import Scorer
from exapt.tasks.task import Task

if TYPE_CHECKING:
    from exapt.study.run import Run

LOG = logging.getLogger("exapt")


def score_and_record(
    run: Run, folder: Path, made: Fit, encoder: Encoder | Unencoded, audits: Audits, *, source: bool
) -> Record:
    """Score a fit on the targets (and, with `source`, on the source's test split), and write the record.

    A task that the record already holds, with the same data, is not scored again; what its audit says joins the record.
    """
    record = run.trainer.decide(read_record(folder) if (folder / RECORD).exists() else None)
    if record is not None and record.fit.weights != made.weights:
        raise BadInput(f"{folder / RECORD}: holds scores of other weights than {folder / FIT}; move one of them away.")
    if record is not None and record.versions != versions():
        keys = [k for k in versions() | record.versions if versions().get(k) != record.versions.get(k)]
        old = ", ".join(f"{k} {record.versions.get(k, 'not told')}" for k in keys)
        LOG.warning(
            "%s: its record was made with other versions (%s); scores that stand in it are reused as they are.",
            folder,
            old,
        )
    scores: dict[str, Score] = dict(record.scores) if record else {}
    tasks: list[tuple[str, Literal["source", "target"], Task]] = [(n, "target", t) for n, t in run.targets.items()]
    if source:
        tasks.insert(0, (run.source.name, "source", run.source))
    named: dict[str, str] = {}
    scorer: Scorer | None = None
    for name, role, task in tasks:
        material = encoder.material(task, "test")
        key = name
        if name in scores and not _same_data(scores[name], material):
            key = f"{name}-{material.data.digest[:6]}"
            LOG.warning("%s: '%s' was scored on other data before; this one is recorded as '%s'.", folder, name, key)
        named[name] = key
        if key in scores and run.trainer.decide(_whole(folder, scores[key])):
            LOG.info("%s: %s was scored before, its score is reused", folder, key)
            continue
        check_sides(run, made.train.paired, task.name, material.examples.paired)
        scorer = scorer or Scorer(folder, made, predictor_of(run, folder, made), run.trainer)
        if key in scores:  # by an exapt that kept no draws of the controls
            scorer.add_controls(Path(scores[key].predictions).parent, material)
        else:
            scores[key] = scorer.score(key, role, material)
    known = record or Record(name=run.title, versions=versions(), fit=made, scores={})
    fresh = canonical(known.model_copy(update={"scores": scores, **audits.told(known, named)}))
    if run.trainer.rank == 0 and fresh != record:
        write_page(folder, fresh)  # first: a run killed in between has no record yet, and writes both again
        write_record(folder, fresh)
    # weights that an earlier run of this folder was to keep stay
    if run.trainer.rank == 0 and run.keep_weights == "none" and first_asked(folder, "keep_weights") == "none":
        shutil.rmtree(folder / CHECKPOINT, ignore_errors=True)
    run.trainer.decide(None)
    return read_record(folder)


def _same_data(score: Score, material: Material) -> bool:
    """Whether a score was made from these examples, at these levels of difficulty."""
    known = Counter({level.level: level.n for level in score.levels or []})
    return score.data.digest == material.data.digest and known == Counter(levels_of(material.examples))


def _whole(folder: Path, score: Score) -> bool:
    """Whether the draws of a score's controls are there, or cannot be had any more."""
    return (folder / score.predictions).with_name(CONTROLS).exists() or not (folder / CHECKPOINT).exists()


def check_sides(run: Run, trained: bool, name: str, paired: bool) -> None:
    """Refuse pairs for a head of single sequences that stands on one side, and the other way round.

    Args:
        run: The run; a joint model reads two sides as one.
        trained: Whether it was trained on pairs.
        name: The task's name.
        paired: Whether the task's examples are pairs.

    Raises:
        BadInput: If they do not go together.
    """
    if paired == trained:
        return
    if run.arm in LINEAR:
        raise BadInput(f"task {name}: pairs and single sequences have other features; arm={run.arm} cannot score both.")
    if run.model.pair == "siamese":
        raise BadInput(
            f"task {name}: pairs and single sequences cannot be scored by one siamese head; use model.pair=joint."
        )


def predictor_of(run: Run, folder: Path, made: Fit) -> Predictor:
    """What scores examples for a fit, with the weights that it kept.

    Raises:
        BadInput: If the weights are gone, or others than the fit's.
    """
    kind = linear_kind(run.arm)
    network = None if kind else run.network(made.train.paired)
    if network is not None:
        network.load(folder / CHECKPOINT)
    if weights_digest(folder / CHECKPOINT) != made.weights:
        raise BadInput(f"{folder / 'checkpoint'}: not the weights that {folder / FIT} tells of; restore them.")
    if network is None:
        assert kind is not None
        return LinearPredictor(Linear.load(kind, folder / CHECKPOINT))
    # not from the record's counts: JSON sorts them
    positive = run.source.space.names.index(made.train.positive)
    fresh = run.network(made.train.paired)
    return NetworkPredictor(made, network, fresh, positive, run.trainer, run.beginning.backbone_depends_on_seed)
