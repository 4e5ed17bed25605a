"""The verdict card of a claim as Markdown, for a sceptical reader who has one minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from exapt.evaluation.safeguards import LOST
from exapt.evaluation.verdict import SHARED
from exapt.files import write_atomically
from exapt.report.card_meaning import means, means_not
from exapt.report.card_tables import how, tables
from exapt.report.card_words import (
    ARMS,
    METRICS,
    RUNGS,
    WAITING,
    counted,
    failed,
    metric_of,
    published_text,
    reason_text,
    sizes,
    treatment_of,
)
from exapt.report.markdown import cell, estimate, inline, join, share, table
from exapt.ruling import Ruling, Target

CARD = "verdict.md"
_REASONS = 12


def card(ruling: Ruling) -> str:
    """A verdict as a Markdown page.

    Returns:
        The claim, the verdict on each target, where it was published, then by target the reasons, what they mean and do
        not mean, rungs, arms and seeds; last what was accepted, which runs are missing and how the numbers are made.
        Every name is escaped.
    """
    parts = [
        f"# Verdict: {cell(ruling.claim)}",
        inline(f"The claim: {ruling.statement}"),
        _summary(ruling),
        inline(_setup(ruling)),
        *_published(ruling),
    ]
    for target in ruling.targets:
        parts += _target(ruling, target)
    parts += ["## What was accepted or chosen", _accepted(ruling), "## Missing runs", *_missing(ruling)]
    parts += ["## How the numbers are made", *map(inline, how(ruling)), "## Rungs and arms", _glossary(ruling)]
    parts += ["## Versions", table(["package", "version"], sorted(ruling.versions.items()), text=2)]
    return "\n\n".join(parts) + "\n"


def write_card(folder: Path, ruling: Ruling) -> Path:
    """Write the card as `verdict.md` into a folder, atomically, and return its path."""
    path, text = folder / CARD, card(ruling)
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return path


def to_do(ruling: Ruling, target: Target) -> Iterator[str]:
    """What the user has to do where there is no verdict; nothing where there is one."""
    if target.verdict != "not run":
        return
    faults = failed(ruling)
    waiting = [one for one in ruling.cells if not one.run and one not in faults]
    unmeasured = [reason for reason in target.reasons if reason.said.startswith("not measured")]
    if faults:
        yield f"Ended in a fault: {counted(len(faults), 'run')}. Put right what stands beside each of the missing runs."
    if waiting:
        yield f"Not begun, or cut off: {counted(len(waiting), 'run')}."
    if unmeasured:
        yield "What was not measured stands in the records of finished runs and in the audits that they made first."
    if not faults and not waiting and len(unmeasured) < len(target.reasons):
        yield "A claimed rung needs all its arms with the treatment's seeds: take them out of leave_out, or claim less."
    yield f"Then run 'exapt claim {ruling.claim}' again: what is finished is kept."


def _published(ruling: Ruling) -> list[str]:
    found = ruling.publication
    if found is None:
        return ["The claim was published nowhere that it names."]
    said = list(published_text(found))
    if found.metric != ruling.metric:
        said.append(
            f"The contrasts below are in {metric_of(ruling)}, the published number in {METRICS[found.metric]}: "
            "they must not be compared directly."
        )
    return ["\n".join(f"- {inline(line)}" for line in said)]


def _summary(ruling: Ruling) -> str:
    header = ["target", "VERDICT", "qualifiers", f"treatment, {metric_of(ruling)} [95%]", "seeds", "n", "groups"]
    header.append("published")
    found, rows = ruling.publication, []
    published = (
        "nowhere" if found is None else f"{METRICS[found.metric]} {found.value:g}, {counted(found.seeds, 'seed')}"
    )
    for target in ruling.targets:
        own = treatment_of(target)
        rows.append(
            [
                _made(target), target.verdict.upper(), ", ".join(target.qualifiers) or "none",
                "not run" if own is None else estimate(own.value), len(own.seeds) if own else 0,
                *("not known" if count is None else f"{count:,}" for count in (target.n, target.groups)),
                published,
            ]
        )  # fmt: skip
    return table(header, rows, text=3) if rows else "No target was judged."


def _made(target: Target) -> str:
    return f"{target.target} (generated)" if target.generated else target.target


def _setup(ruling: Ruling) -> str:
    left = f" Left out: {join(ruling.left_out)}." if ruling.left_out else ""
    return (
        f"Model {ruling.model}, trained on {ruling.source}, {counted(ruling.seeds, 'seed')}. Claimed: "
        f"{join(ruling.claimed) or 'nothing'}.{left} Smallest difference that counts: {ruling.margin:g} "
        f"{metric_of(ruling)}."
    )


def _target(ruling: Ruling, target: Target) -> list[str]:
    qualified = "".join(f", {name}" for name in target.qualifiers)
    parts = [f"## {cell(_made(target))}", f"**{cell((target.verdict + qualified).upper())}**", inline(_facts(target))]
    parts += ["Why:", _list(_why(ruling, target))]
    if steps := list(to_do(ruling, target)):
        parts += ["What to do:", _list(steps)]
    parts += ["What it means:", _list(means(ruling, target))]
    parts += ["What it does not mean:", _list(means_not(ruling, target))]
    if target.notes:
        parts += ["Notes:", _list(target.notes)]
    return [*parts, *tables(ruling, target)]


def _why(ruling: Ruling, target: Target) -> Iterator[str]:
    """The reasons; of many runs that are not finished the first, since all stand among the missing runs."""
    shown = target.reasons[:_REASONS] if target.verdict == "not run" else target.reasons
    yield from (reason_text(ruling, target, reason) for reason in shown)
    if left := len(target.reasons) - len(shown):
        yield f"and {counted(left, 'reason')} more of this kind; all missing runs stand below."


def _facts(target: Target) -> str:
    positive = f"; class '{target.positive}' answers to the source's positive one" if target.positive else ""
    lost = "not measured" if target.lost is None else f"{share(target.lost)} (at most {share(LOST)} is allowed)"
    shared = "not measured" if target.shared is None else f"{share(target.shared)} (at most {share(SHARED)})"
    return (
        f"Test split: {sizes(target)}{positive}. Input that the tokenizer loses: {lost}. Rows with a side that the "
        f"source trains on: {shared}."
    )


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {inline(line)}" for line in lines) or "Nothing is said."


def _accepted(ruling: Ruling) -> str:
    lines = [f"Accepted in the open: {flaw}" for flaw in ruling.accepted]
    lines += [f"Chosen on labels of the target: {choice}" for choice in ruling.chosen]
    return _list(lines) if lines else "Nothing was accepted, and nothing was chosen on labels of a target."


def _missing(ruling: Ruling) -> list[str]:
    missing = [one for one in ruling.cells if not one.run]
    said = inline(f"Finished: {len(ruling.cells) - len(missing):,} of {counted(len(ruling.cells), 'run')}.")
    if not missing:
        return [said]
    rows = [[one.name, "not begun, or cut off" if one.fault in WAITING else one.fault] for one in missing]
    return [said, table(["run", "fault"], rows, text=2)]


def _glossary(ruling: Ruling) -> str:
    used = {arm.arm for target in ruling.targets for arm in target.arms}
    used |= {one.arm for target in ruling.targets for rung in target.rungs for one in rung.contrasts}
    used |= {arm for target in ruling.targets for rung in target.rungs for arm in rung.missing}
    named = {rung.rung for target in ruling.targets for rung in target.rungs} | set(ruling.claimed)
    rows = [["rung", name, said] for name, said in RUNGS.items() if name in named]
    rows += [["arm", name, said] for name, said in ARMS.items() if name in used]
    return table(["", "name", "what it is"], rows, text=3)
