"""The self-test of the judge: all trials, dealt to processes, and whether its verdicts keep their targets."""

from __future__ import annotations

from dataclasses import dataclass, field

from exapt.study.selftest.planted import KINDS, Kind
from exapt.study.selftest.trial import Outcome, Trial, run
from exapt.trials import dealt

SIMULATED, TRAINED = 3, 2  # studies of each kind
WRONG = 20  # one of so many may be judged wrongly: two of the forty


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
        return Shown(self, dealt(run, self.trials(), self.workers, lambda outcome: outcome.trial.truth.said))


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
