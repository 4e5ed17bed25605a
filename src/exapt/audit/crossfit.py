"""Held-out scores of every family of features: whole groups are held out, and nothing is ever pooled over folds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from exapt.audit.crew import Crew
from exapt.audit.families import FAMILIES
from exapt.audit.family import Family, Matrix
from exapt.audit.held import SHARED, Held, held_out, told_elsewhere
from exapt.audit.single_split import single_split
from exapt.audit.small_models import MODELS
from exapt.audit.view import View, part_of
from exapt.tasks.groups import draw

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

FOLDS = 5
MANY, FEW_FOLDS = 10_000, 3  # rows from which fewer folds do
ROWS = 50_000  # of more, whole groups are drawn
_CLEAR = 1e-9  # AUROC by which a single split must tell more: less is rounding
_DEAL = 3  # the purpose of the draw; zero would draw as the bare seed does
SPARE = 5  # groups with a class that each fold should have of it, for a standard error to mean something


@dataclass(frozen=True)
class Panel:
    """What each family tells about held-out rows.

    Attributes:
        view: The rows that were used: all, or whole groups of them.
        rows: Their row numbers in the frame of the view that was asked about, shape (n,).
        families: Those that apply.
        groups: Shape (n,).
        fold: Shape (n,), each row's fold from 0; all -1 if nothing can be held out.
        scores: Shape (families, folds, n). ``scores[f, k, i]`` is the score of row i by a model that saw neither fold k
            nor i's own fold. So ``scores[f, fold[i], i]`` is plain cross-validation, and for a choice or a model made
            without fold k, ``scores[f, k]`` is all that it may look at, in training and in test.
        features: Columns of each family's matrix.
        block: Shape (n,): each fold halved; ``fold = block % folds``. All -1 if nothing can be held out.
        early: Shape (families, 2, n): the score of row i by a model that saw only the blocks before i's own; 0 in block
            0. First by the family's own model, then by a single split of one column.
        notes: What a reader should know: few groups, a large one, rows left out.
    """

    view: View
    rows: Ints
    families: list[Family]
    groups: Ints
    fold: Ints
    scores: Floats
    block: Ints
    early: Floats
    features: list[int]
    notes: list[str]

    @property
    def folds(self) -> int:
        """Number of folds; 0 if nothing can be held out."""
        return int(self.scores.shape[1])

    @cached_property
    def plain(self) -> Floats:
        """Cross-validated scores, shape (families, n)."""
        return self.scores[:, self.fold, np.arange(len(self.fold))] if self.folds else self.scores[:, 0:0, :].sum(1)

    def held(self, score: Floats, among: Iterable[int] | None = None) -> Held:
        """The AUROC of held-out scores of shape (n,), over some folds or all."""
        return held_out(self.view.positive, score, self.fold, self.groups, among)

    def low(self, family: int) -> float:
        """One-sided 99.9% lower bound of a family's AUROC, from scores of models that saw earlier blocks only.

        The higher of two bounds of 99.95% each: of the family's own model, and of a single split of one column. A mark
        that few rows of one class carry is one column of many; a larger model adds to it what chance says of all other
        rows, whose order then blurs the AUROC as much as if all rows had been told apart.

        Plain cross-validation has no such bound: of two folds each is in the other's training set, so what they have in
        common by chance is counted twice, and where there is nothing to find its error is the root of two larger than
        the folds say (measured: 1.35 to 1.47 times). Taken in order, each block's error has mean zero whatever came
        before it (a martingale; the prequential principle of Dawid 1984), so the errors are uncorrelated. What a model
        tells that has seen fewer rows, one that has seen more tells too: the bound holds for both.
        """
        later = range(1, 2 * self.folds)
        told = [held_out(self.view.positive, score, self.block, self.groups, later) for score in self.early[family]]
        return max(0.0, *(held.auroc - SHARED * held.standard_error for held in told))


def panel_of(
    view: View,
    families: Sequence[Family],
    groups: Ints,
    *,
    crew: Crew | None = None,
    told: Callable[[str, float], None] = lambda family, share: None,
) -> Panel:
    """Cross-fit every family that applies.

    Each family costs (folds² + folds) / 2 fits, one for every pair of folds left out and one for every fold, and
    2 folds - 1 on fewer rows: 24 with five folds. From 10,000 rows on there are three folds, and 11 fits: two thirds of
    so many rows teach a small model what four fifths do.

    Args:
        view: The examples.
        families: The families; a process makes one matrix at a time.
        groups: Each example's group, shape (n,); rows that share a side, nearly or exactly, belong to one group.
        crew: Processes that share the work; the panel is the same.
        told: Called with a family that begins or ends and the share of families that are done, from any thread.
    """
    groups = np.asarray(groups)
    rows = np.asarray(draw(groups.tolist(), ROWS, view.seed), dtype=np.intp)
    notes = []
    if len(rows) < len(view):
        notes.append(f"looked at {len(rows):,} of {len(view):,} rows, whole groups drawn with seed {view.seed}")
        view = part_of(view, rows)
    groups = np.asarray(pd.factorize(groups[rows])[0], dtype=np.intp)
    block, folds, said = deal(view.positive, groups, view.seed, FOLDS if len(view) < MANY else FEW_FOLDS)
    applying = [family for family in families if family.applies(view)]
    # the bags of k-mers first, which take longest
    order = sorted(range(len(applying)), key=lambda f: (applying[f].model != "linear", -f))
    # what only this process knows has no name to be sent by, and is done here
    parts = [applying[f].name if applying[f] in FAMILIES else applying[f] for f in order]
    made = (crew or Crew(1)).each(
        fitted, (view, block, folds), parts, lambda number, share: told(applying[order[number]].name, share)
    )
    scores, early = np.zeros((len(applying), folds, len(view))), np.zeros((len(applying), 2, len(view)))
    features = [0] * len(applying)
    for f, found in zip(order, made, strict=True):
        features[f], scores[f], early[f] = found
    fold = block % folds if folds else block
    return Panel(view, rows, applying, groups, fold, scores, block, early, features, notes + said)


def fitted(dealt: tuple[View, Ints, int], family: Family | str) -> tuple[int, Floats, Floats]:
    """One family's features, scores and early scores, as a `Panel` of this view, these blocks and folds holds them."""
    view, block, folds = dealt
    known = next(one for one in FAMILIES if one.name == family) if isinstance(family, str) else family
    with threadpool_limits(1):  # sums of several threads differ in their last bits from machine to machine
        matrix = known.matrix(view)
        return int(matrix.shape[1]), *crossfit(matrix, known.model, view.positive, block, folds)


