"""All flaws of the self-test, in the order of the checks, and the checks that are no detectors of flaws."""

from __future__ import annotations

from exapt.audit.names import CHECKS
from exapt.audit.selftest.flaw import Flaw
from exapt.audit.selftest.flaws_labels import LABELS
from exapt.audit.selftest.flaws_leaks import LEAKS
from exapt.audit.selftest.flaws_likeness import LIKENESS
from exapt.audit.selftest.flaws_marks import MARKS
from exapt.audit.selftest.flaws_tokens import TOKENS
from exapt.findings import Finding

# numbers to plan with or to compare with: no flaw makes them alarm
NUMBERS = ("power", "strongest shortcut", "reach", "matched remainder")

FLAWS: tuple[Flaw, ...] = tuple(
    sorted((*LABELS, *LEAKS, *MARKS, *LIKENESS, *TOKENS), key=lambda flaw: list(CHECKS).index(flaw.check))
)


def alarms(findings: list[Finding]) -> list[str]:
    """The checks that alarm: those that warn or fail.

    Neither a declared signal (it warns that the task is what its sheet says it is) nor `power` (a plan, not a flaw) is
    an alarm.
    """
    return [
        finding.check
        for finding in findings
        if finding.level in ("warn", "fail") and finding.check != "power" and not finding.facts.get("signal")
    ]
