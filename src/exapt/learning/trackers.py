"""Trackers are mirrors: they show a run elsewhere and may fail without harm to it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import Any

from pytorch_lightning.loggers import MLFlowLogger, TensorBoardLogger, WandbLogger
from pytorch_lightning.loggers.logger import Logger

from exapt.learning.devices import Devices

LOG = logging.getLogger("exapt")


def csv(folder: Path, name: str, identity: str) -> None:
    """No tracker beside `metrics.csv`, which every run writes."""


def tensorboard(folder: Path, name: str, identity: str) -> Logger:
    """Event files in the run's folder."""
    return TensorBoardLogger(save_dir=folder, name=None, version="tensorboard")


def wandb(folder: Path, name: str, identity: str, *, project: str = "exapt", offline: bool | None = None) -> Logger:
    """One Weights & Biases run per fit, named and resumed by the fit's identity.

    Args:
        folder: The run's folder; offline files go there.
        name: The run's name.
        identity: The fit's identity.
        project: Project on the server.
        offline: Write files only; None does so unless the user is logged in (WANDB_API_KEY, or a line in ~/.netrc).
    """
    if offline is None:
        offline = not _logged_in()
    return WandbLogger(save_dir=folder, name=name, id=identity[:16], project=project, offline=offline)


def _logged_in() -> bool:
    if os.environ.get("WANDB_MODE") == "offline":
        return False
    try:
        known = netrc().hosts
    except (OSError, NetrcParseError):
        known = {}
    return bool(os.environ.get("WANDB_API_KEY")) or any("wandb" in host for host in known)


def mlflow(folder: Path, name: str, identity: str, *, experiment: str = "exapt", store: str | None = None) -> Logger:
    """One MLflow run per fit in a sqlite store beside the runs.

    Args:
        folder: The run's folder.
        name: The run's name.
        identity: The fit's identity, kept as a tag.
        experiment: MLflow's experiment.
        store: Tracking URI; None is `mlflow.db` beside the run's folder.
    """
    from mlflow import MlflowClient

    uri = store or f"sqlite:///{(folder.parent / 'mlflow.db').resolve()}"
    client = MlflowClient(uri)
    known = client.get_experiment_by_name(experiment)
    # a fit that was killed goes on in its own run
    found = client.search_runs([known.experiment_id], f"tags.identity = '{identity}'") if known else []
    return MLFlowLogger(
        experiment_name=experiment, run_name=name, tracking_uri=uri, tags={"identity": identity},
        run_id=found[0].info.run_id if found else None,
    )  # fmt: skip


class Mirror(Logger):
    """A tracker whose first failure is said and whose further work is left out."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self.logger: Logger | None = logger

    @classmethod
    def start(
        cls,
        make: Callable[..., Logger | None] | None,
        folder: Path,
        name: str,
        identity: str,
        settings: dict[str, Any],
        devices: Devices,
    ) -> list[Mirror]:
        """Open a tracker on the first process; none where none is asked for or it fails."""
        if make is None or devices.rank != 0:
            return []
        try:
            logger = make(folder, name, identity)
        except Exception as error:
            _say("opened", error)
            return []
        if logger is None:
            return []
        mirror = cls(logger)
        mirror.log_hyperparams(settings)
        return [mirror]

    def _try(self, what: str, work: Callable[[Logger], Any]) -> None:
        if self.logger is None:
            return
        try:
            work(self.logger)
        except Exception as error:
            _say(what, error)
            self.logger = None

    @property
    def name(self) -> str | None:
        """The tracker's own name."""
        return self.logger.name if self.logger else None

    @property
    def version(self) -> int | str | None:
        """The tracker's own version."""
        return self.logger.version if self.logger else None

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Pass on the run's settings."""
        self._try("given the settings", lambda logger: logger.log_hyperparams(params))

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Pass on metrics."""
        self._try("written to", lambda logger: logger.log_metrics(metrics, step))

    def finish(self, status: str = "success") -> None:
        """Close the tracker with `success` or `failed`, so that the next run of a sweep begins one of its own."""

        def close(logger: Logger) -> None:
            logger.finalize(status)
            finish = getattr(logger.experiment, "finish", None)  # type: ignore[attr-defined]
            if callable(finish):
                finish()

        self._try("closed", close)


def _say(what: str, error: Exception) -> None:
    reason = " ".join(str(error).split())[:200]
    LOG.warning(
        "the tracker could not be %s (%s: %s); the run goes on, its record is the truth.",
        what,
        type(error).__name__,
        reason,
    )
