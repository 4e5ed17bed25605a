"""What a calibration counts, cell by cell, with the targets for level and coverage."""

from __future__ import annotations

from exapt.estimates import Part
from exapt.evaluation.calibration_trials import What
from exapt.evaluation.simulated_noise import Shape

LEVEL = 0.06  # share of *supported* at a boundary, at most
COVERAGE = (0.93, 0.97)  # of a nominal 95%


class JudgedCell(Part):
    """Studies whose share of *supported* has a target.

    Attributes:
        deviation: Standard deviation between seeds.
        studies: How many.
        supported: How many were *supported*.
        refuted: How many were *not supported* or *shortcut*.
        first: Share of *supported* among the first studies if it was above the target, so that others, five times as
            many, were drawn in their place; otherwise None.
    """

    deviation: float
    studies: int
    supported: int
    refuted: int
    first: float | None = None

    @property
    def share(self) -> float:
        """Of *supported*."""
        return self.supported / self.studies


class LevelCell(JudgedCell):
    """Studies at one boundary: every one that is *supported* is so wrongly.

    Attributes:
        boundary: The arm that the treatment exceeds by the margin exactly, or "source".
        shape: Of the noise between seeds.
        rho: Correlation by seed of treatment and paired arms.
    """

    boundary: str
    shape: Shape
    rho: float


class UnseenCell(Part):
    """Studies at the margin because of a few failing fits.

    Attributes:
        failed: True share of failing fits.
        deviation: Standard deviation between seeds.
        seeds: Of each arm.
        studies: How many.
        supported: How many were *supported*, all of them wrongly.
    """

    failed: float
    deviation: float
    seeds: int
    studies: int
    supported: int

    @property
    def agreed(self) -> float:
        """Chance that no seed of the treatment fails."""
        return float((1 - self.failed) ** self.seeds)


class RefutedCell(Part):
    """Studies of few seeds at the margin: they cannot be supported, but refuted.

    Attributes:
        shape: Of the noise between seeds.
        failed: True share of failing fits; None where the noise makes no heaps.
        deviation: Standard deviation between seeds.
        seeds: Of each arm.
        studies: How many.
        refuted: How many were *not supported* or *shortcut*, all of them wrongly.
    """

    shape: Shape
    failed: float | None
    deviation: float
    seeds: int
    studies: int
    refuted: int


class WordlessCell(JudgedCell):
    """Studies whose fits without words lie one side of 0.5 or the other: none of them should be refuted.

    Attributes:
        treatment: Its true AUROC.
        far: 0.5 and the mean distance from it of the fits without words.
        wrong_way: Share of those fits that are turned round; above 0 `far` is the margin under the treatment, and those
            that are *supported* are so wrongly. At 0 the fits are at chance, and the claim is true.
    """

    treatment: float
    far: float
    wrong_way: float


class PowerCell(Part):
    """Studies in which all is as claimed, by the same effect over every arm.

    Attributes:
        shape: Of the noise between seeds.
        deviation: Standard deviation between seeds.
        examples: Of the test set.
        effect: True difference to every arm, in AUROC.
        seeds: Of each arm.
        studies: How many.
        supported: How many were *supported*.
        shown: In how many every rung's test passed.
        refuted: How many were *not supported* or *shortcut*, all of them wrongly.
    """

    shape: Shape
    deviation: float
    examples: int
    effect: float
    seeds: int
    studies: int
    supported: int
    shown: int
    refuted: int


class CoverageCell(Part):
    """95% intervals of one kind.

    Attributes:
        what: The interval is of.
        deviation: Standard deviation between seeds.
        seeds: Of each arm.
        studies: How many.
        covered: How many intervals hold the truth.
    """

    what: What
    deviation: float
    seeds: int
    studies: int
    covered: int

    @property
    def share(self) -> float:
        """Of intervals that hold the truth."""
        return self.covered / self.studies


class Calibration(Part):
    """What a calibration found.

    Attributes:
        seed: Of everything that was drawn.
        draws: Studies a cell of level and coverage.
        level: At every boundary.
        unseen: What no rule can see.
        refuted: At the margin, with few seeds.
        wordless: With fits without words that rank the target one way round or the other.
        power: Where all is as claimed.
        coverage: Of the interval.
    """

    seed: int
    draws: int
    level: tuple[LevelCell, ...]
    unseen: tuple[UnseenCell, ...]
    refuted: tuple[RefutedCell, ...]
    wordless: tuple[WordlessCell, ...]
    power: tuple[PowerCell, ...]
    coverage: tuple[CoverageCell, ...]

    @property
    def worst(self) -> LevelCell:
        """The boundary at which most studies were *supported*."""
        return max(self.level, key=lambda cell: cell.share)

    @property
    def either_way(self) -> float:
        """The largest share of *supported* where fits without words are the margin under the treatment."""
        return max((cell.share for cell in self.wordless if cell.wrong_way), default=0.0)

    @property
    def met(self) -> bool:
        """Whether level and coverage keep their targets in every cell."""
        low, high = COVERAGE
        return max(self.worst.share, self.either_way) <= LEVEL and all(
            low <= cell.share <= high for cell in self.coverage
        )
