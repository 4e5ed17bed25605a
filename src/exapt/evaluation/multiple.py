"""Several tests at once: all of them needed (intersection-union), or each on its own account (Holm)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def all_needed(p: Sequence[float]) -> float:
    """p-value of a claim that needs every one of several tests: the largest (Berger 1982, Technometrics 24:295).

    Nothing is corrected inside: a false claim has at least one true null hypothesis, whose own test holds the level.

    Raises:
        ValueError: Without a p-value.
    """
    if not len(p):
        raise ValueError("a claim needs at least one test")
    return float(max(p))


def holm(p: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given (Holm 1979, Scandinavian Journal of Statistics 6:65).

    Those at most alpha are the ones that the step-down procedure rejects at a family-wise level of alpha.
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)), 1.0)
    return [float(value) for value in adjusted]
