"""Generated English paraphrases and role swaps, alike in all that can be counted without knowing who did what."""

from dataclasses import field

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.generated import GeneratedTask
from exapt.tasks.grammar import part, pick
from exapt.tasks.paws_rings import Ring, draw_ring, schemes
from exapt.tasks.rings import ring_table
from exapt.tasks.task import Split

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
    """

    name: str = "paws_synth"
    labels: list[str] = field(default_factory=lambda: ["different", "paraphrase"])
    positive: str = "paraphrase"
    train: int = 20000
    dev: int = 2000

    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        families = schemes(split)
        rings: list[Ring] = []
        seen: set[str] = set()
        missing, futile = pairs, 0
        while missing:
            scheme = pick(rng, pick(rng, pick(rng, list(families.values()))))
            left_over = missing - 2 * len(scheme.design.fills)
            # rings make 4 or 6 pairs, so 2 could never be filled up
            ring = None if left_over < 0 or left_over == 2 else draw_ring(scheme, part(split), seen, _TRIES, rng)
            futile = 0 if ring else futile + 1
            if ring:
                rings.append(ring)
                missing = left_over
            elif futile > _FUTILE:
                raise BadInput(
                    f"{self.name}: {split}={pairs} is more than its words make without repeating a sentence; lower it."
                )
        left = [sentence for ring in rings for sentence in ring.left]
        right = [sentence for ring in rings for sentence in ring.right]
        frame, i, _ = ring_table(left, right, [len(ring.left) for ring in rings], self.space, split)
        templates = [ring.template for ring in rings for _ in ring.left]
        return frame.assign(template=[templates[k] for k in i])
