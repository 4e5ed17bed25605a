"""AUROCs on rows that models have not seen: a mean over folds, its standard error, and how sure a bound is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exapt.evaluation.clustered import clustered_error, permuted_error, placements
from exapt.evaluation.ranks import midranks

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

QUANTILE = 3.0902  # of the standard normal, one-sided 99.9%
SHARED = 3.2905  # the same for two bounds together: one-sided 99.95% each (Bonferroni)


@dataclass(frozen=True)
class Held:
    """An AUROC on rows that the models had not seen.

    Attributes:
        auroc: Mean over folds of each fold's own AUROC.
        standard_error: Of that mean if the folds' errors were independent; infinite where it can not be told.
        folds: Number of folds with both classes, over which the mean goes.
    """

    auroc: float
    standard_error: float
    folds: int

    @property
    def low(self) -> float:
        """One-sided 99.9% lower bound, not below 0."""
        return max(0.0, self.auroc - QUANTILE * self.standard_error)


def held_out(positive: Bools, score: Floats, fold: Ints, groups: Ints, among: Iterable[int] | None = None) -> Held:
    """The mean of the folds' AUROCs.

    Scores of different folds come from different models and are never compared: pooled, they would mix in how the folds
    differ in their share of positives, which makes a model that knows nothing score below one half.

    The standard error takes the folds' errors as independent, as in LeDell, Petersen and van der Laan (2015),
    Computationally efficient confidence intervals for cross-validated area under the ROC curve estimates. That holds
    where the models have learned something; `Panel.low` is for where they may not have.

    Told from the rows themselves an error is too small where a fold has few rows of a class and many ties: two that are
    alike by chance seem to say for sure. So it is made larger by as much as it falls short, rows taken as independent,
    of the error that permuted labels have. (Null tasks of 200 rows, 10% of them positive, a flag in 5% or 30% of the
    rows: a clean family alarmed in 0.5% of 400 tasks, and then in none.)

    Args:
        positive: Shape (n,).
        score: Shape (n,).
        fold: Shape (n,).
        groups: Shape (n,).
        among: The folds to look at; all by default. Those that lack a class are left out.

    Returns:
        The mean; 0.5 with an infinite error if no fold has both classes.
    """
    found = []
    for k in sorted(set(fold.tolist()) - {-1}) if among is None else among:
        rows = fold == k
        if 0 < positive[rows].sum() < rows.sum():
            found.append(_fold(positive[rows], score[rows], groups[rows]))
    if not found:
        return Held(0.5, math.inf, 0)
    area, error = np.array(found).T
    return Held(float(area.mean()), float(np.sqrt((error**2).sum()) / len(found)), len(found))


def _fold(positive: Bools, score: Floats, groups: Ints) -> tuple[float, float]:
    """A fold's AUROC and its standard error."""
    above, below = placements(positive, score)
    error, told = (clustered_error(positive, above, below, each) for each in (groups, np.arange(len(score))))
    chance = permuted_error(positive, score)
    return float(above.mean()), error * max(1.0, chance / told) if told else max(error, chance)


def told_elsewhere(positive: Bools, score: Floats, fold: Ints, left_out: int) -> float:
    """The mean AUROC of the folds but one; chance where one lacks a class."""
    areas = []
    for k in set(fold.tolist()) - {left_out}:
        rows = fold == k
        ours = positive[rows]
        m, n = int(ours.sum()), int((~ours).sum())
        above = float(midranks(score[rows])[ours].sum()) - m * (m + 1) / 2
        areas.append(above / (m * n) if m * n else 0.5)
    return float(np.mean(areas)) if areas else 0.5
