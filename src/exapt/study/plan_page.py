"""A claim's plan as text, 80 columns wide: its cells, what they cost here, and what they will be able to show."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from exapt.study.planning import Plan, Planned, Shown

WIDTH = 80
SHOWN = 40  # cells that are named one by one


def plan_page(plan: Plan) -> str:
    """The page."""
    claim = plan.claim
    head = f"claim {claim.name}: {claim.statement}"
    rungs = f"rungs: {', '.join(claim.claimed)}; {claim.seeds.count} seeds; {claim.metric}, margin {claim.margin:g}"
    lines = [*_wrapped(head), *_wrapped(rungs)]
    if claim.publication is not None:
        told = claim.publication
        lines += _wrapped(f"published: {told.metric} {told.value:g} ({told.paper}, {told.place}), {told.seeds} seed(s)")
    if plan.fault:
        return "\n".join([*lines, *_wrapped(f"cannot be run here: {plan.fault}")])
    lines += ["", *_table(plan.cells), "", *_wrapped(_cost(plan)), ""]
    for shown in plan.shown:
        lines += _wrapped(_power(plan, shown))
    return "\n".join(lines)


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
    origin = f"as observed over {shown.observed} seeds" if shown.observed else "an assumption, nothing is run yet"
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
