"""An audit's page as text: one line per check, and under what is not in order what it means and what to do."""

from __future__ import annotations

import textwrap
from itertools import groupby

from exapt.findings import Finding, Page

WIDTH = 80
_NAME, _NUMBER = 27, 9
_MARKS = {"pass": "pass", "skip": "skip", "warn": "WARN", "fail": "FAIL"}


def findings_page(page: Page) -> str:
    """The page, at most 80 columns wide."""
    sizes = ", ".join(f"{count:,} {split}" for split, count in page.examples.items())
    head = [f"audit of {page.task}: {sizes}; seed {page.seed}"]
    if page.model:
        head.append(f"tokenizer of {page.model}")
    head.append(f"declared as signal: {', '.join(page.signal) or 'nothing'}")
    lines = [line for text in head for line in textwrap.wrap(text, WIDTH, subsequent_indent="  ")]
    for family, findings in groupby(page.findings, key=lambda finding: finding.family):
        lines += ["", family]
        for finding in findings:
            lines += _lines(finding)
    return "\n".join([*lines, "", *textwrap.wrap(_sum(page), WIDTH)])


def _lines(finding: Finding) -> list[str]:
    number = "" if finding.value is None else _number(finding.value)
    bound = "" if finding.low is None else f"> {_number(finding.low)}"
    against = "" if finding.threshold is None else f"bar {_number(finding.threshold)}"
    line = f"  {_MARKS[finding.level]}  {finding.check:{_NAME}}{number:>{_NUMBER}}  {bound:10}{against}".rstrip()
    shown = [line]
    if finding.level == "pass":
        return shown
    for text in (finding.said, finding.remedy and f"do: {finding.remedy}"):
        shown += textwrap.wrap(text, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8) if text else []
    return shown


def _number(value: float) -> str:
    """Shares and areas with four decimals where they are small, counts as they are."""
    if abs(value) >= 1000 or (value == int(value) and abs(value) > 1):
        return f"{value:,.0f}"
    return f"{value:.4f}" if abs(value) < 0.1 else f"{value:.3f}"


def _sum(page: Page) -> str:
    passport = page.passport()
    if not passport.failed and not passport.warned:
        return "Nothing found."
    parts = []
    if passport.failed:
        parts.append(f"{len(passport.failed)} failed ({', '.join(passport.failed)})")
    if passport.warned:
        parts.append(f"{len(passport.warned)} warned ({', '.join(passport.warned)})")
    stops = f" A run on this task stops at: {', '.join(passport.stops)}." if passport.stops else ""
    return f"{'; '.join(parts)}.{stops}"
