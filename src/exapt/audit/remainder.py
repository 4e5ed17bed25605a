"""What is left of a task when its shortcuts are taken away: positives and negatives that look the same to them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exapt.audit.view import View
from exapt.evaluation.clustered import clustered_auroc
from exapt.findings import Finding

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

CALIPER = 0.1  # standard deviations of the score
OFF = 0.02  # how far from one half the shortcut's AUROC may be on what is left
FEW = 200  # pairs
HALVINGS = 6
_MATCH = 4  # the purpose of the draw


def matched_remainder(
    view: View, score: Floats, fold: Ints | None = None, *, caliper: float = CALIPER
) -> tuple[Ints | None, Finding]:
    """Match each positive to a negative that the shortcut cannot tell from it; who finds no partner is left out.

    Within each split and fold, positives and negatives are matched one to one, nearest first, if their scores differ by
    no more than the caliper (Rosenbaum and Rubin 1985). If the shortcut still tells them apart on what is left, the
    caliper is halved, up to six times.

    **The trap.** Do not keep the examples that the shortcut gets wrong, or those which "no feature solves": that
    selects on the outcome. Among them the shortcut points the wrong way, so a model that knows nothing but the shortcut
    falls far below one half (0.21 on a published set) and one that has unlearned it is flattered. Matching looks at the
    score and at the class, never at whether they agree.

    Args:
        view: The examples.
        score: Shape (n,), the **cross-fitted** score of the shortcut (`reach.stacked` of the families that failed): on
            scores of rows that the model has seen, rows would be matched on what it remembers of them.
        fold: Shape (n,), each row's fold: scores of two folds come from two models, whose offsets differ with the
            labels that each has not seen, so that rows are matched and scored within a fold. One fold if None.
        caliper: In standard deviations of the score, above 0.

    Returns:
        Row numbers of the view's frame that stay, ascending, or None if no matching brings the shortcut to
        0.5 +- 0.02; and the finding "matched remainder": its value is the shortcut's AUROC on what is left.

    Raises:
        ValueError: If `score` is not one finite number a row.
    """
    if score.shape != (len(view),) or not np.isfinite(score).all():
        raise ValueError(f"a finite score is needed for each of the {len(view)} rows")
    fold = np.zeros(len(view), dtype=np.intp) if fold is None else fold
    strata = [
        np.asarray(rows, dtype=np.intp)
        for rows in view.frame.assign(fold=fold).groupby(["split", "fold"], sort=True).indices.values()
    ]
    deviation = float(score.std())
    for halving in range(HALVINGS + 1):
        width = caliper * deviation / 2**halving
        pairs = [
            _matched(view.positive, score, rows, width, [view.seed, _MATCH, place]) for place, rows in enumerate(strata)
        ]
        rows = np.sort(np.concatenate(pairs, axis=0).ravel())
        if len(rows) < 4:
            break
        area, error = _within(view.positive[rows], score[rows], fold[rows])
        if abs(area - 0.5) <= OFF:
            return rows, _found(view, rows, area, error, caliper / 2**halving)
    return None, Finding(
        check="matched remainder", family="shortcuts", level="warn", n=len(view),
        said="none: no positives and negatives look the same to the shortcut",
        remedy="draw the negatives anew so that they share the shortcut's features with the positives.",
        facts={"pairs": 0},
    )  # fmt: skip


def _within(positive: npt.NDArray[np.bool_], score: Floats, fold: Ints) -> tuple[float, float]:
    """The AUROC within folds, weighted by their rows, and its standard error."""
    inside = [fold == number for number in np.unique(fold)]
    found = np.array([clustered_auroc(positive[i], score[i], np.arange(int(i.sum()))) for i in inside])
    weight = np.array([i.mean() for i in inside])
    return float(weight @ found[:, 0]), float(np.sqrt(np.sum((weight * found[:, 1]) ** 2)))


def _matched(positive: npt.NDArray[np.bool_], score: Floats, rows: Ints, width: float, seed: list[int]) -> Ints:
    """Pairs of a positive and a negative row, shape (pairs, 2): each positive with the nearest negative that is free.

    Positives come in random order, and of two negatives equally near one is drawn: going up both sorted classes instead
    would always take the lowest of the negatives within reach, and the score would tell what is left apart.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(rows)  # among equal scores, the file's order decides nothing
    ours = rows[positive[rows]]
    theirs = rows[~positive[rows]]
    theirs = theirs[np.argsort(score[theirs], kind="stable")]
    other = score[theirs]
    # free[side][k]: the nearest free place at k or beyond it, to the left (0) and to the right (1); places are from 1
    free = [list(range(len(theirs) + 2)), list(range(len(theirs) + 2))]
    pairs = []
    for row, coin in zip(ours.tolist(), rng.random(len(ours)).tolist(), strict=True):
        place = int(np.searchsorted(other, score[row], side="left" if coin < 0.5 else "right"))
        below, above = _root(free[0], place), _root(free[1], place + 1)
        near = [(abs(other[k - 1] - score[row]), k) for k in (below, above) if 0 < k <= len(theirs)]
        distance, taken = min(near, default=(np.inf, 0))
        if distance <= width:
            pairs.append((row, theirs[taken - 1]))
            free[0][taken], free[1][taken] = taken - 1, taken + 1
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


def _found(view: View, rows: Ints, area: float, error: float, caliper: float) -> Finding:
    pairs = len(rows) // 2
    few = pairs < FEW
    said = f"{pairs:,} pairs of {len(view):,} rows, on which the shortcut's AUROC is {area:.3f}"
    return Finding(
        check="matched remainder", family="shortcuts", level="warn" if few else "pass", value=area, n=len(view),
        said=f"{said}; under {FEW} pairs say little" if few else said, threshold=OFF,
        remedy="make more examples before matching." if few else "",
        low=max(0.0, area - 1.96 * error), high=min(1.0, area + 1.96 * error),
        facts={
            "pairs": pairs, "caliper": caliper,
            "rows": {name: int((view.frame["split"].to_numpy()[rows] == name).sum()) for name in view.splits},
        },
    )  # fmt: skip
