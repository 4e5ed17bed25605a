"""The self-test of the judge: all trials, dealt to processes, and whether its verdicts keep their targets."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from exapt.study.selftest.planted import KINDS, Kind
from exapt.study.selftest.trial import Outcome, Trial, run

SIMULATED, TRAINED = 3, 2  # studies of each kind
WRONG = 20  # one of so many may be judged wrongly: two of the forty
# several processes share the cores: the libraries of each take one thread
_ALONE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "TTY_COMPATIBLE": "0"}


@dataclass(frozen=True)
class SelfTest:
    """What is tried.

    Attributes:
        seed: Of everything that is drawn.
        kinds: What is planted.
        trained: Whether studies go through real training, too.
        workers: Processes; 0 works in this one.
    """

    seed: int = 0
    kinds: tuple[Kind, ...] = KINDS
    trained: bool = True
    workers: int = 2

    def trials(self) -> list[Trial]:
        """All trials, those of real training first, since they take longest."""
        trained = [
            Trial(kind, n, True, self.seed) for kind in self.kinds for n in range(TRAINED if self.trained else 0)
        ]
        return [*trained, *(Trial(kind, n, False, self.seed) for kind in self.kinds for n in range(SIMULATED))]

    def execute(self) -> Shown:
        """Run all trials, with a progress bar on a terminal."""
        trials, found = self.trials(), {}
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            bar = progress.add_task("claims", total=len(trials))
            for outcome in self._outcomes(trials):
                found[outcome.trial] = outcome
                progress.update(bar, advance=1, description=outcome.trial.truth.said)
        return Shown(self, [found[trial] for trial in trials])

    def _outcomes(self, trials: Sequence[Trial]) -> Iterator[Outcome]:
        if self.workers < 1:
            yield from map(run, trials)
            return
        before = {name: os.environ.get(name) for name in _ALONE}
        os.environ.update(_ALONE)  # read when a worker's libraries are imported
        try:
            with ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn")) as pool:
                waiting = [pool.submit(run, trial) for trial in trials]
                try:
                    for done in as_completed(waiting):
                        yield done.result()
                except BaseException:
                    pool.shutdown(cancel_futures=True)
                    raise
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


@dataclass(frozen=True)
class Shown:
    """What the self-test showed.

    Attributes:
        test: What was tried.
        outcomes: One per trial, in their order.
    """

    test: SelfTest
    outcomes: list[Outcome] = field(repr=False)

    def of(self, kind: Kind, trained: bool) -> list[Outcome]:
        """The outcomes of a kind, of real training or of simulated records."""
        return [one for one in self.outcomes if one.trial.kind == kind and one.trial.trained is trained]

    @property
    def right(self) -> int:
        """Number of trials with the expected verdict."""
        return sum(one.right for one in self.outcomes)

    @property
    def least(self) -> int:
        """Number of right verdicts that is wanted: 38 of 40."""
        return len(self.outcomes) - len(self.outcomes) // WRONG

    @property
    def false(self) -> int:
        """Number of claims that were supported and must not be."""
        return sum(one.false for one in self.outcomes)

    @property
    def met(self) -> bool:
        """Whether enough verdicts are right, and none supports what is not true."""
        return self.right >= self.least and self.false == 0
