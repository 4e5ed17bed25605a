"""A verdict for the terminal: a block a target of at most 80 columns, with reasons and a table of arms."""

from __future__ import annotations

import math

from exapt.evaluation.rungs import BEST_BASELINE, HEADS
from exapt.report.card import CARD, to_do
from exapt.report.card_meaning import lottery_text
from exapt.report.card_tables import difference_to, seeds_of
from exapt.report.card_words import (
    TREATMENT,
    counted,
    either_way,
    failed,
    metric_of,
    named,
    published_text,
    reason_text,
    sizes,
)
from exapt.report.markdown import estimate
from exapt.report.terminal import WIDTH, cut, plain, wrapped
from exapt.ruling import Ruling, Target
from exapt.testimony import Arm, Reason

_REASONS, _FAULTS = 3, 3
_CLOSEST = "supported"  # its strongest reason is the closest call


def short(ruling: Ruling) -> str:
    """A verdict as plain ASCII text for the terminal, at most 80 columns wide.

    Per target: the verdict with its qualifiers, n, up to three reasons with their numbers, what to do where there is no
    verdict, how many seeds reach the published number, and a table of the treatment and of the arms it was compared
    with.
    """
    head = (
        f"{ruling.claim}: {ruling.model}, from {ruling.source}, {counted(ruling.seeds, 'seed')}; "
        f"{metric_of(ruling)}, margin {ruling.margin:g}"
    )
    lines = wrapped(head)
    if ruling.publication is not None:
        for said in published_text(ruling.publication):
            lines += wrapped(said)
    for target in ruling.targets:
        lines += ["", *_block(ruling, target)]
    return "\n".join([*lines, "", *_notes(ruling), f"{CARD} says what it means and does not mean."])


def _notes(ruling: Ruling) -> list[str]:
    faults = failed(ruling)
    lines = [line for one in faults[:_FAULTS] for line in wrapped(f"fault: {one.name}: {one.fault}")]
    if len(faults) > _FAULTS:
        lines.append(f"and {counted(len(faults) - _FAULTS, 'more fault')} in {CARD}")
    if ruling.accepted:
        lines += wrapped(f"Accepted in the open: {counted(len(ruling.accepted), 'flaw')}.")
    if ruling.chosen:
        lines += wrapped(f"Chosen on labels of the target: {'; '.join(ruling.chosen)}.")
    return lines


def _block(ruling: Ruling, target: Target) -> list[str]:
    verdict = target.verdict.upper() + "".join(f", {name}" for name in target.qualifiers)
    made = ", generated" if target.generated else ""
    lines = wrapped(f"{target.target}: {verdict} ({sizes(target)}{made})")
    reasons = sorted(target.reasons, key=lambda reason: _strength(target, reason))
    for reason in reasons[:_REASONS]:
        lines += wrapped(reason_text(ruling, target, reason), "  - ", "    ")
    if len(reasons) > _REASONS:
        lines.append(f"  - {counted(len(reasons) - _REASONS, 'more reason')} in {CARD}")
    for step in to_do(ruling, target):
        lines += wrapped(step, "  > ", "    ")
    if target.lottery is not None:
        lines += wrapped(lottery_text(target), "  ", "  ")
    lines += _table(ruling, target)
    for said in either_way(target):
        lines += wrapped(said, "  ", "  ")
    return lines


def _strength(target: Target, reason: Reason) -> float:
    """Smallest first: of a refutation the lowest upper bound, of a support the closest call; the rest as they stand."""
    if reason.number is None or target.verdict not in (_CLOSEST, "shortcut", "not supported"):
        return -math.inf
    found = reason.number.low if target.verdict == _CLOSEST else reason.number.high
    return math.inf if found is None else found


def _table(ruling: Ruling, target: Target) -> list[str]:
    arms = [arm for arm in target.arms if arm.arm == TREATMENT or difference_to(target, arm)]
    if not arms:
        return []
    rows = [("arm", f"{metric_of(ruling)} [95%]", "seeds", "treatment less it")]
    rows += [(_name(arm), estimate(arm.value), _seeds(arm), difference_to(target, arm)) for arm in arms]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    widths[0] = min(widths[0], max(WIDTH - 2 - sum(widths[1:]) - 6, 8))
    lines = []
    for name, *numbers in rows:
        flush = [text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True)]
        lines.append("  ".join(["", cut(name, widths[0]).ljust(widths[0]), *flush]).rstrip())
    return lines


def _name(arm: Arm) -> str:
    """Of the trivial baselines the best alone is shown: its own name says more."""
    return plain(arm.what if arm.arm == BEST_BASELINE and arm.what else named(arm))


def _seeds(arm: Arm) -> str:
    return seeds_of(arm) if arm.seeds or arm.arm == HEADS else "-"
