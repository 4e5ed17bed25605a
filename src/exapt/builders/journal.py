"""What a build did: counts of what was found and left out, seconds of its steps, every call of an outside program."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Journal:
    """Filled while a task is built; its content ends in the manifest.

    Attributes:
        counts: By name, in the order of first mention.
        seconds: Of each step.
        calls: One entry a call of an outside program: program, parameters, queries, subjects, hits, seconds.
        notes: Sentences that a reader of the manifest must know, such as a warning about a split.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}
        self.calls: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self._begun = time.perf_counter()

    def count(self, found: Mapping[str, int]) -> None:
        """Add to the counts."""
        self.counts.update(found)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add the seconds inside this context to a step."""
        begun = time.perf_counter()
        yield
        self.seconds[step] = round(self.seconds.get(step, 0.0) + time.perf_counter() - begun, 2)

    def call(
        self, program: str, parameters: Mapping[str, Any], queries: int, subjects: int, seconds: float, hits: int
    ) -> None:
        """Note a call of an outside program."""
        self.calls.append({
            "program": program, "parameters": dict(parameters), "queries": queries, "subjects": subjects,
            "hits": hits, "seconds": round(seconds, 2),
        })  # fmt: skip

    def for_manifest(self) -> dict[str, Any]:
        """The content, JSON-ready; `seconds` and the seconds of calls are all that differs in a second build."""
        return {
            "counts": dict(self.counts),
            "notes": self.notes,
            "calls": self.calls,
            "seconds": {
                **self.seconds,
                "outside programs": round(sum(call["seconds"] for call in self.calls), 2),
                "all": round(time.perf_counter() - self._begun, 2),
            },
        }
