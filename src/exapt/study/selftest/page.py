"""The self-test's result as text, 80 columns wide: a line for each planted truth, what was said instead, the totals."""

from __future__ import annotations

import textwrap

from exapt.study.selftest.planted import TRUTHS
from exapt.study.selftest.selftest import Shown
from exapt.study.selftest.trial import Outcome

WIDTH = 80


def shown_page(shown: Shown) -> str:
    """The page."""
    test = shown.test
    lines = [f"self-test of the judge: seed {test.seed}, {len(shown.outcomes)} planted claims", ""]
    lines.append(f"{'truth':23}{'expected verdict':27}{'simulated':13}trained")
    for kind in test.kinds:
        truth, simulated, trained = TRUTHS[kind], shown.of(kind, False), shown.of(kind, True)
        lines.append(f"{truth.said:23}{truth.wanted:27}{_share(simulated):13}{_share(trained)}".rstrip())
        for one in (*simulated, *trained):
            lines += [] if one.right else _instead(one)
    total = len(shown.outcomes)
    lines += ["", f"right: {shown.right} of {total} (wanted: {shown.least})"]
    lines += [f"supported though not true: {shown.false} (wanted: 0)"]
    return "\n".join([*lines, "", "targets met" if shown.met else "TARGETS MISSED"])


def _share(found: list[Outcome]) -> str:
    return f"{sum(one.right for one in found)} of {len(found)}" if found else "not tried"


def _instead(one: Outcome) -> list[str]:
    trial = one.trial
    which = f"{'trained' if trial.trained else 'simulated'} {trial.number + 1}"
    said = ", ".join((one.verdict, *one.qualifiers))
    reason = f": {one.reason}" if one.reason else ""
    return textwrap.wrap(f"{which} got: {said}{reason}", WIDTH, initial_indent="  ", subsequent_indent="    ")
