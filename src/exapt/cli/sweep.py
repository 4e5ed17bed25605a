"""A sweep's cells, wherever a launcher runs them: what each has to say, and the folder in which they leave it."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from exapt.cli.launch import speak
from exapt.cli.outcome import Outcome
from exapt.cli.words import readable

LOG = logging.getLogger("exapt")
PREFIX = "exapt-sweep-"
RUNS = ("run", "claim")  # verbs whose `out` holds folders of runs; another's is what it makes, or nothing
SUBMITIT = "submitit"  # its jobs run on other machines, each with a log of its own


class Shared(Callback):
    """Chooses a sweep's folder, once Hydra knows its launcher: other machines do not see this one's temporary files.

    Attributes:
        folder: The folder of the sweep that runs, None before it is known.
    """

    folder: ClassVar[Path | None] = None

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        before = Shared.folder = Path(config.hydra.sweep.dir)
        if SUBMITIT not in config.hydra.launcher._target_ or not before.name.startswith(PREFIX):
            return
        folder = Path(config.out if config.hydra.job.config_name in RUNS else ".") / f".{before.name}"
        config.hydra.sweep.dir = str(folder)
        words = config.hydra.overrides.hydra  # a job's process composes anew, from these
        words[list(words).index(_place(before))] = _place(folder)
        Shared.folder = folder
        speak()
        LOG.info(f"{folder}: what the cells say while they run; kept if one of them fails")


def process() -> str:
    """This process, as no other on any machine is called."""
    return f"{socket.gethostname()}:{os.getpid()}"


def leave(outcome: Outcome) -> None:
    """Leave how a cell ended for the process that started the sweep; a job's own log holds it too."""
    hydra = HydraConfig.get()
    if SUBMITIT in hydra.launcher._target_:
        outcome.tell()
    outcome.write(Path(hydra.sweep.dir) / f"cell-{hydra.job.num:06}.json")


@contextmanager
def swept(outcomes: list[Outcome]) -> Iterator[list[str]]:
    """Hydra's settings for a sweep; at its end, what the cells in other processes left is told and added.

    Args:
        outcomes: Takes how the cells ended, in their order.
    """
    Shared.folder, whole = None, False
    with tempfile.TemporaryDirectory(prefix=PREFIX) as litter:
        try:
            # a job is called as the program, not as its file
            yield [
                _place(Path(litter)),
                "hydra.job.name=exapt",
                f"+hydra.callbacks.exapt._target_={__name__}.{Shared.__name__}",
            ]
            whole = True
        finally:
            folder = Shared.folder or Path(litter)
            for file in sorted(folder.glob("cell-*.json")):
                outcomes.append(Outcome.read(file))
                outcomes[-1].tell()
                file.unlink()  # a folder that the user chose may serve again
            if folder.name == f".{Path(litter).name}":
                _clear(folder, whole and not any(outcome.code for outcome in outcomes))


def _place(folder: Path) -> str:
    return f"hydra.sweep.dir={readable(str(folder))}"


def _clear(folder: Path, well: bool) -> None:
    """Drop a shared folder, unless a user may want to read it, or jobs that still wait or run need it."""
    if well or not any(folder.rglob("*_submitted.pkl")):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        LOG.info(f"{folder}: kept, with what each job said in .submitit; one that has not ended goes on")
