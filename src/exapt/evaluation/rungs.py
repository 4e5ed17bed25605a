"""The rungs of a claim: which contrasts each needs, and what they say with a margin, over seeds and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from exapt.evaluation.crossed import Drawn, Spread, spread
from exapt.evaluation.multiple import all_needed

Rung = Literal["transfer", "language", "pretraining", "need"]

ALPHA = 0.05
MARGIN = 0.02  # AUROC
BEST_BASELINE = "best_baseline"
HEADS = "untrained_head"
WORDLESS = "structure_only"
KIND = ": "  # between an arm and which of its kind
CONTRASTS: Mapping[Rung, tuple[str, ...]] = {
    "transfer": (HEADS, "permuted_labels"),
    "language": (WORDLESS, "shuffled_source"),
    "pretraining": ("random_init",),
    "need": ("feature_transfer", BEST_BASELINE),
}
# other weights or no weights of their own: nothing of seed s is shared with the treatment's seed s
UNPAIRED = frozenset({HEADS, BEST_BASELINE})


@dataclass(frozen=True)
class Contrast:
    """The treatment less one arm, on one target.

    Attributes:
        arm: The other arm.
        what: Which of its kind, such as "edit similarity"; empty if there is one only.
        spread: The difference.
        p: Of the hypothesis that it is at most the margin; with `either` the larger of both.
        seeds: The difference of each seed, shape (seeds,).
        carried: Whether each of the treatment's seeds alone is above the margin over the arm's mean on other examples,
            too (one-sided, shared among the seeds); that the arm's mean may be another is not counted here.
        fallen: Whether each is under it, likewise.
        full: Whether the arm is a trivial baseline with so high a metric that nothing can be above it by more than the
            margin: on all examples, under every draw of groups, and with so many groups that a share as large as the
            margin would hardly be missed.
        either: The treatment less the sum of 0.5 and the arm's distance from it, seed by seed; None where no seed of
            the arm is under 0.5 (see `judge_rung`).
    """

    arm: str
    what: str
    spread: Spread
    p: float
    seeds: tuple[float, ...]
    carried: tuple[bool, ...]
    fallen: tuple[bool, ...]
    full: bool = False
    either: Spread | None = None

    @property
    def name(self) -> str:
        """The arm, and which of its kind."""
        return f"{self.arm} ({self.what})" if self.what else self.arm

    def under(self, margin: float, tests: int = 1) -> bool:
        """Whether the one-sided upper bound is under the margin, at the level's share of one of several tests.

        Or whether there is no room for it: then no seeds are needed to say so.
        """
        return self.full or self.spread.below(margin) <= ALPHA / tests


@dataclass(frozen=True)
class Judged:
    """One rung on one target.

    Attributes:
        rung: Its name.
        contrasts: Those that were run.
        missing: Arms that it needs and that were not.
        p: Of the hypothesis that one of its contrasts is at most the margin; None if an arm is missing.
        left: Of `need`, the treatment on the matched remainder, less one half; None if there is none.
    """

    rung: Rung
    contrasts: tuple[Contrast, ...]
    missing: tuple[str, ...]
    p: float | None
    left: Spread | None = None

    def refuting(self, margin: float) -> list[Contrast]:
        """The contrasts whose upper bound is under the margin; none while the other way to the rung is open.

        A rung needs all its contrasts, so any one refutes it: each is tested at its share of the level (Bonferroni).
        """
        if self.left is not None and self.left.below(margin) > ALPHA:
            return []
        return [one for one in self.contrasts if one.under(margin, len(self.contrasts))]


def contrast(arm: str, treatment: Drawn, other: Drawn, margin: float = MARGIN, what: str = "") -> Contrast:
    """Compare the treatment with an arm, paired by seed where that means something."""
    paired = arm not in UNPAIRED and not other.fixed
    other = other.in_order_of(treatment) if paired else other
    found = spread(treatment, other, paired=paired)
    against = other.plain if paired else np.full(len(treatment.plain), other.plain.mean())
    # a seed by itself, on other examples: the chance is shared among the seeds, since the best of many is looked for;
    # against the arm's mean, for what the arm's own seeds do is no luck of the treatment's
    drawn = treatment.drawn - other.middle[:, None]
    rare = ALPHA / len(treatment.plain) * len(drawn)
    carried, fallen = ((side.sum(axis=0) <= rare).tolist() for side in (drawn <= margin, drawn >= margin))
    each = tuple((treatment.plain - against).tolist())
    # of G groups none is on the wrong side: fewer might hide the share that would leave room, and no draw shows that
    many = (1 - margin) ** other.groups <= ALPHA
    # not "at most the margin away": 1 - 0.98 is a little more than 0.02
    full = arm == BEST_BASELINE and many and min(other.plain.min(), other.middle.min()) >= 1 - margin
    return Contrast(arm, what, found, found.above(margin), each, tuple(carried), tuple(fallen), bool(full))


def upright(arm: Drawn) -> Drawn:
    """An arm's AUROC, each seed the way round that is above 0.5."""
    return arm.turned(arm.plain < 0.5)


