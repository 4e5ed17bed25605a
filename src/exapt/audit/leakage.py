"""Sides that stand in more than one split, or in the source and the target: equal, turned around, or nearly equal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exapt.audit.duplicates import IDENTITY, Dependence, dependence, near_sides
from exapt.audit.readings import Reading, as_written, either_strand, own_strand, pools
from exapt.audit.view import View
from exapt.findings import SHOWN, Finding, Level
from exapt.tasks.task import SPLITS, Split

Bools = npt.NDArray[np.bool_]

LEAKED = 0.005  # share of a later split's rows above which a leak fails
_SAID = {
    "exact leakage": "have a side that stands in {earlier} as it is",
    "normalised leakage": "have a side that stands in {earlier} but for case or spaces",
    "reverse-complement leakage": "have the reverse complement of a side of {earlier}",
    "near-duplicate leakage": f"have a side that is {IDENTITY:.0%} identical to one of {{earlier}}",
    "shared groups": "are of a group that stands in {earlier}",
    "components across splits": "are linked to {earlier} by a chain of shared or similar sides",
}
_REMEDY = {
    "exact leakage": "drop these rows of the earlier split, or divide by groups of shared sides",
    "normalised leakage": "normalise the sides, then divide by groups of shared sides",
    "reverse-complement leakage": "divide by groups that join a sequence and its reverse complement",
    "near-duplicate leakage": "cluster the sides by identity and keep a cluster in one split",
    "shared groups": "divide by whole groups",
    "components across splits": "divide by whole components; test on unlinked rows beside all",
}
_KINDS = tuple(_SAID)[:4]


class _Case(NamedTuple):
    """Two parts of the rows that are compared."""

    earlier: str
    later: str
    before: Bools
    after: Bools

    @property
    def name(self) -> str:
        return f"{self.earlier} -> {self.later}"


def leakage_findings(view: View, other: View | None = None) -> list[Finding]:
    """What the later of two splits shares with the earlier (train, dev, test), and a task with another.

    A side counts in the first of the checks that it fails: as it stands, normalised, as reverse complement, nearly
    equal. Each check's value is the share of the later split's rows with such a side on either side, of the pair of
    splits where it is largest; the facts hold it for each pair. Sides of different alphabets are not compared.

    Args:
        view: The task.
        other: Another task whose examples are seen before this one's, such as the source of a transfer; all its splits
            are compared with all of the task's.

    Returns:
        One finding per check, skipped where the task has a single split (or no DNA); with `other` one more. The levels
        fail above 0.005 and warn above 0; linked components only warn.
    """
    split = view.frame["split"].to_numpy(dtype=object)
    order = [name for name in SPLITS if name in view.splits]
    within = [_Case(a, b, split == a, split == b) for a, b in combinations(order, 2)]
    if within:
        marks = _marks((view,), within)
        told: dict[str, dict[str, Any]] = {_KINDS[3]: {"recall": _recall(view)}}
        found = [_finding(kind, view, within, [mark[kind] for mark in marks], told.get(kind)) for kind in _KINDS]
        if "dna" not in view.alphabets.values():
            found[2] = _skipped(_KINDS[2], view, "no side is DNA")
        found += [_groups(view, within), _components(view, within)]
    else:
        found = [_skipped(check, view, f"there is only one split, {order[0]}") for check in _SAID]
        found[-1] = found[-1].model_copy(update={"facts": _told(dependence(view))})
    return found if other is None else [*found, _overlap(view, other)]


def _marks(views: tuple[View, ...], cases: list[_Case]) -> list[dict[str, Bools]]:
    """For each case, the rows (of all views) of the later part with a side of the earlier one, by kind."""
    total = sum(map(len, views))
    equal = [list(_standing(views, reading, cases)) for reading in (as_written, own_strand, either_strand)]
    near = near_sides(*views)
    made = []
    for number, case in enumerate(cases):
        similar = np.zeros((2, total), dtype=bool)
        for pool, pairs in zip(near.pools, near.pairs, strict=True):
            there = _present(pool.code[:, case.before], len(pool.strings))
            reached = np.zeros(len(pool.strings) + 1, dtype=bool)  # the last answers to the code -1
            reached[pairs.first[there[pairs.second]]] = True
            reached[pairs.second[there[pairs.first]]] = True
            similar |= reached[pool.code]
        known, kinds = np.zeros((2, total), dtype=bool), {}
        for kind, sides in zip(_KINDS, [*(reading[number] for reading in equal), similar], strict=True):
            kinds[kind] = (sides & ~known).any(axis=0) & case.after
            known |= sides
        made.append(kinds)
    return made


def _standing(views: tuple[View, ...], reading: Reading, cases: list[_Case]) -> Iterator[Bools]:
    """For each case whether each row's sides stand in the earlier part, shape (2, rows)."""
    found = pools(views, reading)
    for case in cases:
        stands = np.zeros((2, len(case.before)), dtype=bool)
        for pool in found:
            there = np.append(_present(pool.code[:, case.before], len(pool.strings)), False)
            stands |= there[pool.code]
        yield stands


