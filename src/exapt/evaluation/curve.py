"""Scores level by level: accuracy and AUROC against the difficulty that the examples carry, not one number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from exapt.errors import BadInput
from exapt.estimates import Level
from exapt.evaluation.intervals import DRAWS
from exapt.evaluation.scores import checked, scores

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?: \D+)?")


def curve(
    positive: npt.NDArray[np.bool_],
    score: npt.NDArray[Any],
    group: Sequence[str],
    level: Sequence[str],
    *,
    threshold: float = 0.0,
    draws: int = DRAWS,
) -> list[Level]:
    """Score each level on its own examples alone.

    Args:
        positive: Shape (n,), whether the example's class is the positive one.
        score: Shape (n,), finite; higher says positive.
        group: n names; examples of one group are drawn together by the bootstrap.
        level: n names of levels.
        threshold: An example is called positive if its score is at or above it; the same one at every level.
        draws: Resamples of the bootstrap over the groups of a level.

    Returns:
        One entry per level: by number if all are numbers (see `numbers`), otherwise by name. AUROC is None where a
        level has examples of one class only.

    Raises:
        BadInput: If there is no example, the lengths differ, or a score is not finite.
    """
    truth, column = checked(positive, score)
    if not len(group) == len(level) == len(column):
        raise BadInput(f"curve: {len(column)} scores, {len(group)} groups, {len(level)} levels; give one per example.")
    names, groups = np.asarray(level, dtype=object), np.asarray(group, dtype=object)
    made = []
    for name in ordered(level):
        here = names == name
        found = scores(truth[here], column[here], groups[here].tolist(), threshold=threshold, draws=draws)
        made.append(
            Level(
                level=name,
                n=int(here.sum()),
                groups=len(set(groups[here])),
                auroc=found.metrics["auroc"],
                accuracy=found.metrics["accuracy"],
            )
        )
    return made


def ordered(level: Iterable[str]) -> list[str]:
    """The distinct levels, by number if all are numbers, otherwise by name."""
    names = sorted(set(level))
    known = numbers(names)
    return names if known is None else sorted(names, key=known.__getitem__)


def numbers(level: Iterable[str]) -> dict[str, float] | None:
    """The number of each level: "0.20" is 0.2, "2 swaps" is 2.

    Returns:
        By level; None if one is no number, alone or before words without digits, or two are the same number.
    """
    found = {name: _NUMBER.fullmatch(name) for name in level}
    known = {name: float(match[1]) for name, match in found.items() if match}
    return known if len(set(known.values())) == len(found) else None
