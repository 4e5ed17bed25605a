"""The fit of a run: finished before and read, or made (or continued) now."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from exapt.errors import BadInput
from exapt.evaluation.scores import threshold_for
from exapt.features.trivial import trivial_scores
from exapt.files import write_json
from exapt.learning.fit import Fitted, fit
from exapt.learning.resume import RESUME
from exapt.learning.trackers import Mirror
from exapt.record import RECORD, Fit, read_record
from exapt.study.arms import linear_kind
from exapt.study.folder import add_timing, first_asked
from exapt.study.linear import Linear
from exapt.study.materials import Material
from exapt.study.overlap import write_sides
from exapt.study.provenance import settings_of, weights_digest, without_secrets

if TYPE_CHECKING:
    from exapt.study.run import Run

LOG = logging.getLogger("exapt")
FIT = "fit.json"
CHECKPOINT = "checkpoint"


def obtain_fit(
    run: Run, folder: Path, key: str, parts: dict[str, Any], train: Material, dev: Material
) -> tuple[Fit, bool]:
    """The run's fit, and whether it was trained now.

    A finished fit whose weights were not kept is trained again where something is still to be scored: the same to the
    bit, or refused.

    Args:
        run: The run.
        folder: Its folder, locked.
        key: Its identity.
        parts: `arm`, `model`, `method`, `precision`, `seeds` for the record.
        train: The source's train split.
        dev: The source's dev split.

    Raises:
        BadInput: If a fit that is trained again gives other weights than before.
    """
    if run.trainer.rank == 0:
        write_sides(folder, train.examples)
    known = run.trainer.decide(read_fit(folder))
    gone = known is not None and run.trainer.decide(_dropped(folder) and _to_score(run, folder))
    if known is not None and not gone:
        if run.trainer.rank == 0:
            shutil.rmtree(folder / RESUME, ignore_errors=True)  # of a process killed right after fit.json
        LOG.info("%s: finished before, its fit is reused", folder)
        return known, False
    again = " again, since its weights were not kept," if gone else ""
    LOG.info("%s: training%s on %d examples of %s", folder, again, len(train.examples), run.source.name)
    began = time.perf_counter()
    kind = linear_kind(run.arm)
    if kind is None:
        fitted = _fit_network(run, folder, key, parts, train, dev)
        history, best, rate = fitted.history, fitted.best, fitted.examples_per_second
    else:
        model = Linear.trained(kind, train.examples)
        best = model.dev_row(dev.examples)
        history, rate = [best], len(train.examples) / (time.perf_counter() - began)
    if run.trainer.rank == 0:
        if kind is None:
            keep(fitted.weights, folder / CHECKPOINT)
        else:
            model.save(folder / CHECKPOINT)
        baselines = trivial_scores(dev.examples).items()
        made = Fit(
            identity=key, **parts, train=train.data, dev=dev.data, history=history, best=best,
            weights=weights_digest(folder / CHECKPOINT),
            thresholds={name: threshold_for(dev.examples.positive, values) for name, values in baselines},
        )  # fmt: skip
        if known is None:
            write_json(folder / FIT, made.model_dump(mode="json"))
        shutil.rmtree(folder / RESUME, ignore_errors=True)
        add_timing(folder, "fit", time.perf_counter() - began, rate)
        if known is not None and made.weights != known.weights:
            shutil.rmtree(folder / CHECKPOINT)
    found = run.trainer.decide(read_fit(folder))
    if found is None:
        raise RuntimeError(f"{folder / FIT} was not written")
    if run.trainer.decide(not (folder / CHECKPOINT).exists()):
        raise BadInput(
            f"{folder}: its weights were not kept (keep_weights=none), and training it again gives others (on another "
            "machine, or with other libraries); give another folder with out=DIR."
        )
    return found, True


def _dropped(folder: Path) -> bool:
    """Whether a finished fit's weights are not there because they were not to be kept; others were moved or lost."""
    return not (folder / CHECKPOINT).exists() and first_asked(folder, "keep_weights") == "none"


def _to_score(run: Run, folder: Path) -> bool:
    """Whether a task of the run is not in the record."""
    if not (folder / RECORD).exists():
        return True
    scored = {score.data.digest for score in read_record(folder).scores.values()}
    return any(task.load("test").digest not in scored for task in (run.source, *run.targets.values()))


def _fit_network(run: Run, folder: Path, key: str, parts: dict[str, Any], train: Material, dev: Material) -> Fitted:
    space = run.source.space
    network = run.network(train.examples.paired)
    tokenizer = run.model.tokenizer()

    def save(place: Path) -> None:
        network.save(place)
        tokenizer.save_pretrained(place)

    title = f"{run.title}-{key[:10]}"
    trackers = Mirror.start(run.logger, folder, title, key, without_secrets(settings_of(run)), run.trainer)
    status = "failed"
    try:
        fitted = fit(
            network, train.split, dev.split, method=run.recipe, precision=parts["precision"],
            positive=space.names.index(space.positive), order_seed=run.all_seeds()["order"], devices=run.trainer,
            folder=folder, save=save, trackers=trackers, title=run.title,
        )  # fmt: skip
        status = "success"
    finally:
        for tracker in trackers:
            tracker.finish(status)  # also of a failed fit: the next one of a sweep begins one of its own
    return fitted


def read_fit(folder: Path) -> Fit | None:
    """The finished fit of a run's folder, or None.

    Raises:
        BadInput: If there is one that cannot be read.
    """
    file = folder / FIT
    if not file.exists():
        return None
    try:
        return Fit.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInput(
            f"{file}: cannot be read as a fit ({str(error).splitlines()[0]}); restore it or move the folder away."
        ) from None


def keep(weights: Path, place: Path) -> None:
    """Copy the best weights to their last place; in one step, so that the place holds all of them or does not exist."""
    part = place.with_name(place.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(weights, part)
    shutil.rmtree(place, ignore_errors=True)  # of a process killed before fit.json: the same bytes
    part.rename(place)