def _present(code: npt.NDArray[np.int64], count: int) -> Bools:
    there = np.zeros(count, dtype=bool)
    there[code[code >= 0]] = True
    return there


def _recall(view: View) -> dict[str, dict[str, float]]:
    """By alphabet, the share of near duplicates that is expected to be found, by identity."""
    near = near_sides(view)
    return {
        pool.alphabet: {
            f"{IDENTITY:g}": pairs.plan.recall,
            f"{(1 + IDENTITY) / 2:g}": pairs.plan.recall_closer,
        }
        for pool, pairs in zip(near.pools, near.pairs, strict=True)
        if pairs.plan is not None
    }


def _groups(view: View, within: list[_Case]) -> Finding:
    group = view.frame["group"]
    marks = [group.isin(set(group[case.before])).to_numpy(dtype=bool) & case.after for case in within]
    return _finding("shared groups", view, within, marks)


def _components(view: View, within: list[_Case]) -> Finding:
    linked = dependence(view)
    marks = [np.isin(linked.groups, linked.groups[case.before]) & case.after for case in within]
    return _finding("components across splits", view, within, marks, _told(linked))


def _told(linked: Dependence) -> dict[str, Any]:
    return {"components": linked.count, "largest": linked.largest, "identity": linked.identity}


def _finding(
    check: str,
    view: View,
    within: list[_Case],
    marks: list[Bools],
    facts: dict[str, Any] | None = None,
) -> Finding:
    shares = [float(mark.sum() / case.after.sum()) for mark, case in zip(marks, within, strict=True)]
    worst = int(np.argmax(shares))
    case = within[worst]
    rows = np.flatnonzero(marks[worst])
    level = _level(shares[worst])
    return Finding(
        check=check,
        family="leakage",
        level="warn" if level == "fail" and check == "components across splits" else level,
        value=shares[worst],
        threshold=LEAKED,
        n=len(view),
        said=f"{shares[worst]:.1%} of {case.later} rows {_SAID[check].format(earlier=case.earlier)}",
        remedy=_REMEDY[check] if len(rows) else "",
        stops=check in _KINDS,
        ids=view.frame["id"].iloc[rows[:SHOWN]].tolist(),
        facts={"splits": {case.name: share for case, share in zip(within, shares, strict=True)}, **(facts or {})},
    )


def _overlap(view: View, other: View) -> Finding:
    """Rows of the view with a side, equal or nearly, of the other task."""
    split = np.concatenate([of.frame["split"].to_numpy(dtype=object) for of in (view, other)])
    own = np.arange(len(split)) < len(view)
    cases = [
        _Case(b, a, ~own & (split == b), own & (split == a))
        for b, a in product(other.splits, view.splits)
        if not (a == b and _same(view, other, a))  # scored on its own test split, a task leaks nothing
    ]
    check = "overlap with source"
    if not cases:
        return _skipped(check, view, "the two tasks are the same examples")
    facts: dict[str, dict[str, float]] = {}
    value, where, shown = 0.0, cases[0].name, np.empty(0, dtype=np.int64)
    for case, kinds in zip(cases, _marks((view, other), cases), strict=True):
        size = case.after.sum()
        facts[case.name] = {kind.removesuffix(" leakage"): float(kinds[kind].sum() / size) for kind in _KINDS}
        rows = np.flatnonzero(np.any(list(kinds.values()), axis=0))
        if len(rows) / size > value:
            value, where, shown = float(len(rows) / size), case.name, rows
    level = _level(value)
    return Finding(
        check=check,
        family="leakage",
        level=level,
        value=value,
        threshold=LEAKED,
        n=len(view),
        said=f"{value:.1%} of rows have a side that the other task has ({where})",
        remedy="" if level == "pass" else f"leave the rows out that {other.name} shares, and say so",
        ids=view.frame["id"].iloc[shown[:SHOWN]].tolist(),
        facts={"splits": facts},
    )


def _same(view: View, other: View, split: Split) -> bool:
    return split in other.splits and other.splits[split].digest == view.splits[split].digest


def _level(share: float) -> Level:
    return "fail" if share > LEAKED else "warn" if share > 0 else "pass"


def _skipped(check: str, view: View, why: str) -> Finding:
    return Finding(check=check, family="leakage", level="skip", n=len(view), said=f"not looked at: {why}")
