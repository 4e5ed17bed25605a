"""Negatives of natural sequences only: the sides of two positives exchanged, at random or between equal lengths."""

from collections import Counter
from typing import ClassVar

import numpy as np
import pandas as pd

from exapt.builders.negatives.kind import SingleKind, below
from exapt.builders.negatives.made import Context, Side, ring
from exapt.builders.swap import Pairing, pair_up
from exapt.errors import BadInput
from exapt.settings import settings

# letters of left sides among whose pairs partners are looked for: the cost of all against all grows with its square
CHUNK = 100_000
REFUSED = "blocks refused because sides are related"
LONELY = "no partner"


class _Swapped(SingleKind):
    one_side: ClassVar[bool] = True

    def _candidates(
        self, positives: pd.DataFrame, context: Context, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, Counter[str]]:
        units = pd.factorize(positives["unit"])[0]
        left, right = positives["left"].to_numpy(), positives["right"].to_numpy()
        order = self._order(positives, rng)
        blocks: list[tuple[int, int]] = []
        counts: Counter[str] = Counter()
        letters = int(positives["left"].str.len().sum())
        chunks = np.array_split(order, max(1, -(-letters // CHUNK)))
        searched = context.related([(left[chunk].tolist(), right[chunk].tolist()) for chunk in chunks])
        for chunk, related in zip(chunks, searched, strict=True):
            found = self._pair(units[chunk], positives["right"].iloc[chunk].str.len().to_numpy(), related, rng)
            blocks += [(int(chunk[a]), int(chunk[b])) for a, b in found.blocks]
            counts[REFUSED] += found.rejected
            counts[LONELY] += found.left_over
        i, j = np.array(blocks, dtype=np.int64).reshape(-1, 2).T
        pair_i, pair_j = ((Side(left[k].tolist(), k), Side(right[k].tolist(), k)) for k in (i, j))
        return ring(self.kind, pair_i, pair_j), counts

    def _order(self, positives: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
        return rng.permutation(len(positives))

    def _pair(
        self, units: np.ndarray, lengths: np.ndarray, related: set[tuple[int, int]], rng: np.random.Generator
    ) -> Pairing:
        return pair_up(units, related, rng)


@settings
class Random(_Swapped):
    """Two positives of different units with their right sides exchanged, both exchanged pairs unrelated."""

    kind: ClassVar[str] = "random"

    def rule(self, context: Context) -> str:
        return (
            "random: the right sides of two positives of different units exchanged, neither "
            "exchanged pair found by the search for related sequences; the label rests on " + _rests(context)
        )


@settings
class LengthMatched(_Swapped):
    """As `random`, between positives whose right sides are equally long, or nearly so.

    Attributes:
        tolerance: Letters by which the two right sides may differ; the nearest in length are taken first.
    """

    kind: ClassVar[str] = "length_matched"
    tolerance: int = 0

    def __post_init__(self) -> None:
        if self.tolerance < 0:
            raise BadInput(f"tolerance={self.tolerance}: must be 0 letters or more.")

    def rule(self, context: Context) -> str:
        return (
            "length_matched: the right sides of two positives of different units exchanged whose lengths differ by at "
            f"most {self.tolerance}, neither exchanged pair found by the search for related sequences; the "
            "label rests on " + _rests(context)
        )

    def _order(self, positives: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
        """By length, at random where equal: a chunk holds what can be paired."""
        return np.lexsort((rng.random(len(positives)), positives["right"].str.len().to_numpy()))

    def _pair(
        self, units: np.ndarray, lengths: np.ndarray, related: set[tuple[int, int]], rng: np.random.Generator
    ) -> Pairing:
        blocks: list[tuple[int, int]] = []
        waiting: list[int] = []
        rejected = left_over = 0
        for i in range(len(units)):  # lengths ascend: the nearest one waits at the end
            for place in range(len(waiting) - 1, -1, -1):
                j = waiting[place]
                if lengths[i] - lengths[j] > self.tolerance:
                    left_over += place + 1
                    del waiting[: place + 1]
                    waiting.append(i)
                    break
                if units[i] == units[j]:
                    continue
                if (i, j) in related or (j, i) in related:
                    rejected += 1
                    continue
                del waiting[place]
                blocks.append((j, i))
                break
            else:
                waiting.append(i)
        return Pairing(blocks, rejected, left_over + len(waiting))


def _rests(context: Context) -> str:
    what = "coding in frame 0" if context.coding is not None else "homology, by whichever part and strand it shows"
    return what + below(context)