def crossfit(matrix: Matrix, model: str, positive: Bools, block: Ints, folds: int) -> tuple[Floats, Floats]:
    """One family's scores by one of the small models and by a single split: `Panel.scores` and `Panel.early` of it.

    Of both, ``scores[k]`` are by the one that tells more in the other folds, which it may look at. The family's own
    model is nearly always; a single split is where one rare mark is all that there is to know.

    Returns:
        Shapes (folds, n) and (2, n).
    """
    scores, early = np.zeros((2, folds, len(positive))), np.zeros((2, len(positive)))
    if folds == 0:
        return scores[0], early
    fold = block % folds
    pairs = [(j, k) for k in range(folds) for j in range(k + 1)]
    train = np.stack([(fold != j) & (fold != k) for j, k in pairs] + [block < b for b in range(1, 2 * folds)])
    for number, fit in enumerate((MODELS[model], single_split)):
        fitted = fit(matrix, positive, train)
        for (j, k), score in zip(pairs, fitted, strict=False):
            scores[number, k, fold == j] = score[fold == j]
            scores[number, j, fold == k] = score[fold == k]
        for b, score in enumerate(fitted[len(pairs) :], start=1):
            early[number, block == b] = score[block == b]
    told = [[told_elsewhere(positive, score, fold, k) for score in scores[:, k]] for k in range(folds)]
    split = np.subtract(*np.transpose(told)) < -_CLEAR
    return scores[split.astype(np.intp), np.arange(folds)], early


def deal(positive: Bools, groups: Ints, seed: int, folds: int = FOLDS) -> tuple[Ints, int, list[str]]:
    """Deal whole groups to two blocks for every fold, so that each block has about its share of either class.

    Groups are shuffled, then taken from the largest to the smallest, each to the block where it evens out the classes
    best. There are fewer folds where a class stands in under 25 groups, and none where it stands in under ten.

    Args:
        positive: Shape (n,).
        groups: Shape (n,), numbers from 0 without a gap.
        seed: Seed of the order.
        folds: Wanted number of folds, at least 2.

    Returns:
        Each row's block, shape (n,), from 0 (-1 if there are none); the number of folds, half that of blocks; what is
        worth saying. A block belongs to the fold ``block % folds``.
    """
    count = int(groups.max(initial=-1)) + 1
    classes = np.stack([np.bincount(groups[side], minlength=count) for side in (positive, ~positive)], axis=1)
    fewest = int((classes > 0).sum(axis=0).min()) if count else 0
    if fewest < 2 * SPARE:
        return np.full(len(groups), -1), 0, [f"a class stands in {fewest} groups only: nothing can be held out"]
    notes = []
    made = min(folds, fewest // SPARE)
    if made < folds:
        notes.append(f"{made} folds instead of {folds}: a class stands in {fewest} groups only")
    size = classes.sum(axis=1)
    if 2 * size.max() > len(groups):
        notes.append(f"one group holds {size.max() / len(groups):.0%} of the rows: the folds are uneven")
    order = np.random.default_rng([seed, _DEAL]).permutation(count)
    order = order[np.argsort(-size[order], kind="stable")]
    total = classes.sum(axis=0)
    home = np.empty(count, dtype=np.intp)
    load = [[0.0, 0.0] for _ in range(2 * made)]
    for group, (ours, theirs) in zip(order.tolist(), (classes[order] / total**2).tolist(), strict=True):
        best = min(range(2 * made), key=lambda k: load[k][0] * ours + load[k][1] * theirs)
        home[group] = best
        load[best][0] += ours * float(total[0]) ** 2
        load[best][1] += theirs * float(total[1]) ** 2
    return home[groups], made, notes
