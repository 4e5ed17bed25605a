"""Are the labels sound: how many of each, in what order in the file, and what they say of repeated pairs and sides."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exapt.audit.repeated import contradictory_labels, duplicated_rows, mirrored_rows, sides_under_both_labels
from exapt.audit.view import View
from exapt.evaluation.metrics import auroc
from exapt.findings import Finding, Level

FEW = 0.05  # share of the rarer class
SURE = 1e-4  # chance that rows in random order look so ordered
FAR = 0.55  # AUROC of the position
_SORTED = 0.1  # of the runs that chance makes
_LOOK = 20  # rows of a split, five of each class, below which its order says nothing


def label_findings(view: View) -> list[Finding]:
    """All checks of labels, in the order in which they are printed."""
    return [
        label_counts(view),
        label_order(view),
        contradictory_labels(view),
        duplicated_rows(view),
        mirrored_rows(view),
        sides_under_both_labels(view),
    ]


def label_counts(view: View) -> Finding:
    """Share of the rarer class, of the split where it is smallest; the facts hold the counts of each split."""
    names = next(iter(view.splits.values())).space
    counts = {split: [int(e.positive.sum()), int((~e.positive).sum())] for split, e in view.splits.items()}
    shares = {split: min(count) / sum(count) for split, count in counts.items()}
    split = min(shares, key=lambda name: shares[name])
    value = shares[split]
    rarer = (names.positive, names.negative)[int(np.argmin(counts[split]))]
    return Finding(
        check="label counts",
        family="labels",
        level="fail" if value == 0 else "warn" if value < FEW else "pass",
        value=value,
        threshold=FEW,
        n=len(view),
        said=f"{split} has no row of {rarer}" if value == 0 else f"{value:.1%} of {split} rows are {rarer}, the fewest",
        remedy="add rows of this class, or divide the rows anew" if value < FEW else "",
        facts={"splits": {s: {names.positive: p, names.negative: q} for s, (p, q) in counts.items()}},
    )


def label_order(view: View) -> Finding:
    """Whether a row's place in its file tells its label.

    Two tests per split: the AUROC of the row number (Mann and Whitney 1947), and the number of runs of equal labels
    (Wald and Wolfowitz 1940), where only too few count: alternating labels part nothing when a file is cut. Fails where
    the AUROC, or 1 minus it, exceeds 0.55 with its 99.9% lower bound, or where there are less than a tenth of the runs
    that chance makes; warns where either has a chance below 0.0001.

    Its value is the larger of AUROC and 1 - AUROC, of the worst split.
    """
    told = {split: order_of(examples.positive) for split, examples in view.splits.items()}
    looked = {split: facts for split, facts in told.items() if facts is not None}
    if not looked:
        return Finding(
            check="label order", family="labels", level="skip", n=len(view), said="too few rows to tell an order"
        )
    grades: tuple[Level, ...] = ("pass", "warn", "fail")
    split = max(looked, key=lambda name: (looked[name]["grade"], looked[name]["value"]))
    worst = looked[split]
    level = grades[int(worst["grade"])]
    said = f"position in {split} tells the label with AUROC {worst['value']:.2f}; {worst['runs']:,.0f} runs of labels"
    if worst["runs"] == 2:
        said = f"{split} is sorted by label"
    return Finding(
        check="label order",
        family="labels",
        level=level,
        value=worst["value"],
        low=worst["low"],
        threshold=FAR,
        n=len(view),
        said=said,
        remedy="" if level == "pass" else "shuffle the rows with a seed, before any part of the file is taken",
        facts={"splits": looked, "sorted": sorted(split for split, facts in looked.items() if facts["runs"] == 2)},
    )


def order_of(positive: npt.NDArray[np.bool_]) -> dict[str, float] | None:
    """What the order of some labels says; None if they are too few.

    Args:
        positive: The labels in the order of the file, shape (n,).

    Returns:
        `auroc` of the row number, `value` (that or 1 minus it, the larger), `low` (its 99.9% lower bound), `runs`,
        `expected` (runs by chance), `chance` (of the more telling of both tests) and `grade`: 0 to pass, 1 to warn, 2
        to fail.
    """
    n = len(positive)
    p, q = int(positive.sum()), int((~positive).sum())
    if n < _LOOK or min(p, q) < 5:
        return None
    area = float(auroc(positive, np.arange(n, dtype=np.float64), np.ones((1, n)))[0])
    value = max(area, 1 - area)
    error = math.sqrt((n + 1) / (12 * p * q))
    runs = 1 + int(np.count_nonzero(positive[1:] != positive[:-1]))
    expected = 2 * p * q / n + 1
    spread = math.sqrt((expected - 1) * (expected - 2) / (n - 1))
    # two-sided for the area, one-sided for the runs
    by_area, by_runs = math.erfc((value - 0.5) / error / math.sqrt(2)), _below((runs - expected) / spread)
    low = value - 3.2905 * error
    far = low > FAR or (runs < _SORTED * expected and by_runs < SURE)
    return {
        "auroc": area,
        "value": value,
        "low": max(0.0, low),
        "runs": float(runs),
        "expected": expected,
        "chance": min(by_area, by_runs),
        "grade": 2.0 if far else 1.0 if min(by_area, by_runs) < SURE else 0.0,
    }


def _below(z: float) -> float:
    """Chance that a standard normal number lies below z."""
    return math.erfc(-z / math.sqrt(2)) / 2
