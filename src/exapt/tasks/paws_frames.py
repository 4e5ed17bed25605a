"""The sentence frames of `paws_synth`: who did what to whom in many forms, other forms in each split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from exapt.tasks.task import Split

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence with slots for persons.

    Attributes:
        name: Stands in the column `template`.
        text: With the slots {0}, {1}, ... in the order of the text, {v}, {w} and {x} for past forms, {vp}, {wp} and
            {xp} for participles, {place} and {time} for adjuncts.
        roles: Of each slot: the verb (v, w or x) and A for the one who does it, P for the one it is done to.
        family: Frames of one family with the same adjuncts can say the same.
        adjuncts: Which adjuncts there are, place, time or both.
    """

    name: str
    text: str
    roles: tuple[str, ...]
    family: str
    adjuncts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Design:
    """How a ring of pairs is made from two frames: the orders in which the persons fill their slots.

    Attributes:
        left: Frame of the left sides.
        right: Frame of the right sides.
        fills: One filling for each left side.
        same: Person number of each right slot, counted in left slots, so that the right side says the same.
        other: The same for a negative: some persons change roles.
    """

    left: Frame
    right: Frame
    fills: tuple[Order, ...]
    same: Order
    other: Order


@dataclass(frozen=True, slots=True)
class _Style:
    """What sets the frames of a split apart: how it joins two and three persons and two clauses, its adjuncts."""

    both: str
    three: str
    was: str
    link: str
    adjuncts: dict[str, str]


_STYLES: dict[Split, _Style] = {
    "train": _Style(
        "{} and {}",
        "{}, {} and {}",
        "were",
        ", and ",
        {
            "place and time last": "{core} {place} {time}.",
            "time first, place last": "{time}, {core} {place}.",
            "place first, time last": "{place}, {core} {time}.",
        },
    ),
    "dev": _Style(
        "both {} and {}",
        "{}, {} and also {}",
        "were",
        ", while ",
        {"time last": "{core} {time}.", "time first": "{time}, {core}."},
    ),
    "test": _Style(
        "{} as well as {}",
        "{} together with {} and {}",
        "was",
        "; ",
        {"place last": "{core} {place}.", "place first": "{place}, {core}."},
    ),
}


def frames(split: Split) -> list[Frame]:
    """All frames of a split; no two splits share one."""
    style = _STYLES[split]
    return [
        _placed(style, where, name, core, roles, family)
        for name, core, roles, family in _cores(style)
        for where in style.adjuncts
    ]


def places(split: Split) -> list[str]:
    """Names of the places that a split gives to its adjuncts."""
    return list(_STYLES[split].adjuncts)


def three_clauses(split: Split, verbs: str, voices: Sequence[str], where: str) -> Frame:
    """A frame of three clauses, only for ladders.

    Args:
        split: Whose link and adjuncts.
        verbs: The letters v, w and x in the order of the clauses.
        voices: "active" or "passive" for each clause.
        where: One of `places(split)`.
    """
    style = _STYLES[split]
    parts = [_clause(2 * k, verb, voice) for k, (verb, voice) in enumerate(zip(verbs, voices, strict=True))]
    name = ", ".join(f"{verb} {voice}" for verb, voice in zip(verbs, voices, strict=True))
    roles = tuple(role for _, pair in parts for role in pair)
    return _placed(style, where, name, style.link.join(text for text, _ in parts), roles, "three clauses")


def three_of_each(split: Split, voice: str, where: str) -> Frame:
    """A frame of one verb with three agents and three patients, only for ladders; arguments as `three_clauses`."""
    style = _STYLES[split]
    one, two = style.three.format("{0}", "{1}", "{2}"), style.three.format("{3}", "{4}", "{5}")
    core, roles = f"{one} {{v}} {two}", ("vA",) * 3 + ("vP",) * 3
    if voice == "passive":
        core, roles = f"{one} {style.was} {{vp}} by {two}", roles[::-1]
    return _placed(style, where, f"three of each, {voice}", core, roles, "three of each")


