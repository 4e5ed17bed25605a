"""95% percentile intervals from a bootstrap over groups: whole groups are drawn with replacement, never examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from exapt.estimates import Estimate

Floats = npt.NDArray[np.float64]
Measure = Callable[[Floats], Mapping[str, Floats]]

SEED = 20241207  # the bootstrap's seed is fixed: an interval is a function of the predictions alone
DRAWS = 1000
LEVEL = 0.95
CELLS = 1_000_000  # weights held at a time: 8 MB, about what a processor's cache takes


def group_numbers(group: Sequence[str]) -> npt.NDArray[np.intp]:
    """Each example's group as a number from 0, in the order of the sorted names, so that row order changes nothing."""
    names = {name: number for number, name in enumerate(sorted(set(group)))}
    return np.fromiter((names[name] for name in group), dtype=np.intp, count=len(group))


def group_draws(groups: int, draws: int = DRAWS, seed: int = SEED) -> Iterator[npt.NDArray[np.intp]]:
    """Draws of `groups` groups with replacement: how often each was drawn (a multinomial count), shape (groups,).

    Taken from the raw stream of PCG64, which numpy keeps unchanged between versions (it does not promise that for
    `Generator`), so that a committed interval can be recomputed for good.
    """
    stream = np.random.PCG64([seed, groups])
    for _ in range(draws):
        # upper 32 bits times groups, shifted back: uniform up to groups / 2**32
        drawn = ((stream.random_raw(groups) >> np.uint64(32)) * np.uint64(groups)) >> np.uint64(32)
        yield np.bincount(drawn.astype(np.intp), minlength=groups)


def bootstrap(measure: Measure, group: Sequence[str], *, draws: int = DRAWS, seed: int = SEED) -> dict[str, Floats]:
    """The values of some metrics under resampling of groups.

    Args:
        measure: From weights of shape (draws, n) to each metric's values of shape (draws,).
        group: Each example's group, n names.
        draws: Number of resamples.
        seed: Seed of the resampling.

    Returns:
        By metric, shape (draws,); NaN where a metric is not defined on a resample.
    """
    number = group_numbers(group)
    groups = int(number.max()) + 1
    chunk = max(1, CELLS // len(number))
    parts: dict[str, list[Floats]] = {}
    counts: list[npt.NDArray[np.intp]] = []
    for done, count in enumerate(group_draws(groups, draws, seed), start=1):
        counts.append(count)
        if len(counts) == chunk or done == draws:
            weight = np.take(np.stack(counts).astype(np.float64), number, axis=1)
            for name, values in measure(weight).items():
                parts.setdefault(name, []).append(values)
            counts = []
    return {name: np.concatenate(values) for name, values in parts.items()}


def estimates(measure: Measure, group: Sequence[str], *, draws: int = DRAWS, seed: int = SEED) -> dict[str, Estimate]:
    """Each metric's value with its percentile interval.

    The interval is taken over the resamples on which the metric is defined. It is None, not narrow, where it cannot
    be had: with a single group, or with a metric that no resample defines. It holds the sampling of groups of the one
    test set, not the spread between training seeds.

    Args:
        measure: From weights of shape (draws, n) to each metric's values of shape (draws,).
        group: Each example's group, n names, n > 0.
        draws: Number of resamples.
        seed: Seed of the resampling.
    """
    value = {name: float(values[0]) for name, values in measure(np.ones((1, len(group)))).items()}
    resampled = bootstrap(measure, group, draws=draws, seed=seed) if len(set(group)) > 1 else {}
    result = {}
    for name, point in value.items():
        values = resampled.get(name, np.empty(0))
        values = values[~np.isnan(values)]
        if np.isnan(point):
            result[name] = Estimate(value=None, low=None, high=None)
        elif len(values) == 0:
            result[name] = Estimate(value=point, low=None, high=None)
        else:
            low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            result[name] = Estimate(value=point, low=float(low), high=float(high))
    return result
