"""The progress bar of an audit: how many of its checks are done, and the name of what is looked at now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Told: TypeAlias = Callable[[float], None]  # takes the share of a long work that is done, 0 to 1


def quiet(share: float) -> None:
    """Tell nobody."""


class Bar:
    """A bar on stderr, on a terminal only; it is gone when the audit is done."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._bar = self._progress.add_task("", total=None)
        self._done, self._checks = 0, 0

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def expect(self, checks: int) -> None:
        """Say how many checks there will be."""
        self._progress.update(self._bar, total=checks)

    def begin(self, title: str, checks: int = 0) -> None:
        """Name what is done now; with `checks`, a step begins that has so many."""
        self._checks = checks or self._checks
        self._progress.update(self._bar, description=title, refresh=True)

    def within(self, share: float) -> None:
        """So much of the present step is done, 0 to 1."""
        self._progress.update(self._bar, completed=self._done + share * self._checks)

    def end(self) -> None:
        """The present step is done."""
        self._done += self._checks
        self._progress.update(self._bar, completed=self._done)
