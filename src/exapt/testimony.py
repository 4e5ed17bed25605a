"""What a verdict rests on, as its file holds it: reasons, contrasts, rungs, arms, seeds and what spreads them."""

from __future__ import annotations

from exapt.estimates import Estimate, Part


class Reason(Part):
    """Why: a sentence, and the number it rests on.

    Attributes:
        said: In words.
        number: With its 95% interval over seeds and examples; None for a share or a name.
        n: Examples that the number was computed on, where these are not the target's (the source, a nearby target).
        seeds: Seeds behind it, where these are not the treatment's.
    """

    said: str
    number: Estimate | None = None
    n: int | None = None
    seeds: int | None = None


class Contrast(Part):
    """The treatment less one arm.

    Attributes:
        arm: The other arm.
        what: Which of its kind, such as "edit similarity" or "random_match"; empty if there is one only.
        difference: Of the metric, with its 95% interval over seeds and examples.
        p: One-sided, of the hypothesis that it is at most the margin; with `either` the larger of both.
        seeds: The difference of each seed.
        signs: Two-sided p of sign flips over seeds; None for an arm that is not paired by seed.
        wilcoxon: Two-sided p of Wilcoxon's signed ranks over seeds; None likewise.
        examples: Two-sided p of sign flips by group, of the mean score rank over seeds; None likewise.
        order: Upper bound of the violation of almost stochastic order (below 0.5: the treatment is better); None under
            five seeds of each.
        either: The treatment less the sum of 0.5 and the arm's distance from it, seed by seed: in `language`, where a
            seed of the arm ranks the wrong way round; None elsewhere.
    """

    arm: str
    what: str = ""
    difference: Estimate
    p: float
    seeds: list[float]
    signs: float | None = None
    wilcoxon: float | None = None
    examples: float | None = None
    order: float | None = None
    either: Estimate | None = None


class Rung(Part):
    """One rung on one target.

    Attributes:
        rung: Its name.
        claimed: Whether the claim claims it.
        holds: Whether its adjusted p is at most 0.05.
        refuted: Whether an upper bound of one of its contrasts is under the margin, from three seeds on; None where
            nobody says.
        p: The largest of its contrasts'; None if an arm is missing.
        adjusted: After Holm's correction over the targets and claims of a study.
        contrasts: Those that were run.
        missing: Arms that it needs and that were not.
        remainder: The treatment on the auditor's matched remainder, less one half; None if there is none.
    """

    rung: str
    claimed: bool
    holds: bool
    refuted: bool | None = None
    p: float | None
    adjusted: float | None
    contrasts: list[Contrast]
    missing: list[str]
    remainder: Estimate | None = None


class Arm(Part):
    """One arm on one target.

    Attributes:
        arm: Its name.
        what: Which of its kind, such as "edit similarity".
        value: The mean over seeds, with its 95% interval over seeds and examples (over examples alone, where `seeds` is
            empty).
        seeds: By seed, its value on all examples; empty where nothing is drawn.
        deviation: Between seeds, None under two; of `untrained_head` between heads on one backbone.
    """

    arm: str
    what: str = ""
    value: Estimate
    seeds: dict[str, float]
    deviation: float | None


class Shots(Part):
    """The arm that is trained on the target itself, with so many examples.

    Attributes:
        examples: Training examples; None for all.
        used: How many these were.
        values: The metric of each draw and seed.
    """

    examples: int | None
    used: int
    values: list[float]


class Lottery(Part):
    """How likely the best of a few seeds reaches the published number.

    Attributes:
        published: The number.
        metric: Its metric.
        seeds: Observed.
        reached: How many of them reach it.
        low: Lower end of the 95% interval of the chance of one seed.
        high: Upper end.
        best_of: By number of seeds, from 1 to 100: the chance that the best of them reaches it.
        even: The number of seeds at which the chance is one half; None if no observed seed reaches it.
    """

    published: float
    metric: str
    seeds: int
    reached: int
    low: float
    high: float
    best_of: dict[str, float]
    even: int | None


class Cause(Part):
    """How much of the spread between fits one thing causes.

    Attributes:
        what: "initial weights", "order of the data", "both together and the rest" or "draw of the training data".
        variance: In squared units of the metric, with its 95% interval.
    """

    what: str
    variance: Estimate
