"""What audits said of a run's tasks before it was trained: a line a task, for the run's page."""

from __future__ import annotations

from exapt.findings import Passport
from exapt.record import Record
from exapt.report.markdown import inline, join, number


def audits(record: Record) -> list[str]:
    """The parts of a page on audits; none for a record that was made without."""
    roles = {name: score.role for name, score in record.scores.items()}
    order = sorted(record.passports, key=lambda name: roles.get(name) != "source")
    if not order:
        return []
    return [
        "## Audits",
        "\n".join(f"- {inline(audit_line(name, record.passports[name]))}" for name in order),
        "Looked at before training: the splits that were used, by the checks of `exapt audit`. What stops a run (leaks "
        "between splits, erased or truncated input, contradictory labels, format shortcuts) was accepted in the open "
        "where it stands here; its numbers are under accepted flaws. What stands under failed stops nothing and is to "
        "be read beside the task's scores: a feature that failed tells the label without a model.",
    ]


def audit_line(name: str, passport: Passport) -> str:
    """A task's audit in a line: its level, what failed or was accepted, what warned, and the bar."""
    accepted = [check for check in passport.failed if check in passport.stops]
    failed = [check for check in passport.failed if check not in passport.stops]
    told = [
        f"{word} {join(checks)}"
        for word, checks in (("accepted", accepted), ("failed", failed), ("warned", passport.warned))
        if checks
    ]
    if passport.bar is not None:
        told.append(
            f"{passport.bar_from} alone reaches AUROC {number(passport.bar, 2)}, the bar for a model (declared signal)"
        )
    elif failed:
        told.append(
            "no bar for a model, as its declared signal has no number"
            if passport.signal
            else "no bar for a model, as no signal is declared"
        )
    return f"{name}: {passport.level}; {'; '.join(told) or 'nothing found'}"