def _either_way(arm: str, treatment: Drawn, other: Drawn, margin: float, what: str) -> Contrast:
    """Compare the treatment with an arm and, where a seed of it lies under 0.5, with its distance from 0.5 as well."""
    plain = contrast(arm, treatment, other, margin, what)
    if other.fixed or not (other.plain < 0.5).any():
        return plain
    either = contrast(arm, treatment, upright(other), margin, what)
    return replace(plain, p=max(plain.p, either.p), either=either.spread)


def members(arm: str, arms: Mapping[str, Drawn]) -> list[tuple[str, Drawn]]:
    """All of an arm's kind, as (what, drawn): `best_baseline: edit similarity` is one of `best_baseline`."""
    found = [(name.partition(KIND), drawn) for name, drawn in arms.items()]
    return [(what, drawn) for (name, _, what), drawn in found if name == arm]


def judge_rung(
    rung: Rung, treatment: Drawn, arms: Mapping[str, Drawn], remainder: Drawn | None = None, margin: float = MARGIN,
    ranks: bool = True,
) -> Judged:  # fmt: skip
    """Judge one rung: all its contrasts are needed, each at the level of the whole (an intersection-union test).

    `language` needs more than that: the treatment must be above its arms whichever way round each of their seeds ranks.
    A source that is no language may set the sign by chance: fits at 0.1 and 0.9 tell the classes apart as well as two
    at 0.9, while their mean of 0.5 would be evidence for language. That makes it harder to hold only: what the rung is
    refuted with stays the plain difference, for it takes labels of the target to know which fits to turn round.

    Args:
        rung: Which.
        treatment: The treatment's metric on the target.
        arms: The other arms on the same target, drawn alike. Of an arm with several of its kind (trivial baselines,
            sources without words) each stands as `arm: what` and each is contrasted: to test only the one that looks
            hardest would forget that another may be.
        remainder: The treatment on the auditor's matched remainder of the target, where the shortcuts say nothing: a
            second way to show `need`, whose p-value is then shared between both ways.
        margin: Smallest difference that counts.
        ranks: Whether the metric is an AUROC; a share of right answers has no other way round.
    """
    compare = _either_way if rung == "language" and ranks else contrast
    found = tuple(
        compare(arm, treatment, drawn, margin, what) for arm in CONTRASTS[rung] for what, drawn in members(arm, arms)
    )
    missing = tuple(arm for arm in CONTRASTS[rung] if not members(arm, arms))
    p = None if missing else all_needed([one.p for one in found])
    if rung != "need" or remainder is None:
        return Judged(rung, found, missing, p)
    chance = Drawn(np.array([0.5]), np.full((len(remainder.drawn), 1), 0.5), remainder.groups, fixed=True)
    left = spread(remainder, chance)
    # two ways to one rung: the better one is paid for twice
    return Judged(rung, found, missing, None if p is None else min(1.0, 2 * min(p, left.above(margin))), left)


def carried(judged: Judged) -> Sequence[bool]:
    """Whether each seed alone carries the rung in all its contrasts."""
    if not judged.contrasts:
        return []
    return [all(flags) for flags in zip(*(one.carried for one in judged.contrasts), strict=True)]


def fallen(judged: Judged) -> Sequence[bool]:
    """Whether each seed alone is under the margin in one of the rung's contrasts."""
    return [any(flags) for flags in zip(*(one.fallen for one in judged.contrasts), strict=True)]
