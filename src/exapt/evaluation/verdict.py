"""From evidence to a verdict: one pure function, first match wins, every reason with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from exapt.evaluation.crossed import Drawn, Spread, spread
from exapt.evaluation.evidence import Evidence
from exapt.evaluation.rungs import (
    ALPHA,
    CONTRASTS,
    MARGIN,
    UNPAIRED,
    Contrast,
    Judged,
    Rung,
    carried,
    fallen,
    judge_rung,
    members,
)
from exapt.evaluation.safeguards import LOST, Control, Reason, controls, untried

Verdict = Literal[
    "not run", "contaminated", "tokenizer artefact", "control failed", "unlearnable", "not supported", "shortcut",
    "seed lottery", "underpowered", "supported",
]  # fmt: skip
SHARED = 0.005  # share of target rows with a side that the source has
CONTRADICTORY = 0.005
SEEDS = 10  # the fewest that support a claim
REFUTING = 3  # the fewest that refute one


@dataclass(frozen=True)
class Judgement:
    """A verdict on one target.

    Attributes:
        verdict: The first that matches.
        reasons: Of this verdict.
        qualifiers: "ranking only" and "inverted", where they hold.
        rungs: Every claimed rung, and `transfer`; none if something was not run.
        seeds: Number of the treatment's seeds.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    qualifiers: tuple[str, ...]
    rungs: tuple[Judged, ...]
    seeds: int


Matched = Iterator[Reason]


