"""The self-test: every flaw in every base at both strengths, and clean tasks, dealt to worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exapt.audit.selftest.bases import ROWS
from exapt.audit.selftest.catalogue import FLAWS
from exapt.audit.selftest.rows import KINDS
from exapt.audit.selftest.trial import Cell, Clean, Labels, Outcome, Trial, run
from exapt.trials import dealt

CLEAN, REAL = 200, 50  # clean tasks, and how many of them are from real data
ENOUGH = 0.9  # share of weak cells to be found
FALSE = 1  # alarms on all clean tasks together, at most


@dataclass(frozen=True)
class SelfTest:
    """What is tried.

    Attributes:
        seed: Of everything that is drawn.
        data_dir: Folder of real data; None makes all clean tasks by rule.
        skip: Checks that are switched off.
        rows: Of every task.
        clean: Number of clean tasks; a quarter of them is real where there is data.
        workers: Processes; 0 works in this one.
        checks: Flaws to plant, by their checks; None plants all.
    """

    seed: int = 0
    data_dir: Path | None = None
    skip: tuple[str, ...] = ()
    rows: int = ROWS
    clean: int = CLEAN
    workers: int = 2
    checks: tuple[str, ...] | None = None

    def trials(self) -> list[Trial]:
        """All trials, the longest first."""
        return [*self._clean(), *self._cells()]

    def execute(self) -> Verdict:
        """Run all trials, with a progress bar on a terminal."""
        return Verdict(self, dealt(run, self.trials(), self.workers, lambda outcome: "self-test"))

    def _cells(self) -> Iterator[Cell]:
        for flaw in FLAWS:
            if self.checks is not None and flaw.check not in self.checks:
                continue
            for kind in flaw.bases:
                for strong in (False, True):
                    whole = strong and kind == flaw.bases[0]
                    yield Cell(flaw.check, kind, strong, self.seed, self.rows, self.skip, whole)

    def _clean(self) -> Iterator[Clean]:
        real = self.clean * REAL // CLEAN
        for number in range(self.clean):
            labels: Labels = "true" if number % 2 else "drawn"
            data, loose = None, number % 4 == 2
            if number >= self.clean - real:
                labels, data, loose = "real" if self.data_dir else "drawn", self.data_dir, number % 2 == 1
            kind = KINDS[number % len(KINDS)]
            yield Clean(number, kind, labels, self.seed, self.rows, self.skip, data, loose)


@dataclass(frozen=True)
class Verdict:
    """What the self-test showed.

    Attributes:
        test: What was tried.
        outcomes: One per trial, in their order.
    """

    test: SelfTest
    outcomes: list[Outcome] = field(repr=False)

    def cells(self, strong: bool) -> dict[Cell, bool]:
        """Of the cells of a strength, whether the flaw's own check alarmed."""
        return {
            outcome.trial: outcome.trial.check in outcome.alarms
            for outcome in self.outcomes
            if isinstance(outcome.trial, Cell) and outcome.trial.strong is strong
        }

    def also(self, check: str) -> list[str]:
        """The other checks that see a flaw, in the base where all looked."""
        return [
            name
            for outcome in self.outcomes
            if isinstance(outcome.trial, Cell) and outcome.trial.whole and outcome.trial.check == check
            for name in outcome.alarms
            if name != check
        ]

    @property
    def clean(self) -> list[Outcome]:
        """The outcomes of clean tasks."""
        return [outcome for outcome in self.outcomes if isinstance(outcome.trial, Clean)]

    @property
    def false(self) -> int:
        """Alarms on clean tasks, all checks of all tasks together."""
        return sum(len(outcome.alarms) for outcome in self.clean)

    @property
    def met(self) -> bool:
        """Whether all strong flaws and at least 90% of the weak were found, and clean tasks made one alarm at most."""
        weak, strong = self.cells(False), self.cells(True)
        return all(strong.values()) and sum(weak.values()) >= ENOUGH * len(weak) and self.false <= FALSE