def _placed(style: _Style, where: str, name: str, core: str, roles: tuple[str, ...], family: str) -> Frame:
    adjuncts = frozenset({"place", "time"} & set(where.replace(",", "").split()))
    return Frame(f"{name}, {where}", style.adjuncts[where].replace("{core}", core), roles, family, adjuncts)


def _cores(style: _Style) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    def both(i: int, j: int) -> str:
        return style.both.format(f"{{{i}}}", f"{{{j}}}")

    yield "two agents, active", f"{both(0, 1)} {{v}} {{2}}", ("vA", "vA", "vP"), "two agents"
    yield "two agents, passive", f"{{0}} was {{vp}} by {both(1, 2)}", ("vP", "vA", "vA"), "two agents"
    yield "two patients, active", f"{{0}} {{v}} {both(1, 2)}", ("vA", "vP", "vP"), "two patients"
    yield "two patients, passive", f"{both(0, 1)} {style.was} {{vp}} by {{2}}", ("vP", "vP", "vA"), "two patients"
    yield "two of each, active", f"{both(0, 1)} {{v}} {both(2, 3)}", ("vA", "vA", "vP", "vP"), "two of each"
    yield (
        "two of each, passive",
        f"{both(0, 1)} {style.was} {{vp}} by {both(2, 3)}",
        ("vP", "vP", "vA", "vA"),
        "two of each",
    )
    for first, second in ("vw", "wv"):
        for voice in ("active", "passive"):
            for voice_2 in ("active", "passive"):
                one, roles = _clause(0, first, voice)
                two, roles_2 = _clause(2, second, voice_2)
                yield f"{first} {voice}, {second} {voice_2}", one + style.link + two, (*roles, *roles_2), "two clauses"


def _clause(slot: int, verb: str, voice: str) -> tuple[str, tuple[str, str]]:
    if voice == "active":
        return f"{{{slot}}} {{{verb}}} {{{slot + 1}}}", (f"{verb}A", f"{verb}P")
    return f"{{{slot}}} was {{{verb}p}} by {{{slot + 1}}}", (f"{verb}P", f"{verb}A")


def designs(left: Frame, right: Frame) -> Iterator[Design]:
    """All designs of two frames with rings of two or three pairs a label."""
    if (left.family, left.adjuncts) != (right.family, right.adjuncts) or Counter(left.roles) != Counter(right.roles):
        return
    slots = range(len(left.roles))
    same: list[Order] = []
    other: list[Order] = []
    for order in permutations(slots):
        if left.text == right.text and order == tuple(slots):
            continue
        keeps = all(left.roles[order[s]] == right.roles[s] for s in slots)
        (same if keeps else other).append(order)
    for one in same:
        for two in other:
            fills = ring_fills(one, two)
            if len(fills) <= 3:
                yield Design(left, right, fills, one, two)


def swaps(design: Design) -> int:
    """The least number of exchanges of two persons' roles that lead from what a left side says to its negative.

    It is the number of persons less the number of cycles of the permutation of roles (Cayley); where two persons have
    one role (two agents of a verb), of the permutation with the most cycles.
    """
    persons = range(len(design.other))
    role = dict(zip(design.other, design.right.roles, strict=True))  # of each person in the negative
    fitting = (p for p in permutations(persons) if all(design.left.roles[p[k]] == role[k] for k in persons))
    return min(len(persons) - _cycles(p) for p in fitting)


def _cycles(order: Order) -> int:
    left, count = set(range(len(order))), 0
    while left:
        count += 1
        at = left.pop()
        while order[at] in left:
            at = order[at]
            left.remove(at)
    return count


def ring_fills(same: Order, other: Order) -> tuple[Order, ...]:
    """Left fillings such that the negative of each has the right side that is the positive of the next."""
    inverse = {person: slot for slot, person in enumerate(same)}
    # the next filling, read through `same`, must equal this one read through `other`
    step = tuple(other[inverse[slot]] for slot in range(len(same)))
    fills: list[Order] = []
    fill = tuple(range(len(same)))
    while fill not in fills:
        fills.append(fill)
        fill = tuple(fill[s] for s in step)
    return tuple(fills)
