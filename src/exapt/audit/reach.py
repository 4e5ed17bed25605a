"""How far all families together get: a lower bound of what the examples offer to a model."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from exapt.audit.crossfit import Panel
from exapt.findings import Finding

Floats = npt.NDArray[np.float64]
NORMAL = 1.96  # two-sided 95%
STACK = 1.0  # C of the second model
PLACE = "position"  # a pair does not offer its place in the file


def stacked(panel: Panel, names: Collection[str] | None = None) -> Floats:
    """Held-out log-odds of the positive class from several families together, shape (n,).

    Stacking (Wolpert 1992), nested: for each fold a ridge logistic regression on the families' scores is fitted to the
    other folds, on scores by models that saw neither the row's fold nor this one, and read in this fold.

    Args:
        panel: The cross-fitted families.
        names: The families to use; all by default.

    Returns:
        Log-odds; 0 where nothing could be held out.
    """
    chosen = [f for f, family in enumerate(panel.families) if names is None or family.name in names]
    score = np.zeros(len(panel.view))
    if not chosen:
        return score
    if panel.folds < 3:  # too few to leave two out: the mean of what each says
        return np.asarray(panel.plain[chosen].mean(axis=0)) if panel.folds else score
    positive = panel.view.positive
    for k in range(panel.folds):
        inside, table = panel.fold == k, panel.scores[chosen, k].T
        if len(np.unique(positive[~inside])) < 2:
            continue
        scaler = StandardScaler().fit(table[~inside])
        model = LogisticRegression(C=STACK, max_iter=200).fit(scaler.transform(table[~inside]), positive[~inside])
        score[inside] = model.decision_function(scaler.transform(table[inside]))
    return score


def reach(panel: Panel) -> Finding:
    """AUROC and accuracy of all families together, with 95% intervals; a number to know, which always passes.

    What small models find is there to be found, so the pairs offer at least this much; they may offer more. The
    intervals are clustered by group; that of the AUROC is averaged over folds (`crossfit.held_out`), and where there is
    nothing to find it is up to 1.4 times too narrow (see `Panel.low`).
    """
    if not panel.folds or not panel.families:
        said = panel.notes[-1] if panel.notes else "no family applies"
        return Finding(check="reach", family="reach", level="skip", n=len(panel.view), said=said)
    offered = [family.name for family in panel.families if family.name != PLACE]
    score = stacked(panel, offered)
    held = panel.held(score)
    area = _interval(held.auroc, held.standard_error)
    right = (score >= 0) == panel.view.positive
    accuracy = _interval(*clustered_share(right, panel.groups))
    share = float(panel.view.positive.mean())
    return Finding(
        check="reach", family="reach", level="pass", n=len(panel.view), **area,
        said=f"at least AUROC {_words(area)}, accuracy {_words(accuracy)} from {len(offered)} families together",
        facts={
            "auroc": area, "accuracy": accuracy, "majority": max(share, 1 - share), "folds": panel.folds,
            "families": offered, "notes": panel.notes,
        },
    )  # fmt: skip


def clustered_share(hit: npt.NDArray[np.bool_], groups: npt.NDArray[np.intp]) -> tuple[float, float]:
    """A share and its standard error where rows of a group depend on each other (Cochran 1977, the ratio estimator).

    Args:
        hit: Shape (n,), n > 0.
        groups: Shape (n,), numbers from 0.

    Returns:
        The share, 0 to 1, and its standard error; infinite for a single group.
    """
    share = float(hit.mean())
    excess = np.bincount(groups, hit - share)
    count = len(np.unique(groups))
    if count < 2:
        return share, math.inf
    return share, math.sqrt(count / (count - 1) * float(excess @ excess)) / len(hit)


def _interval(value: float, error: float) -> dict[str, Any]:
    low, high = max(0.0, value - NORMAL * error), min(1.0, value + NORMAL * error)
    return {"value": value, "low": low, "high": high}


def _words(interval: dict[str, Any]) -> str:
    return f"{interval['value']:.3f} ({interval['low']:.3f} to {interval['high']:.3f})"
