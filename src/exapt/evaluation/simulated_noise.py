"""How seeds scatter in simulated studies: around zero, with a given standard deviation, in four shapes."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Shape = Literal["normal", "heavy tails", "two heaps", "uneven heaps"]

SHAPES: tuple[Shape, ...] = get_args(Shape)
TAIL = 3  # degrees of freedom of the heavy-tailed seeds: the fewest, in whole numbers, that have a variance
FAILED = {"two heaps": 0.5, "uneven heaps": 0.3}  # share of fits that do not learn
WITHIN = 0.2  # standard deviation inside a heap, as a share of the whole one


def seed_noise(shape: Shape, deviation: float, size: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Deviations of fits from their arm's truth: mean 0 and the given standard deviation, both exactly.

    Args:
        shape: "normal"; "heavy tails" (Student's t with 3 degrees); "two heaps" and "uneven heaps" (fits that learn and
            fits that do not, half of them and three in ten).
        deviation: Standard deviation between fits.
        size: Shape of what is returned.
        rng: Where chance comes from.
    """
    if shape == "normal":
        return deviation * rng.normal(size=size)
    if shape == "heavy tails":
        return deviation * np.asarray(rng.standard_t(TAIL, size=size)) / math.sqrt(TAIL / (TAIL - 2))
    return heaps(FAILED[shape], deviation, size, rng)


def heaps(failed: float, deviation: float, size: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Two heaps, of which the lower one holds the share `failed`; as `seed_noise`."""
    learned = rng.random(size) >= failed
    place = (learned - (1 - failed)) / math.sqrt(failed * (1 - failed))
    noise: Floats = deviation * (math.sqrt(1 - WITHIN**2) * place + WITHIN * rng.normal(size=size))
    return noise


def repeated(
    shape: Shape, one: Floats, deviation: float, rho: float, rng: np.random.Generator
) -> Floats:  # fmt: skip
    """Deviations of another arm's fits that correlate by `rho` with those of the first, seed by seed.

    Heaps stay heaps: there a seed's luck is repeated with chance `rho`. Else it is taken in part, which leaves normal
    noise normal and heavy tails a little lighter.

    Args:
        shape: As in `seed_noise`.
        one: The first arm's deviations.
        deviation: Standard deviation between fits, the same in both arms.
        rho: Correlation, 0 to 1.
        rng: Where chance comes from.
    """
    own = seed_noise(shape, deviation, one.shape, rng)
    if shape in FAILED:
        return np.where(rng.random(one.shape) < rho, one, own)
    return rho * one + math.sqrt(1 - rho**2) * own
