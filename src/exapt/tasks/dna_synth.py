"""Generated DNA: an ancestor made of codons against a descendant at a set identity, or against no relative of it."""

from dataclasses import field
from typing import Literal

import numpy as np
import pandas as pd

from exapt.builders.evolve import coding_windows, edit_distances, mutate, scramble_orders, texts_of
from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.rings import ring_table
from exapt.tasks.task import Split

_ROUNDS = 200


@settings
class DnaSynth(GeneratedTask):
    """Is the right side a descendant of the left side?

    Ancestors are windows, at any phase, of codons drawn one by one by the usage of E. coli without stop codons. A
    descendant has substitutions, and indels as pairs of one deletion and one insertion, so that the length stays. Its
    edit distance from the ancestor is exactly round((1 - identity) · length): draws whose edits cancel are repeated.

    Both kinds of negatives are swap blocks, every sequence standing once under each label: `unrelated` pairs an
    ancestor with another one's descendant; `scrambled` with its own descendant, cut into blocks in another order (no
    block in its place, no two blocks neighbours as before), while the block-scrambled ancestor and descendant make the
    other positive. Tasks that differ in identity or indels only have the same ancestors.

    Attributes:
        length: Letters of a side.
        identity: 1 - edit distance / length of a positive pair, 0.6 to 1.
        indels: Share of the edits that are insertions or deletions, 0 to 1, rounded to whole pairs; with scrambled
            negatives the two of a pair lie in one block.
        negatives: Kind of the negatives.
        block: Length of a block of `scrambled`; at least 4 blocks to a sequence.
    """

    name: str = "dna_synth"
    labels: list[str] = field(default_factory=lambda: ["unrelated", "homologous"])
    positive: str = "homologous"
    length: int = 40
    identity: float = 0.80
    indels: float = 0.2
    negatives: Literal["unrelated", "scrambled"] = "unrelated"
    block: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length < 12:
            raise BadInput(f"{self.name}: length is {self.length}; give at least 12 letters.")
        if not 0.6 <= self.identity <= 1:
            raise BadInput(f"{self.name}: identity is {self.identity}; give 0.6 to 1 (random DNA aligns at about 0.5).")
        if not 0 <= self.indels <= 1:
            raise BadInput(f"{self.name}: indels is {self.indels}; give a share from 0 to 1.")
        if self.negatives == "scrambled" and not 2 <= self.block <= self.length // 4:
            raise BadInput(
                f"{self.name}: block is {self.block}; give 2 to {self.length // 4}, a quarter of the length."
            )

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        scrambled = self.negatives == "scrambled"
        families = pairs // 4 if scrambled else pairs // 2
        ancestors = coding_windows(families, self.length, rng)
        order = scramble_orders(families, self.length, self.block, rng) if scrambled else None
        descendants = self._descendants(ancestors, order, rng)
        if order is not None:
            # an ancestor and its scrambled self make one swap block
            ancestors = np.stack([ancestors, np.take_along_axis(ancestors, order, 1)], 1).reshape(-1, self.length)
            descendants = np.stack([descendants, np.take_along_axis(descendants, order, 1)], 1).reshape(-1, self.length)
        frame, i, j = ring_table(texts_of(ancestors), texts_of(descendants), [2] * (pairs // 4), self.space, split)
        distance = edit_distances(ancestors[i], descendants[j])
        kind = np.where(i == j, "homologous", self.negatives)
        return frame.assign(identity=1 - distance / self.length, kind=kind.tolist())

    def _descendants(self, ancestors: np.ndarray, order: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
        edits = round((1 - self.identity) * self.length)
        twins = round(edits * self.indels / 2)
        block = self.length if order is None else self.block
        made = np.empty_like(ancestors)
        open_rows = np.arange(len(ancestors))
        for _ in range(_ROUNDS):
            old = ancestors[open_rows]
            new = mutate(old, edits - 2 * twins, twins, block, rng)
            right = edit_distances(old, new) == edits
            if order is not None:
                moved = order[open_rows]
                right &= edit_distances(np.take_along_axis(old, moved, 1), np.take_along_axis(new, moved, 1)) == edits
            made[open_rows[right]] = new[right]
            open_rows = open_rows[~right]
            if not len(open_rows):
                return made
        raise BadInput(
            f"{self.name}: identity={self.identity} with indels={self.indels} is hardly ever met; change one of them."
        )
