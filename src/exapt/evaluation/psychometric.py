"""The psychometric function of a curve: at which level accuracy crosses midway from chance to its ceiling, how steeply.

F. A. Wichmann and N. J. Hill, The psychometric function: I. Fitting, sampling, and goodness of fit, and II.
Bootstrap-based confidence intervals and sampling, Perception & Psychophysics 63, 1293-1329 (2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2

from exapt.estimates import Estimate, Psychometric
from exapt.evaluation.curve import numbers, ordered
from exapt.evaluation.intervals import DRAWS, LEVEL, group_draws, group_numbers
from exapt.evaluation.scores import checked

Floats = npt.NDArray[np.float64]

CHANCE = 0.5
FEWEST = 4  # levels: there are three parameters
BALANCE = 0.05  # of the share of positives around a half: beyond it chance is no longer CHANCE
FAILED = 0.05  # share of resamples that may fail to tell a number
_RISE = 6.0  # log-odds in which a logistic rises from 5% to 95%, which has to take more than one gap of levels
_TINY = 1e-9
_SYMMETRIC = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])  # where second derivatives stand in a list of six
_ROUGH, _ROUNDS, _CLOSE = 25, 200, 1e-11  # steps of a resample's fit, and what its likelihood may still gain


def psychometric(
    positive: npt.NDArray[np.bool_],
    score: npt.NDArray[Any],
    group: Sequence[str],
    level: Sequence[str],
    *,
    threshold: float = 0.0,
    draws: int = DRAWS,
) -> Psychometric:
    """Fit accuracy(x) = 1/2 + (ceiling - 1/2) / (1 + exp(-b (x - threshold))) by maximum likelihood.

    Accuracy may rise or fall with the level. The ceiling (1 less Wichmann and Hill's lapse rate) is free, because a
    network may never be perfect; chance is fixed at a half. Intervals: the fit is repeated on resamples of whole
    groups, over all levels together (their bootstrap is parametric and knows of no groups).

    Args:
        positive: Shape (n,), whether the example's class is the positive one.
        score: Shape (n,), finite; higher says positive.
        group: n names of groups.
        level: n names of levels.
        threshold: An example is called positive if its score is at or above it.
        draws: Resamples.

    Returns:
        Threshold, slope and ceiling, or the reason why they (or the slope) cannot be told.

    Raises:
        BadInput: If there is no example, the lengths differ, or a score is not finite.
    """
    truth, column = checked(positive, score)
    names = ordered(level)
    known = numbers(names)
    if known is None:
        return _none("the levels are no numbers")
    if len(names) < FEWEST:
        return _none(f"there are {len(names)} levels; three parameters need at least {FEWEST}")
    place = np.searchsorted([known[name] for name in names], [known[name] for name in level])
    share = np.bincount(place, weights=truth) / np.bincount(place)
    if (np.abs(share - 0.5) > BALANCE).any():
        return _none("the classes of some level are not balanced, so that chance is not a half")
    x = np.array([known[name] for name in names])
    number = group_numbers(group)
    cells = np.zeros((2, int(number.max()) + 1, len(x)))
    np.add.at(cells, (((column >= threshold) != truth).astype(int), number, place), 1.0)  # right, wrong
    counts = cells.sum(axis=1)
    best = _fit(x, counts)
    reason = _fault(x, counts, best)
    if reason is not None:
        return _none(reason)
    if cells.shape[1] == 1:
        return _told(x, best, None)
    resampled = _refit(x, np.stack([drawn @ cells for drawn in group_draws(cells.shape[1], draws)]), best)
    outside = np.mean((resampled[:, 0] < 0) | (resampled[:, 0] > 1))
    if outside > FAILED:
        return _none(f"in {outside:.0%} of the resamples accuracy does not cross midway within the levels")
    told = _told(x, best, resampled)
    steep = np.mean(np.abs(resampled[:, 1]) > 0.999 * _steepest(x))
    if steep > FAILED:
        said = (
            f"the slope is left out: in {steep:.0%} of the resamples accuracy changes between two neighbouring levels"
        )
        told = told.model_copy(update={"slope": None, "reason": said})
    return told


def _fit(x: Floats, counts: Floats) -> Floats:
    """Threshold and rate b in units of the range of levels (0 to 1), and ceiling, from right and wrong calls."""
    right, wrong = counts
    z = (x - x[0]) / (x[-1] - x[0])

    def loss(parameters: Floats) -> tuple[float, Floats]:
        a, b, ceiling = parameters
        s = 1 / (1 + np.exp(-b * (z - a)))
        p = CHANCE + (ceiling - CHANCE) * s
        pull = right / p - wrong / (1 - p)
        turn = pull * (ceiling - CHANCE) * s * (1 - s)
        value = -(right * np.log(p) + wrong * np.log1p(-p)).sum()
        return float(value), -np.array([(-b * turn).sum(), (turn * (z - a)).sum(), (pull * s).sum()])

    bounds = _bounds(x)
    top = float(np.clip((right / np.maximum(right + wrong, 1)).max(), 0.6, 0.99))
    starts = [(a, b, top) for a in (0.25, 0.5, 0.75) for b in (-_RISE, _RISE)]
    found = [
        minimize(loss, s, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-8})
        for s in starts
    ]
    return np.asarray(min(found, key=lambda f: f.fun).x, dtype=np.float64)


def _bounds(x: Floats) -> list[tuple[float, float]]:
    steepest = _steepest(x)
    return [(-1.0, 2.0), (-steepest, steepest), (CHANCE + _TINY, 1 - _TINY)]


def _refit(x: Floats, counts: Floats, start: Floats) -> Floats:
    """Fits of many resamples at once, all from one start.

    Newton's steps, at first without the curvature of accuracy itself (Gauss and Newton's), damped until the likelihood
    rises (Levenberg 1944; Marquardt 1963); a parameter stays on its bound while the likelihood rises beyond it.

    Args:
        x: Shape (levels,).
        counts: Shape (fits, 2, levels), right and wrong calls.
        start: Shape (3,), as `_fit` returns them.

    Returns:
        Shape (fits, 3).
    """
    z = (x - x[0]) / (x[-1] - x[0])
    low, high = np.array(_bounds(x)).T
    made = np.tile(start, (len(counts), 1))
    damping = np.full(len(counts), 1e-3)
    going = np.arange(len(counts))
    for turn in range(_ROUNDS):
        right, wrong = counts[going, 0], counts[going, 1]
        here = made[going]
        p, s = _curve(z, here)
        a, b, ceiling = here.T[..., None]
        pull = right / p - wrong / (1 - p)
        rise, away, top = s * (1 - s), z - a, ceiling - CHANCE
        slopes = np.stack([-b * top * rise, away * top * rise, s], axis=-1)
        uphill = np.einsum("fl,flp->fp", pull, slopes)
        free = ~(((here <= low) & (uphill < 0)) | ((here >= high) & (uphill > 0)))
        uphill = uphill * free
        known = np.einsum("fl,flp,flq->fpq", right / p**2 + wrong / (1 - p) ** 2, slopes, slopes)
        damped = damping[going]
        added = damped[:, None] * np.einsum("fpp->fp", known) + ~free + _TINY
        if turn >= _ROUGH:  # near the end, where it is what makes the steps right
            bend = top * rise * (1 - 2 * s)
            bends = [b**2 * bend, -b * away * bend - top * rise, -b * rise, away**2 * bend, away * rise, 0 * s]
            known -= (pull * np.stack(bends)).sum(axis=-1)[_SYMMETRIC].transpose(2, 0, 1)
        known *= free[:, :, None] & free[:, None, :]
        step = np.linalg.solve(known + added[:, :, None] * np.eye(3), uphill[..., None])[..., 0]
        tried = np.clip(here + step, low, high)
        better = _rise(z, right, wrong, tried, here)
        made[going[better]] = tried[better]
        damping[going] = np.where(better, np.maximum(damped / 10, 1e-12), damped * 10)
        # a damped step is short wherever it is
        far = ~better | (np.abs((uphill * step).sum(axis=1)) * (1 + damped) > _CLOSE)
        going = going[far & (damping[going] < 1e12)]
        if not len(going):
            break
    for fit in going:  # hardly ever: what does not settle is fitted from many starts
        made[fit] = _fit(x, counts[fit])
    return made


def _curve(z: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """Accuracy and its rise from chance to ceiling, 0 to 1, of each fit (rows) at each level."""
    a, b, ceiling = parameters.T[..., None]
    s = expit(b * (z - a))
    return CHANCE + (ceiling - CHANCE) * s, s


def _rise(z: Floats, right: Floats, wrong: Floats, new: Floats, old: Floats) -> npt.NDArray[np.bool_]:
    """Whether the likelihood is no less."""
    p, q = _curve(z, new)[0], _curve(z, old)[0]
    gain = (right * np.log(p / q) + wrong * np.log((1 - p) / (1 - q))).sum(axis=1)
    return np.asarray(gain >= 0)


def _fault(x: Floats, counts: Floats, best: Floats) -> str | None:
    """Why a fit does not tell where accuracy crosses."""
    right, wrong = counts
    n = right + wrong
    z = (x - x[0]) / (x[-1] - x[0])
    p = _curve(z, best[None])[0][0]
    flat = right.sum() / n.sum()
    gain = 2 * (_likelihood(right, wrong, p) - _likelihood(right, wrong, np.full_like(p, flat)))
    if gain < chi2.ppf(LEVEL, 2):
        return "accuracy does not change with the level"
    if abs(best[1]) > 0.999 * _steepest(x):
        return "accuracy changes between two neighbouring levels; levels between them would tell where"
    if not 0 <= best[0] <= 1:
        return "accuracy does not cross midway within the levels"
    return None


def _likelihood(right: Floats, wrong: Floats, p: Floats) -> float:
    p = np.clip(p, _TINY, 1 - _TINY)
    return float((right * np.log(p) + wrong * np.log1p(-p)).sum())


def _steepest(x: Floats) -> float:
    return float(_RISE * (x[-1] - x[0]) / np.diff(x).min())


def _told(x: Floats, best: Floats, resampled: Floats | None) -> Psychometric:
    span = x[-1] - x[0]

    def natural(found: Floats) -> Floats:
        a, b, ceiling = np.moveaxis(found, -1, 0)
        return np.stack([x[0] + a * span, (ceiling - CHANCE) * b / (4 * span), ceiling])

    value = natural(best)
    low, high = (None,) * 3, (None,) * 3
    if resampled is not None:
        low, high = np.quantile(natural(resampled), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1).tolist()
    made = [Estimate(value=float(v), low=lo, high=hi) for v, lo, hi in zip(value, low, high, strict=True)]
    return Psychometric(threshold=made[0], slope=made[1], ceiling=made[2], reason=None)


def _none(reason: str) -> Psychometric:
    return Psychometric(threshold=None, slope=None, ceiling=None, reason=reason)
