"""Numbers with their intervals: how a column of scores is told in a record."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Metric = Literal["auroc", "accuracy", "f1", "mcc", "brier"]


class Part(BaseModel):
    """A part of a record: frozen, without unknown keys, without numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Estimate(Part):
    """A number with its 95% interval; None where it is not defined (a metric of one class, say)."""

    value: float | None
    low: float | None
    high: float | None


class Confusion(Part):
    """Counts at the source's threshold."""

    true_positive: int
    false_positive: int
    true_negative: int
    false_negative: int


class Scores(Part):
    """All metrics of one column of scores, each with an interval from a bootstrap over groups.

    Attributes:
        metrics: Estimates by metric. Brier is absent where scores are no probabilities (baselines).
        confusion: Counts at `threshold`.
        threshold: The score from which an example is called positive; 0 (log-odds) for networks, chosen on the
            source's dev split for baselines.
    """

    metrics: dict[Metric, Estimate]
    confusion: Confusion
    threshold: float


class Heads(Part):
    """The scores of many untrained heads on one frozen backbone: what chance looks like for this model and task.

    Attributes:
        auroc: One value per head.
        accuracy: One value per head.
    """

    auroc: list[float]
    accuracy: list[float]


class Level(Part):
    """The examples of one level of difficulty ("0.20", "2 swaps") scored on their own, at the threshold of them all."""

    level: str
    n: int
    groups: int
    auroc: Estimate
    accuracy: Estimate


class Psychometric(Part):
    """A logistic function fitted to accuracy against level (see `exapt.evaluation.psychometric`).

    Attributes:
        threshold: Level at which accuracy crosses midway between chance (a half) and `ceiling`, which it tends to.
        slope: Change of accuracy per unit of level at the threshold.
        reason: Why the three estimates, or the slope alone, are None; None if none is.
    """

    threshold: Estimate | None
    slope: Estimate | None
    ceiling: Estimate | None
    reason: str | None
