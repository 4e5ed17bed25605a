"""What an audit finds: one line per check, the page of all of them, and the passport that goes into a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from exapt.estimates import Part

SCHEMA: Literal[1] = 1
Level = Literal["pass", "skip", "warn", "fail"]
LEVELS: tuple[Level, ...] = ("pass", "skip", "warn", "fail")  # from good to bad
Family = Literal["labels", "leakage", "shortcuts", "reach", "power", "tokens"]
CONTRADICTORY = "contradictory labels"
SHOWN = 10  # ids of examples that a finding names


class Finding(Part):
    """The result of one check.

    Attributes:
        check: The check's name, such as "contradictory labels"; the docs have a page of this name.
        family: What kind of check it is.
        level: `pass`; `skip` if the task offers nothing to look at; `warn`; `fail`.
        value: The number, in the check's own unit (a share from 0 to 1, an AUROC, a count); None if skipped.
        low: Lower bound of `value`'s interval, where it has one.
        high: Upper bound.
        threshold: What `value` (or `low`) must not exceed, or must reach.
        n: Examples that were looked at.
        said: What the number is, in words that fit a line.
        remedy: What to do about it; empty if there is nothing to do.
        stops: Whether a failure stops a run that does not accept it.
        ids: Up to ten examples that show it.
        facts: Further numbers, JSON-ready.
    """

    check: str
    family: Family
    level: Level
    value: float | None = None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    n: int = 0
    said: str
    remedy: str = ""
    stops: bool = False
    ids: list[str] = Field(default_factory=list, max_length=SHOWN)
    facts: dict[str, Any] = Field(default_factory=dict)


class Passport(Part):
    """An audit's summary in a record.

    Attributes:
        task: The task's name.
        digests: SHA-256 of the examples of each split that was looked at.
        seed: The audit's seed.
        level: The worst level of all checks.
        failed: Checks that failed.
        warned: Checks that warned.
        stops: Those of the failed ones that stop a run.
        signal: What the task's sheet declares as its signal.
        bar: AUROC of the strongest of the families that count as signal; a model is needed only above it. None if
            there is none.
        bar_from: That family.
        contradictory: Share (0 to 1) of rows whose pair stands under both labels; None where nobody looked.
    """

    task: str
    digests: dict[str, str]
    seed: int
    level: Level
    failed: list[str]
    warned: list[str]
    stops: list[str]
    signal: list[str]
    bar: float | None = None
    bar_from: str | None = None
    # left out of the file where nobody looked, so that records of before stay as they were
    contradictory: float | None = Field(default=None, exclude_if=lambda value: value is None)


class Page(Part):
    """A whole audit, as `audit.json` holds it.

    Attributes:
        task: The task's name.
        model: Name of the model whose tokenizer was looked at; None without one.
        digests: SHA-256 of the examples of each split.
        examples: Number of examples of each split.
        signal: What the task's sheet declares as its signal.
        seed: Of everything that is drawn.
        findings: One per check, in the order in which they are printed.
        schema_version: Of this file.
    """

    task: str
    model: str | None
    digests: dict[str, str]
    examples: dict[str, int]
    signal: list[str]
    seed: int
    findings: list[Finding]
    schema_version: Literal[1] = SCHEMA

    @property
    def level(self) -> Level:
        """The worst level of all checks."""
        return worst(self.findings)

    def passport(self) -> Passport:
        """The summary."""
        failed = [f.check for f in self.findings if f.level == "fail"]
        own = [f for f in self.findings if f.family == "shortcuts" and f.facts.get("signal") and f.value]
        best = max(own, key=lambda f: f.value or 0.0, default=None)
        twice = next((f.value for f in self.findings if f.check == CONTRADICTORY and f.level != "skip"), None)
        return Passport(
            contradictory=twice, task=self.task, digests=self.digests, seed=self.seed, level=self.level, failed=failed,
            warned=[f.check for f in self.findings if f.level == "warn"],
            stops=[f.check for f in self.findings if f.level == "fail" and f.stops],
            signal=self.signal, bar=best.value if best else None, bar_from=best.check if best else None,
        )  # fmt: skip


def worst(findings: Sequence[Finding]) -> Level:
    """The worst level of some findings; `pass` of none."""
    return max((finding.level for finding in findings), key=LEVELS.index, default="pass")
