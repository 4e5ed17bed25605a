"""One trial of the judge: a planted study, made or trained in a folder of its own, and what the judge said of it."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exapt.study import judging
from exapt.study.claiming import Worked, work
from exapt.study.selftest.planted import TRUTHS, Kind, Planted, Truth, planted
from exapt.study.selftest.simulated import simulated


@dataclass(frozen=True)
class Trial:
    """A study to be judged.

    Attributes:
        kind: What is true of it.
        number: Which of its kind.
        trained: Whether it goes through real training.
        seed: The self-test's.
    """

    kind: Kind
    number: int
    trained: bool
    seed: int

    @property
    def truth(self) -> Truth:
        """What is true of it, and what the judge must say."""
        return TRUTHS[self.kind]


@dataclass(frozen=True)
class Outcome:
    """What the judge said.

    Attributes:
        trial: Of which study.
        verdict: The verdict.
        qualifiers: What was added to it.
        reason: The first reason.
    """

    trial: Trial
    verdict: str
    qualifiers: tuple[str, ...]
    reason: str

    @property
    def right(self) -> bool:
        """Whether it is the expected verdict; one that refutes a claim must also say whether the score is inverted."""
        truth = self.trial.truth
        refuted = truth.verdict == "not supported"
        return self.verdict == truth.verdict and (not refuted or ("inverted" in self.qualifiers) == truth.inverted)

    @property
    def false(self) -> bool:
        """Whether a claim was supported that must not be."""
        return self.verdict == "supported" and self.trial.truth.verdict != "supported"


def run(trial: Trial) -> Outcome:
    """Make the records of a study and let the judge see them."""
    study = planted(trial.kind, trial.number, trial.trained, trial.seed)
    with tempfile.TemporaryDirectory(prefix="exapt-self-test-") as folder, _alone(Path(folder)):
        worked = trained(study, Path(folder)) if trial.trained else simulated(study, Path(folder))
        target = judging.rule([worked])[0].targets[0]
    reason = target.reasons[0].said if target.reasons else ""
    return Outcome(trial, target.verdict, tuple(target.qualifiers), reason)


def trained(study: Planted, out: Path) -> Worked:
    """The runs of a study's claim, trained into a folder."""
    return work(study.claim(out))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A cache that goes with the trial, and no word of what the runs warn of: it was planted."""
    logger, before = logging.getLogger("exapt"), os.environ.get("EXAPT_CACHE")
    level = logger.level
    os.environ["EXAPT_CACHE"] = str(folder / "cache")
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
        if before is None:
            del os.environ["EXAPT_CACHE"]
        else:
            os.environ["EXAPT_CACHE"] = before