class _Case:
    """One judgement in the making; each method yields the reasons for which its verdict holds."""

    def __init__(self, evidence: Evidence, adjusted: Mapping[Rung, float], margin: float) -> None:
        self.evidence, self.margin, self.adjusted = evidence, margin, adjusted
        self.treatment = evidence.treatment
        self.seeds = 0 if self.treatment is None else len(self.treatment.plain)
        self.wanted: list[Rung] = [r for r in CONTRASTS if r == "transfer" or r in evidence.claimed]

    @cached_property
    def rungs(self) -> dict[Rung, Judged]:
        """All that is claimed, and `transfer`; only asked for where nothing is missing."""
        evidence = self.evidence
        assert self.treatment is not None
        return {
            rung: judge_rung(rung, self.treatment, evidence.arms, evidence.remainder, self.margin, evidence.ranks)
            for rung in self.wanted
        }

    def strangers(self, other: Drawn) -> list[int]:
        """Seeds of the treatment that another arm, which names its own, has not."""
        named = self.treatment is not None and self.treatment.seeds and other.seeds
        return sorted(set(self.treatment.seeds) - set(other.seeds)) if named and self.treatment else []

    def holds(self, rung: Rung) -> bool:
        p = self.adjusted.get(rung, self.rungs[rung].p)
        return p is not None and p <= ALPHA

    def not_run(self) -> Matched:
        evidence = self.evidence
        yield from (Reason(f"not finished: {name}") for name in evidence.missing)
        measured = {
            "the treatment on this target": self.treatment, "the treatment on the source": evidence.source,
            "lost input": evidence.lost, "what target and source share": evidence.shared,
            "contradictory labels": evidence.contradictory,
        }  # fmt: skip
        yield from (Reason(f"not measured: {name}") for name, found in measured.items() if found is None)
        for rung in self.wanted:
            for arm in CONTRASTS[rung]:
                if not members(arm, evidence.arms):
                    yield Reason(f"{arm} is wanted for {rung} and was not run")
                for _, other in members(arm, evidence.arms):
                    yield from self._unpaired(arm, other)

    def _unpaired(self, arm: str, other: Drawn) -> Matched:
        """Why an arm cannot be paired with the treatment."""
        if arm in UNPAIRED or other.fixed:
            return
        if len(other.plain) != self.seeds:
            yield Reason(f"{arm} has {len(other.plain)} seeds, the treatment {self.seeds}")
        elif self.strangers(other):
            yield Reason(f"{arm} lacks the treatment's seeds {self.strangers(other)}")

    def contaminated(self) -> Matched:
        if (self.evidence.shared or 0.0) > SHARED:
            yield Reason(f"{self.evidence.shared:.1%} of the target's rows have a side that the source trains on")
        yield from (Reason(f"leak: {leak}") for leak in self.evidence.leaks)

    def artefact(self) -> Matched:
        if (self.evidence.lost or 0.0) > LOST:
            yield Reason(f"the tokenizer loses {self.evidence.lost:.1%} of the input")

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        return tuple(controls(self.evidence, self.margin))

    def control_failed(self) -> Matched:
        yield from (Reason(one.failed, one.spread) for one in self.controls if one.spread.value <= one.least)
        if self.evidence.nearby and all(one.lost > LOST for one in self.evidence.nearby):
            yield Reason("the tokenizer erases every nearby target")

    def unlearnable(self) -> Matched:
        if (self.evidence.contradictory or 0.0) > CONTRADICTORY:
            yield Reason(f"{self.evidence.contradictory:.1%} of the target's rows have contradictory labels")
        trained = self.evidence.supervised
        if trained is not None and len(trained.plain) >= REFUTING:
            own = spread(trained)
            if own.below(self.evidence.chance + self.margin) <= ALPHA:
                yield Reason("trained on the target itself it stays at chance", own)

    def not_supported(self) -> Matched:
        if self.seeds < REFUTING:
            return
        if self.inverted:
            yield Reason("the score is inverted", self.own)
        for rung in ("transfer", "pretraining"):
            yield from self._under(rung)

    def shortcut(self) -> Matched:
        if self.seeds < REFUTING or not self.holds("transfer"):
            return
        for rung in ("language", "need"):
            yield from self._under(rung)

    def seed_lottery(self) -> Matched:
        if self.holds("transfer") or self.seeds < REFUTING:
            return
        lucky, unlucky = carried(self.rungs["transfer"]), fallen(self.rungs["transfer"])
        # seeds that show nothing by themselves are no lottery: some must stand and some must fall
        if any(lucky) and any(unlucky):
            said = (
                f"{sum(lucky)} of {len(lucky)} seeds carry it and {sum(unlucky)} fall, the interval over seeds does not"
            )
            yield Reason(said, self.own)

    def underpowered(self) -> Matched:
        if self.seeds < SEEDS:
            yield Reason(f"{self.seeds} seed{'s' * (self.seeds != 1)}; {SEEDS} are the fewest that support a claim")
        for one in self.controls:
            if one.spread.above(one.least) > ALPHA:
                yield Reason(f"a control is open: {one.open}", one.spread)
        yield from untried(self.evidence, self.wanted, self.margin)
        for rung, judged in self.rungs.items():
            if self.holds(rung):
                continue
            if under := judged.refuting(self.margin) if self.seeds >= REFUTING else []:
                worst = min(under, key=lambda one: one.spread.value)
                yield Reason(f"{rung} is refuted, {self._bound(worst)}", worst.spread)
            else:
                weakest = max(judged.contrasts, key=lambda one: one.p)
                way = "" if weakest.either is None else ", whichever way round each seed ranks"
                yield Reason(f"{rung} is open: not shown above {weakest.name}{way}", weakest.either or weakest.spread)
        yield from (Reason(f"not accepted in the open: {flaw}") for flaw in self.evidence.refused)
        yield from (Reason(f"chosen on the target's labels: {choice}") for choice in self.evidence.chosen)

    def supported(self) -> Matched:
        for rung, judged in self.rungs.items():
            for arm in dict.fromkeys(one.arm for one in judged.contrasts):  # of several of a kind the hardest
                hardest = max((one for one in judged.contrasts if one.arm == arm), key=lambda one: one.p)
                yield Reason(f"{rung}: above {hardest.name}", hardest.spread)

    @cached_property
    def own(self) -> Spread:
        assert self.treatment is not None
        return spread(self.treatment)

    @cached_property
    def inverted(self) -> bool:
        return self.evidence.ranks and self.treatment is not None and self.own.below(0.5 - self.margin) <= ALPHA

    def qualifiers(self) -> Iterator[str]:
        if self.inverted:
            yield "inverted"
        elif self._flat and self.holds("transfer"):
            yield "ranking only"

    @property
    def _flat(self) -> bool:
        return self.evidence.ranked is not None and spread(self.evidence.ranked).below(self.margin) <= ALPHA

    def _under(self, rung: Rung) -> Matched:
        if rung in self.wanted and not self.holds(rung):
            for one in self.rungs[rung].refuting(self.margin):
                yield Reason(f"{rung}: {self._bound(one)}", one.spread)

    def _bound(self, one: Contrast) -> str:
        return f"{'nothing can be more than' if one.full else 'at most'} {self.margin:g} above {one.name}"


def judge(evidence: Evidence, *, adjusted: Mapping[Rung, float] | None = None, margin: float = MARGIN) -> Judgement:
    """The verdict on one target of a claim.

    Args:
        evidence: What was measured; labels of the target have chosen nothing in it.
        adjusted: The rungs' p-values after Holm's correction over targets and claims of a study; as they are if None.
        margin: Smallest difference that counts, in AUROC.
    """
    case = _Case(evidence, adjusted or {}, margin)
    order: tuple[tuple[Verdict, Callable[[], Matched]], ...] = (
        ("not run", case.not_run), ("contaminated", case.contaminated), ("tokenizer artefact", case.artefact),
        ("control failed", case.control_failed), ("unlearnable", case.unlearnable),
        ("not supported", case.not_supported), ("shortcut", case.shortcut), ("seed lottery", case.seed_lottery),
        ("underpowered", case.underpowered), ("supported", case.supported),
    )  # fmt: skip
    for verdict, matches in order:
        reasons = tuple(matches())
        if reasons:
            if verdict == "not run":
                return Judgement(verdict, reasons, (), (), case.seeds)
            return Judgement(verdict, reasons, tuple(case.qualifiers()), tuple(case.rungs.values()), case.seeds)
    raise AssertionError("a claim without a contrast cannot be judged")
