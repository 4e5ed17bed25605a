"""Scores a finished fit on another task, without training; rows without labels are predicted only."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Literal

import yaml

from exapt.errors import BadInput
from exapt.evaluation.predictions import write_unscored
from exapt.learning.devices import Devices
from exapt.record import RECORD, Fit
from exapt.settings import settings
from exapt.study.auditing import audit_run
from exapt.study.fitting import read_fit
from exapt.study.folder import SETTINGS, locked
from exapt.study.provenance import build
from exapt.study.recording import check_sides, predictor_of, score_and_record
from exapt.study.run import Finished, Run
from exapt.tasks.rows import RowTask
from exapt.tasks.task import Task

LOG = logging.getLogger("exapt")


@settings
class Predict:
    """One more score for a finished run, or predictions for rows that nobody has labelled.

    Attributes:
        fit: The run's folder.
        task: The task; its test split is scored and joins the run's record under the task's name. A table without
            labels (`columns.label` null) is predicted, and nothing else in the run's folder changes.
        trainer: Where to compute.
        data_dir: Folder with local data that task sheets refer to.
        audit: `stop` refuses a task in which an audit finds what would stop a run (see `Run`); `accept` scores it, and
            the record tells what was accepted. Rows without labels are not audited.
    """

    fit: str
    task: Task
    trainer: Devices
    data_dir: str | None = None
    audit: Literal["stop", "accept"] = "stop"

    def execute(self) -> Finished | Path:
        """Predict, score, and write the record with one score more.

        Returns:
            What the run has left; for a table without labels the file of predictions.

        Raises:
            BadInput: If the folder holds no finished run, or its model is no longer what it was.
        """
        self.trainer.join()
        folder = Path(self.fit)
        made = read_fit(folder)
        if made is None or not (folder / RECORD).exists():
            raise BadInput(
                f"fit: {folder} holds no finished run (no {RECORD}); finish it with the command that began it, or give "
                "another folder."
            )
        try:
            known = yaml.safe_load((folder / SETTINGS).read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise BadInput(f"{folder / SETTINGS}: cannot be read ({str(error).splitlines()[0]}); restore it.") from None
        try:
            run = build({**known, "targets": {}}) if isinstance(known, dict) else None
        except BadInput as error:
            raise BadInput(f"{folder / SETTINGS}: does not describe a run ({error}) Restore it.") from None
        if not isinstance(run, Run):
            raise BadInput(f"{folder / SETTINGS}: does not describe a run; restore it.")
        method = run.recipe.facts()
        other = [k for k, v in made.method.items() if k in method and k != "precision" and method[k] != v]
        if other or run.all_seeds() != made.seeds:
            what = f"method.{other[0]}" if other else "seeds"
            raise BadInput(f"{folder / SETTINGS}: its {what} is not that of the fit; restore it.")
        run = dataclasses.replace(
            run, targets={self.task.name: self.task}, trainer=self.trainer, keep_weights="best", audit=self.audit
        )
        facts = run.facts(made.train.paired)
        changed = [k for k, v in made.model.items() if k not in ("name", "hub") and facts.get(k) != v]
        if changed:
            raise BadInput(
                f"{folder}: the model's {changed[0]} is no longer what it was when the fit was made; restore the "
                "model's files."
            )
        if isinstance(self.task, RowTask) and not self.task.labelled:
            with locked(folder, self.trainer):
                return _predict_only(run, folder, made, self.task)
        audits = audit_run(run, made)
        with locked(folder, self.trainer):
            record = score_and_record(run, folder, made, run.encoder(), audits, source=False)
        return Finished(record, folder, trained=False)


def _predict_only(run: Run, folder: Path, made: Fit, task: RowTask) -> Path:
    """Predict rows without labels (or find it done) into a file of their own; the record stays as it is."""
    rows = task.unlabelled()
    check_sides(run, made.train.paired, task.name, rows.paired)
    path = folder / "unlabelled" / f"{task.name}-{rows.digest[:10]}-{made.weights[:6]}" / "predictions.parquet"
    if not run.trainer.decide(path.exists()):
        encoded = run.encoder().encode(rows, task.name)
        score = predictor_of(run, folder, made).trained(rows, encoded)
        if run.trainer.rank == 0:
            write_unscored(path, rows.frame["id"].tolist(), score, made.train.positive)
    LOG.info("%s: has no labels: %d rows are predicted, none is scored; see %s", task.name, len(rows), path)
    return path
