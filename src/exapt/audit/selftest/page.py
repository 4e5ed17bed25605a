"""The self-test's result as text, 80 columns wide: one line per flaw, the totals, and what clean tasks showed."""

from __future__ import annotations

import textwrap
from collections import Counter

from exapt.audit.selftest.catalogue import FLAWS, NUMBERS
from exapt.audit.selftest.rows import KINDS
from exapt.audit.selftest.selftest import ENOUGH, FALSE, Verdict
from exapt.audit.selftest.trial import Clean

WIDTH = 80
_NAMES = {"text": "text", "dna": "DNA", "coding": "coding"}
_FOUND = {True: "found", False: "MISSED", None: "-"}


def verdict_page(verdict: Verdict) -> str:
    """The page."""
    test = verdict.test
    weak, strong = verdict.cells(False), verdict.cells(True)
    lines = [
        f"self-test of the audit: seed {test.seed}, n = {test.rows:,} rows a task",
        "",
        f"{'':28}{'weak':24}strong",
        f"{'flaw (the check to find it)':28}" + "".join(f"{_NAMES[kind]:8}" for kind in (*KINDS, *KINDS)),
    ]
    tried = {cell.check for cell in weak}
    for flaw in FLAWS:
        if flaw.check not in tried:
            continue
        line = f"{flaw.check:28}"
        for cells in (weak, strong):
            own = {cell.kind: found for cell, found in cells.items() if cell.check == flaw.check}
            line += "".join(f"{_FOUND[own.get(kind)]:8}" for kind in KINDS)
        lines.append(line.rstrip())
    lines += ["", *_wrapped("also seen by (strong, in the first base): ", _also(verdict))]
    lines += ["", f"strong: {_share(list(strong.values()))} (wanted: all)"]
    lines += [f"weak:   {_share(list(weak.values()))} (wanted: {ENOUGH:.0%})"]
    lines += _clean(verdict)
    lines += ["", *_wrapped("", f"{', '.join(NUMBERS)}: numbers, no detectors of flaws; not tried.")]
    return "\n".join([*lines, "", "targets met" if verdict.met else "TARGETS MISSED"])


def _also(verdict: Verdict) -> str:
    told = {flaw.check: verdict.also(flaw.check) for flaw in FLAWS}
    return "; ".join(f"{check}: {', '.join(names)}" for check, names in told.items() if names) or "nobody"


def _clean(verdict: Verdict) -> list[str]:
    trials = [outcome.trial for outcome in verdict.clean]
    counted = Counter(f"{_NAMES[t.kind]}, {t.labels}" for t in trials if isinstance(t, Clean))
    looked = sum(outcome.looked for outcome in verdict.clean)
    lines = [f"clean:  {verdict.false} alarms in {looked:,} checks of {len(verdict.clean)} tasks (at most {FALSE})"]
    kinds = "; ".join(f"{count} {name}" for name, count in sorted(counted.items()))
    lines += textwrap.wrap(f"tasks: {kinds}", WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    if verdict.clean and verdict.test.data_dir is None:
        lines += [" " * 8 + "no data_dir: none from real data, those are generated instead"]
    for outcome in verdict.clean:
        trial = outcome.trial
        if isinstance(trial, Clean):
            where = f"clean task {trial.number} ({_NAMES[trial.kind]}, {trial.labels})"
            lines += [f"{'':8}alarm: {check} in {where}" for check in outcome.alarms]
    return lines


def _share(found: list[bool]) -> str:
    return f"{sum(found)} of {len(found)} cells found, {sum(found) / max(len(found), 1):.1%}"


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(head + text, WIDTH, subsequent_indent="  ")
