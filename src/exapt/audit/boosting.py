"""Shallow boosted trees on histograms, many fits side by side: what a library takes a fit at a time, in one sweep."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

BINS = 32  # of values that are there; one more holds what is missing
FEWEST_ROWS, LEAST_CURVATURE, TINY = 20, 1e-3, 1e-15  # of a leaf: rows, sum of second derivatives; never divide by zero
CELLS = 1 << 22  # rows x columns of all fits that are looked at together: some 200 MB while they are sorted into bins
HIGHEST = 1e300  # of a cut, so that infinite values have a bin of their own
# a leaf's best split: what it takes from the loss, where it is, and the sums of its left side
_SPLIT = np.dtype([("gain", "f8"), ("feature", "i8"), ("bin", "i8"), ("missing_left", "?"), ("left", "f8", 3)])


def boosted(
    table: Floats, positive: Bools, train: Bools, *, trees: int, leaves: int, rate: float, alone: bool = False
) -> Floats:
    """Gradient boosting for two classes, one fit for each choice of training rows.

    Trees are grown by their best leaf (at most `leaves`) on quantiles of the training rows (at most 32 bins), with
    Newton steps and no penalty (Friedman 2001, algorithm 5; Chen and Guestrin 2016, equations 5 to 7). Sums are taken
    in the order and precision of scikit-learn's `HistGradientBoostingClassifier`, so that of splits that tell the same
    both take the same one: the scores agree to rounding, which a test holds. (Where two leaves of a tree would gain
    the very same, which of them is split first may differ.)

    Args:
        table: Shape (n, features), n and features at least 1; NaN says that a value is missing.
        positive: Shape (n,).
        train: Shape (fits, n): the rows that each fit learns from; of either class at least one.
        trees: How many, one after the other.
        leaves: Of a tree, at most.
        rate: What each tree counts, 0 to 1.
        alone: Whether a tree reads one feature only.

    Returns:
        Log-odds of the positive class of all rows, shape (fits, n).
    """
    score = np.empty(train.shape)
    heavy = np.cumsum(train.sum(axis=1)) * table.shape[1] // CELLS
    for part in np.unique(heavy):
        here = heavy == part
        score[here] = _Forest(table, positive, train[here], leaves, alone).grown(trees, rate)
    return score


class _Forest:
    """The trees of several fits, which grow in step: each takes its own next split, all are looked for together."""

    def __init__(self, table: Floats, positive: Bools, train: Bools, leaves: int, alone: bool) -> None:
        self.fits, self.features = len(train), table.shape[1]
        self.positive, self.train, self.leaves, self.alone = positive, train, leaves, alone
        self.codes = _binned(table, train)
        self.missing = ((self.codes == BINS) & train[:, None]).any(axis=2)
        self.fit, self.row = np.nonzero(train)
        size = self.fits * self.features * (BINS + 1)
        first = np.arange(self.fits * self.features).reshape(self.fits, -1) * (BINS + 1)
        cells = (self.codes[self.fit, :, self.row] + first[self.fit]).ravel()
        learners = np.repeat(np.arange(len(self.fit)), self.features)
        # row: a bin of a feature of a fit; column: a training row of a fit. Its product with what the training rows
        # weigh is all histograms at once, each sum in the order of the rows
        self.bins = sparse.csr_matrix((np.ones(len(cells)), (cells, learners)), shape=(size, len(self.fit)))

    def grown(self, trees: int, rate: float) -> Floats:
        share = np.array([self.positive[rows].mean() for rows in self.train])
        score = np.repeat(np.log(share / (1 - share))[:, None], len(self.positive), axis=1)
        every = np.arange(self.fits)
        for _ in range(trees):
            chance = 1 / (1 + np.exp(-score))
            # single precision, as a library keeps them: then equal splits stay equal
            pull = np.stack([chance - self.positive, chance * (1 - chance), np.ones(chance.shape)], axis=-1)
            self.pull = pull[self.fit, self.row].astype(np.float32).astype(np.float64)
            value, leaf = self._tree()
            score += rate * value[every[:, None], leaf]
        return score

    def _tree(self) -> tuple[Floats, Ints]:
        """Each leaf's value, shape (fits, leaves), and each row's leaf, shape (fits, n)."""
        every = np.arange(self.fits)
        leaf = np.zeros(self.train.shape, dtype=np.intp)
        value = np.zeros((self.fits, self.leaves))
        sums = np.zeros((3, self.fits, self.leaves))  # gradients, second derivatives, rows
        held = np.zeros((3, self.fits, self.leaves, self.features, BINS + 1))
        held[:, :, 0] = self._histogram()
        sums[:, :, 0] = held[:, :, 0, 0].sum(axis=-1)
        allowed = np.ones((self.fits, self.leaves, self.features), dtype=bool)
        best = np.zeros((self.fits, self.leaves), dtype=_SPLIT)
        best[:, 0] = self._best(every, held[:, :, 0], sums[:, :, 0], value[:, 0], allowed[:, 0])
        for new in range(1, self.leaves):
            at = best["gain"].argmax(axis=1)
            fits = np.flatnonzero(best["gain"][every, at] > 0)
            if not len(fits):
                break
            at = at[fits]
            split = best[fits, at]
            feature, left = split["feature"], split["left"].T
            right = sums[:, fits, at] - left
            # who was never missing in training goes where more went
            missing_left = np.where(self.missing[fits, feature], split["missing_left"], left[2] > right[2])
            code = self.codes[fits, feature]
            stays = (code <= split["bin"][:, None]) | (missing_left[:, None] & (code == BINS))
            leaf[fits] = np.where((leaf[fits] == at[:, None]) & ~stays, new, leaf[fits])
            sums[:, fits, at], sums[:, fits, new] = left, right
            for side, told in ((at, left), (new, right)):
                value[fits, side] = -told[0] / (told[1] + TINY)
            if new == self.leaves - 1:
                break
            if self.alone:
                only = np.arange(self.features) == feature[:, None]
                allowed[fits, at], allowed[fits, new] = only, only
            # the rows of the smaller side are counted, the other side is what is left
            fewer, more = np.where(left[2] < right[2], [at, np.full_like(at, new)], [np.full_like(at, new), at])
            asked = np.full(self.fits, -1)
            asked[fits] = fewer
            counted = self._histogram(leaf == asked[:, None])[:, fits]
            held[:, fits, more] = held[:, fits, at] - counted
            held[:, fits, fewer] = counted
            for side in (at, np.full_like(at, new)):
                here = fits, side
                best[here] = self._best(fits, held[:, *here], sums[:, *here], value[here], allowed[here])
        return value, leaf

    def _histogram(self, rows: Bools | None = None) -> Floats:
        """Sums of gradients, of second derivatives, and rows, shape (3, fits, features, bins); of some rows or all."""
        pull = self.pull if rows is None else self.pull * rows[self.fit, self.row][:, None]
        return np.moveaxis((self.bins @ pull).reshape(self.fits, self.features, BINS + 1, 3), -1, 0)

    def _best(self, fits: Ints, held: Floats, total: Floats, value: Floats, allowed: Bools) -> np.ndarray:
        """The best split of one leaf in each of these fits."""
        left = held[..., :BINS].cumsum(axis=-1)  # missing values go right
        gain = self._gain(left, total, value, allowed)
        cut = gain.argmax(axis=-1)
        pick = np.take_along_axis
        most = pick(gain, cut[..., None], -1)[..., 0]
        told = pick(left, np.broadcast_to(cut[..., None], (3, *cut.shape, 1)), -1)[..., 0]
        other = np.zeros(most.shape, dtype=bool)
        gaps = self.missing[fits]
        if gaps.any():  # missing values go left; of equals the one before stands
            right = held[..., BINS - 1 : 0 : -1].cumsum(axis=-1)[..., ::-1]  # of the bins behind 0, 1, ...
            turned = total[:, :, None, None] - right
            again = self._gain(turned, total, value, allowed & gaps, right)
            last = again.shape[-1] - 1 - again[..., ::-1].argmax(axis=-1)
            better = pick(again, last[..., None], -1)[..., 0]
            other = better > most
            most, cut = np.where(other, better, most), np.where(other, last, cut)
            instead = pick(turned, np.broadcast_to(last[..., None], (3, *last.shape, 1)), -1)[..., 0]
            told = np.where(other, instead, told)
        best = np.zeros(len(fits), dtype=_SPLIT)
        best["feature"] = most.argmax(axis=-1)
        here = np.arange(len(fits)), best["feature"]
        best["gain"], best["bin"], best["missing_left"] = most[here], cut[here], other[here]
        best["left"] = told[:, *here].T
        return best

    @staticmethod
    def _gain(left: Floats, total: Floats, value: Floats, allowed: Bools, right: Floats | None = None) -> Floats:
        """What each split takes from the loss, shape (fits, features, splits); 0 where none may be."""
        right = total[:, :, None, None] - left if right is None else right
        may = (np.minimum(left[2], right[2]) >= FEWEST_ROWS) & allowed[..., None]
        may &= np.minimum(left[1], right[1]) >= LEAST_CURVATURE
        gain = (total[0] * value)[:, None, None]
        for side in (left, right):
            gain = gain - side[0] * (-side[0] / (side[1] + TINY))
        return np.where(may & (gain > 0), gain, 0.0)


def _binned(table: Floats, train: Bools) -> npt.NDArray[np.uint8]:
    """The bin of every value in every fit, shape (fits, features, n)."""
    made = np.empty((len(train), table.shape[1], len(table)), dtype=np.uint8)
    for feature, column in enumerate(np.ascontiguousarray(table.T)):
        order = np.argsort(column)  # what is missing comes last
        known = column[order[: len(column) - int(np.isnan(column).sum())]]
        for fit, rows in enumerate(train):
            cuts = _cuts(known[rows[order[: len(known)]]])
            above = np.bincount(np.searchsorted(known, cuts, side="right"), minlength=len(known) + 1)
            made[fit, feature, order] = BINS
            made[fit, feature, order[: len(known)]] = np.cumsum(above[: len(known)])
    return made


def _cuts(known: Floats) -> Floats:
    """What parts sorted values: quantiles, or the middles between distinct values if those are few; rising.

    A value belongs to the first bin whose cut is not below it.
    """
    values = known[_fresh(known)]
    if len(values) <= BINS:
        return np.minimum((values[1:] + values[:-1]) / 2, HIGHEST)
    place = len(known) * np.arange(1, BINS) / BINS
    whole = np.floor(place).astype(np.intp)
    # the mean of both neighbours where a quantile falls between two rows (Hyndman and Fan 1996, definition 2)
    before = known[np.where(place == whole, whole - 1, whole)]
    cuts = np.minimum(known[whole] - (known[whole] - before) * 0.5, HIGHEST)
    return np.asarray(cuts[_fresh(cuts)])


def _fresh(rising: Floats) -> Bools:
    """Whether each value is the first of its kind."""
    fresh = np.ones(len(rising), dtype=bool)
    np.greater(rising[1:], rising[:-1], out=fresh[1:])
    return fresh
