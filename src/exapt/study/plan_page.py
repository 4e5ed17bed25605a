"""A claim's plan as text, 80 columns wide: its cells, what they cost here, and what they will be able to show."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from exapt.study.planning import Plan, Planned, Shown

WIDTH = 80
SHOWN = 40  # cells that are named one by one


def plans_page(plans: Sequence[Plan]) -> str:
    """The pages of several claims, each want in full only once, at the end; of one claim its page."""
    if len(plans) == 1:
        return plan_page(plans[0])
    ready = sum(not plan.faults for plan in plans)
    wanting = " The others want:" if ready < len(plans) else ""
    lines = _wrapped(f"{len(plans)} claims, of which {ready} can be run here.{wanting}")
    wants = [fault for plan in plans for fault in plan.faults]
    for fault in dict.fromkeys(wants):
        lines += _wrapped(f"- for {wants.count(fault)} of them: {fault}")
    return "\n\n".join([*(plan_page(plan, brief=True) for plan in plans), "\n".join(lines)])


def plan_page(plan: Plan, brief: bool = False) -> str:
    """The page.

    Args:
        plan: The plan.
        brief: Whether of what is wanted only its name is told.
    """
    claim = plan.claim
    head = f"claim {claim.name}: {claim.statement}"
    rungs = f"rungs: {', '.join(claim.claimed)}; {claim.seeds.count} seeds; {claim.metric}, margin {claim.margin:g}"
    lines = [*_wrapped(head), *_wrapped(rungs)]
    if claim.publication is not None:
        told = claim.publication
        lines += _wrapped(
            f"published: {told.metric} {told.value:g} ({told.paper}, {told.place}), {told.seeds} seed(s)"
            + (", labels flipped" if told.flipped else "")
        )
    if plan.faults:
        return "\n".join([*lines, *_wanting(plan, brief)])
    lines += ["", *_table(plan.cells), "", *_wrapped(_cost(plan)), ""]
    for shown in plan.shown:
        lines += _wrapped(_power(plan, shown))
    return "\n".join(lines)


def _wanting(plan: Plan, brief: bool) -> list[str]:
    told = plan.claim.publication
    lines = _wrapped(told.note) if told is not None and told.note else []
    wants = [fault.partition(";")[0].partition(" (")[0] if brief else fault for fault in plan.faults]
    if len(wants) == 1:
        return [*lines, *_wrapped(f"cannot be run here: {wants[0]}")]
    return [*lines, "cannot be run here:", *(line for want in wants for line in _wrapped(f"- {want}"))]


def _table(cells: Sequence[Planned]) -> list[str]:
    if len(cells) <= SHOWN:
        return [f"  {_cut(cell.name, 52):52} {_state(cell):>20}" for cell in cells]
    lines = []
    for arm in dict.fromkeys(cell.arm for cell in cells):
        own = [cell for cell in cells if cell.arm == arm]
        left = [cell.seconds for cell in own if not cell.done]
        cost = "" if None in left else f", {_time(sum(s for s in left if s is not None))} left"
        lines.append(f"  {arm:24} {len(own):4} cells, {sum(cell.done for cell in own):4} finished{cost}")
    return lines


def _state(cell: Planned) -> str:
    return "finished" if cell.done else "not timed" if cell.seconds is None else f"about {_time(cell.seconds)}"


def _cost(plan: Plan) -> str:
    done = sum(cell.done for cell in plan.cells)
    said = f"{len(plan.cells)} cells, {done} finished"
    if done == len(plan.cells):
        return f"{said}: nothing is left to run."
    seconds = plan.seconds
    return said + (
        "; the rest was not timed."
        if seconds is None
        else f"; the rest takes about {_time(seconds)} in one process here, from timed steps of the treatment."
    )


def _power(plan: Plan, shown: Shown) -> str:
    claim = plan.claim
    known = [
        f"{rung} {'more than 0.5' if effect is None else f'{effect:.3f}'}" for rung, effect in shown.effects.items()
    ]
    origin = (
        f"the treatment's, as observed over {shown.observed} seeds, taken for every arm"
        if shown.observed
        else "an assumption, nothing is run yet"
    )
    few = (
        ""
        if claim.seeds.count >= 10
        else f" With {claim.seeds.count} seeds no claim can be supported: 10 are the fewest."
    )
    return (
        f"{shown.target} (n = {shown.n:,}, {shown.groups:,} groups): smallest true difference in {claim.metric} that "
        f"this plan finds with 80% power: {', '.join(known)}. It takes a standard deviation of {shown.deviation:.3f} "
        f"between seeds ({origin}) and examples as independent as their groups.{few}"
    )


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 2] + ".."


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ")
