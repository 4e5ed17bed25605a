"""A progress bar around a loop over many sequences."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def watched(items: Sequence[T], title: str) -> Iterator[T]:
    """The items, one by one, while a bar on stderr follows; on a terminal only, and only where there are many."""
    console = Console(stderr=True)  # a bar that is not on a terminal leaves an empty line
    if not console.is_terminal or len(items) < 10_000:
        yield from items
    else:
        yield from track(items, title, console=console, transient=True)
