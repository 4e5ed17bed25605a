"""What a claim asks and what its records answer: the evidence on each target, for the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exapt.evaluation.crossed import Drawn
from exapt.evaluation.evidence import Evidence, Nearby
from exapt.evaluation.exhibits import Exhibit, Metric, baselines, measured, over_larger_class, untrained
from exapt.evaluation.rungs import BEST_BASELINE, KIND, MARGIN, Rung
from exapt.findings import Passport
from exapt.record import Record, Score

LEAKS = (
    "exact leakage", "normalised leakage", "reverse-complement leakage", "near-duplicate leakage", "shared groups",
    "components across splits", "overlap with source",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a claim asks of its records.

    Attributes:
        claimed: The rungs that it claims.
        targets: By name, the digest of the test examples.
        nearby: The same of targets that must work if anything does.
        source: The digest of the source's test examples.
        metric: What is contrasted.
        margin: Smallest difference that counts.
        chosen: What was chosen on target labels.
        narrowed: Claimed rungs that a budget left out.
    """

    claimed: frozenset[Rung]
    targets: Mapping[str, str]
    source: str
    nearby: Mapping[str, str] = field(default_factory=dict)
    metric: Metric = "auroc"
    margin: float = MARGIN
    chosen: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """One arm on one target.

    Attributes:
        arm: Its name.
        what: Which of its kind, such as "edit similarity"; empty if there is one only.
        drawn: Its metric.
    """

    arm: str
    what: str
    drawn: Drawn

    @property
    def key(self) -> str:
        """As the evidence names it."""
        return f"{self.arm}{KIND}{self.what}" if self.what else self.arm


def arms_on(asked: Asked, target: str, exhibits: Sequence[Exhibit]) -> list[Named]:
    """All that was scored on a target, the treatment first; sources without words and baselines each by itself."""
    data, found = asked.targets[target], []
    treatment = of(exhibits, "treatment")
    if treatment:
        found.append(Named("treatment", "", measured(treatment, data, asked.metric)))
        found.append(Named("untrained_head", "", untrained(treatment, data, asked.metric)))
    for arm in ("permuted_labels", "shuffled_source", "random_init"):
        if own := of(exhibits, arm):
            found.append(Named(arm, "", measured(own, data, asked.metric)))
    for what, own in _wordless(exhibits).items():
        found.append(Named("structure_only", what, measured(own, data, asked.metric)))
    if own := of(exhibits, "feature_transfer"):
        found.append(Named("feature_transfer", "", measured(own, data, asked.metric, fixed=len(own) == 1)))
    if treatment:
        trivial = baselines(treatment[0], data, asked.metric)
        found += [Named(BEST_BASELINE, name, drawn) for name, drawn in trivial.items()]
    if own := supervised(exhibits, target):
        found.append(Named("target_supervised", "", measured(own, data, asked.metric)))
    return found


def evidence_on(
    asked: Asked, target: str, exhibits: Sequence[Exhibit], missing: Sequence[str], arms: Sequence[Named]
) -> Evidence:
    """What the judge may look at.

    Args:
        asked: The claim.
        target: Which target.
        exhibits: All finished runs of the claim.
        missing: Names of those that are not finished.
        arms: What `arms_on` found on the target.
    """
    data, treatment = asked.targets[target], of(exhibits, "treatment")
    claimed, chosen = asked.claimed, asked.chosen
    if not treatment:
        return Evidence(target, claimed, tuple(missing) or ("treatment",), None, chosen=chosen)
    own = next(one for one in arms if one.arm == "treatment")
    trained = next((one for one in arms if one.arm == "target_supervised"), None)
    others = {one.key: one.drawn for one in arms if one.arm not in ("treatment", "target_supervised")}
    scores, sources = _scores(treatment, data), _scores(treatment, asked.source)
    words = of(exhibits, "bag_of_words")
    passports = [one.record.passports.get(_key(one.record, data)) for one in treatment]
    chance, source_chance = (0.5, 0.5) if asked.metric == "auroc" else (_larger(scores[0]), _larger(sources[0]))
    return Evidence(
        target, claimed, tuple(missing), own.drawn,
        others,
        source=measured(treatment, asked.source, asked.metric),
        words=measured(words, asked.source, asked.metric, fixed=len(words) == 1) if words else None,
        nearby=tuple(
            Nearby(name, measured(treatment, near, asked.metric), untrained(treatment, near, asked.metric),
                   max(map(lost, _scores(treatment, near))))
            for name, near in asked.nearby.items()
        ),
        supervised=None if trained is None else trained.drawn,
        lost=max(map(lost, [*scores, *sources])), shared=max(score.shares_train for score in scores),
        contradictory=_contradictory(passports),
        leaks=tuple(dict.fromkeys(c for one in passports if one for c in one.failed if c in LEAKS)),
        refused=_refused(treatment, data),
        chosen=chosen, ranked=over_larger_class(treatment, data), narrowed=asked.narrowed, chance=chance,
        source_chance=source_chance, ranks=asked.metric == "auroc",
        wordless={
            what: measured(own, _own_test(own[0]), "auroc") for what, own in _wordless(exhibits).items()
        },
    )  # fmt: skip


def of(exhibits: Sequence[Exhibit], arm: str) -> list[Exhibit]:
    """The runs of an arm that speak of all targets, in the order of their seeds."""
    return sorted((one for one in exhibits if one.arm == arm and one.target is None), key=lambda one: one.seed)


def supervised(exhibits: Sequence[Exhibit], target: str) -> list[Exhibit]:
    """The runs that were trained on all of a target, in the order of their seeds."""
    own = [one for one in exhibits if one.arm == "target_supervised" and one.target == target and one.shots is None]
    return sorted(own, key=lambda one: one.seed)


def lost(score: Score) -> float:
    """Share of a test split that the tokenizer loses: unknown or truncated, whichever is larger."""
    tokens = score.data.tokens
    return max(tokens.unknown_tokens, tokens.unknown_characters, tokens.truncated)


def _scores(exhibits: Sequence[Exhibit], data: str) -> list[Score]:
    return [one.score(data) for one in exhibits]


def _key(record: Record, data: str) -> str:
    return next(name for name, score in record.scores.items() if score.data.digest == data)


def _refused(exhibits: Sequence[Exhibit], data: str) -> tuple[str, ...]:
    """Checks of a target, leaks aside, that stop a run and that a record does not accept in the open."""
    found = []
    for one in exhibits:
        key = _key(one.record, data)
        passport = one.record.passports.get(key)
        for check in () if passport is None else passport.stops:
            if check not in LEAKS and not any(line.startswith(f"{key}: {check}:") for line in one.record.accepted):
                found.append(check)
    return tuple(dict.fromkeys(found))


def _wordless(exhibits: Sequence[Exhibit]) -> dict[str, list[Exhibit]]:
    """The runs that were trained without words, by the source's name in the claim."""
    runs = of(exhibits, "structure_only")
    return {what: [one for one in runs if one.what == what] for what in dict.fromkeys(one.what for one in runs)}


def _own_test(exhibit: Exhibit) -> str:
    """The digest of the test split of a run's own source."""
    return next(score.data.digest for score in exhibit.record.scores.values() if score.role == "source")


def _larger(score: Score) -> float:
    """Accuracy of always naming the larger class."""
    return max(score.data.counts.values()) / score.data.examples


def _contradictory(passports: Sequence[Passport | None]) -> float | None:
    known = [one.contradictory for one in passports if one is not None and one.contradictory is not None]
    return max(known) if known else None
