"""The decorator of every class that a configuration sheet names: frozen, keyword-only, checked, no unknown key."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar, dataclass_transform

import pydantic.dataclasses
from pydantic import ConfigDict, ValidationError

from exapt.errors import BadInput, did_you_mean

C = TypeVar("C")
KEYS: dict[str, list[str]] = {}  # of each settings class, for hints


@dataclass_transform(frozen_default=True, kw_only_default=True)
def settings(cls: type[C]) -> type[C]:
    """Make a class a frozen dataclass that checks its arguments at construction (`seed="abc"` fails, `lr=1` is 1.0).

    Raises:
        pydantic.ValidationError: At construction, for a wrong type or an unknown key; `one_line` says it in a line.
    """
    config = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)
    made: Any = pydantic.dataclasses.dataclass(cls, frozen=True, kw_only=True, config=config)
    KEYS[made.__name__] = [f.name for f in fields(made)]
    decorated: type[C] = made
    return decorated


def one_line(error: ValidationError) -> str:
    """The first fault of a validation error: class, key, what is wrong, what was given."""
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, BadInput):  # pydantic wraps what __post_init__ raises
        return str(cause)
    place = ".".join(map(str, first["loc"]))
    if first["type"] in ("unexpected_keyword_argument", "missing_argument", "missing"):
        if "missing" in first["type"]:
            return f"{error.title}: {place} is missing; give it a value."
        return f"{error.title}: {place}: there is no such key.{did_you_mean(place, KEYS.get(error.title, []))}"
    given = repr(first.get("input"))
    given = given if len(given) < 60 else given[:57] + "..."
    return f"{error.title}: {place}: {first['msg']} (got {given})."
