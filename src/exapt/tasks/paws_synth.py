"""Generated English paraphrases and role swaps, alike in all that can be counted without knowing who did what."""

from dataclasses import field
from itertools import product

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.grammar import part, pick
from exapt.tasks.paws_ladder import ladder_schemes
from exapt.tasks.paws_rings import Ring, Scheme, draw_ring, schemes
from exapt.tasks.rings import ring_table
from exapt.tasks.task import SPLITS, Split

_TRIES = 24
_FUTILE = 300


@settings
class PawsSynth(GeneratedTask):
    """Does the right side say the same as the left side?

    Three or four persons, one verb or two. Positives say the same in another form (active or passive, an adjunct of
    place or time in front, conjuncts or clauses swapped); negatives go through the same forms while some persons change
    roles. Pairs come in rings: every sentence stands once under each label. A ring is kept only if what can be counted
    in its pairs (see `exapt.tasks.paws_rings.appearance`) is the same set of values in its positives and its negatives,
    all counts jointly; they, the words, the length and the forms then say nothing on the label, in any combination.
    Dev and test hold names, verbs, places, times and forms of sentences that train does not, and share none with each
    other. No sentence stands in two rings.

    With `swaps` or `clauses` difficulty is set instead of mixed. More than one step is a ladder: each has the same
    number of examples, a ring is on one step, and the column `level` names it ("2 swaps", "3 clauses").

    Attributes:
        swaps: How many exchanges of two persons' roles make a negative: 1 to 3. Without `clauses` every sentence has
            one verb with three agents and three patients, so that steps differ in nothing else. Null: as they come, or
            1 if `clauses` is given.
        clauses: Clauses of a sentence: 1 to 3, with 1 or 2 swaps. Null: one or two, as they come.

    Raises:
        BadInput: For steps that there are not, that repeat, or that the sizes cannot be divided by.
    """

    name: str = "paws_synth"
    labels: list[str] = field(default_factory=lambda: ["different", "paraphrase"])
    positive: str = "paraphrase"
    train: int = 20000
    dev: int = 2000
    swaps: list[int] | None = None
    clauses: list[int] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, given in (("swaps", self.swaps), ("clauses", self.clauses)):
            if given is not None and (not given or len(set(given)) < len(given) or not set(given) <= {1, 2, 3}):
                raise BadInput(f"{self.name}: {name} is {given}; give different numbers from 1 to 3, as in [1, 2].")
        if self.swaps is not None and self.clauses is not None and max(self.swaps) > 2:
            raise BadInput(f"{self.name}: swaps is {self.swaps}, but 2 is the most with clauses; drop one of them.")
        for split in SPLITS:
            if self._size(split) % (4 * len(self._steps)):
                raise BadInput(
                    f"{self.name}: {split} is {self._size(split)} pairs for {len(self._steps)} steps; give a multiple "
                    f"of {4 * len(self._steps)}."
                )

    @property
    def _steps(self) -> list[tuple[int | None, int | None]]:
        """Clauses and swaps of every step; None for as they come."""
        if self.swaps is None and self.clauses is None:
            return [(None, None)]
        own: list[int | None] = [None] if self.clauses is None else [*self.clauses]
        return list(product(own, self.swaps or [1]))

    def _level(self, clauses: int | None, swapped: int | None) -> str:
        told = ((swapped, "swap", self.swaps), (clauses, "clause", self.clauses))
        return ", ".join(f"{n} {word}{'s' * (n != 1)}" for n, word, steps in told if n and steps and len(steps) > 1)

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        rings: list[Ring] = []
        levels: list[str] = []
        seen: set[str] = set()
        for clauses, swapped in self._steps:
            families = schemes(split) if swapped is None else ladder_schemes(split, clauses, swapped)
            made = self._rings(families, split, pairs // len(self._steps), seen, rng)
            rings += made
            levels += [self._level(clauses, swapped)] * sum(len(ring.left) for ring in made)
        left = [sentence for ring in rings for sentence in ring.left]
        right = [sentence for ring in rings for sentence in ring.right]
        frame, i, _ = ring_table(left, right, [len(ring.left) for ring in rings], self.space, split)
        templates = [ring.template for ring in rings for _ in ring.left]
        frame = frame.assign(template=[templates[k] for k in i])
        return frame.assign(level=[levels[k] for k in i]) if len(self._steps) > 1 else frame

    def _rings(
        self,
        families: dict[str, tuple[tuple[Scheme, ...], ...]],
        split: Split,
        pairs: int,
        seen: set[str],
        rng: np.random.Generator,
    ) -> list[Ring]:
        """Rings that make exactly this many pairs and no sentence of `seen`, which grows."""
        rings: list[Ring] = []
        lexicon = part(split)
        missing, futile = pairs, 0
        while missing:
            scheme = pick(rng, pick(rng, pick(rng, list(families.values()))))
            left_over = missing - 2 * len(scheme.design.fills)
            # rings make 4 or 6 pairs, so 2 could never be filled up
            ring = None if left_over < 0 or left_over == 2 else draw_ring(scheme, lexicon, seen, _TRIES, rng)
            futile = 0 if ring else futile + 1
            if ring:
                rings.append(ring)
                missing = left_over
            elif futile > _FUTILE:
                raise BadInput(
                    f"{self.name}: {split}={pairs} is more than its words make without repeating a sentence; lower it."
                )
        return rings
