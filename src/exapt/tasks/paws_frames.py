"""The sentence frames of `paws_synth`: who did what to whom in many forms, other forms in each split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exapt.tasks.task import Split


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
class _Style:
    """What sets the frames of a split apart: how it joins two and three persons and two clauses, its adjuncts."""

    both: str
    three: str
    was: str
    link: str
    adjuncts: dict[str, str]


# Train has several: of one style alone, MiniLM learns to rank new words in that style (AUROC 0.98), but known words in
# another one only at 0.79. The first is drawn most; six styles drawn equally often gave it no foothold in two epochs.
# Adjuncts set the styles of a split apart, so that both sides of a pair are of one.
_STYLES: dict[Split, tuple[_Style, ...]] = {
    "train": (
        _Style(
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
        _Style(
            "{} along with {}",
            "{} along with {} and {}",
            "were",
            ", whereas ",
            {"time last (whereas)": "{core} {time}.", "time first (whereas)": "{time}, {core}."},
        ),
        _Style(
            "not only {} but also {}",
            "not only {} but also {} and {}",
            "was",
            ", but ",
            {"place last (not only)": "{core} {place}.", "place first (not only)": "{place}, {core}."},
        ),
        _Style("{} plus {}", "{}, {} plus {}", "were", " and then ", {"no adjunct": "{core}."}),
    ),
    "dev": (
        _Style(
            "both {} and {}",
            "{}, {} and also {}",
            "were",
            ", while ",
            {"time last": "{core} {time}.", "time first": "{time}, {core}."},
        ),
    ),
    "test": (
        _Style(
            "{} as well as {}",
            "{} together with {} and {}",
            "was",
            "; ",
            {"place last": "{core} {place}.", "place first": "{place}, {core}."},
        ),
    ),
}


def frames(split: Split) -> list[Frame]:
    """All frames of a split; no two splits share one."""
    return [
        _placed(style, where, name, core, roles, family)
        for style in _STYLES[split]
        for name, core, roles, family in _cores(style)
        for where in style.adjuncts
    ]


def places(split: Split) -> list[str]:
    """Names of the places that a split gives to its adjuncts."""
    return [where for style in _STYLES[split] for where in style.adjuncts]


def three_clauses(split: Split, verbs: str, voices: Sequence[str], where: str) -> Frame:
    """A frame of three clauses, only for ladders.

    Args:
        split: Whose link and adjuncts.
        verbs: The letters v, w and x in the order of the clauses.
        voices: "active" or "passive" for each clause.
        where: One of `places(split)`.
    """
    style = _style(split, where)
    parts = [_clause(2 * k, verb, voice) for k, (verb, voice) in enumerate(zip(verbs, voices, strict=True))]
    name = ", ".join(f"{verb} {voice}" for verb, voice in zip(verbs, voices, strict=True))
    roles = tuple(role for _, pair in parts for role in pair)
    return _placed(style, where, name, style.link.join(text for text, _ in parts), roles, "three clauses")


def three_of_each(split: Split, voice: str, where: str) -> Frame:
    """A frame of one verb with three agents and three patients, only for ladders; arguments as `three_clauses`."""
    style = _style(split, where)
    one, two = style.three.format("{0}", "{1}", "{2}"), style.three.format("{3}", "{4}", "{5}")
    core, roles = f"{one} {{v}} {two}", ("vA",) * 3 + ("vP",) * 3
    if voice == "passive":
        core, roles = f"{one} {style.was} {{vp}} by {two}", roles[::-1]
    return _placed(style, where, f"three of each, {voice}", core, roles, "three of each")


def _style(split: Split, where: str) -> _Style:
    return next(style for style in _STYLES[split] if where in style.adjuncts)


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
