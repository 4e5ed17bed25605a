"""What generated tasks have in common: sizes, a seed, class names, and a stream of random numbers for each split."""

import zlib
from abc import abstractmethod
from dataclasses import asdict, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.settings import settings
from exapt.tasks.task import SPLITS, Split, Task


@settings
class GeneratedTask(Task):
    """A task whose examples are made by a rule; the same settings give the same examples in every process.

    Attributes:
        name: Short name of the task.
        labels: The two class names, in the order of a classifier's outputs.
        positive: The class that answers to the source's positive class.
        train: Pairs of the train split; a multiple of 4, 0 for no such split.
        dev: Pairs of the dev split.
        test: Pairs of the test split.
        seed: Seed of the generation; splits have streams of their own.
        signal: Families of features that the task is about (see `exapt audit`).

    Raises:
        BadInput: For class names that do not fit, sizes that are no multiple of 4, or a negative seed.
    """

    name: str
    labels: list[str]
    positive: str
    train: int = 6400
    dev: int = 800
    test: int = 2000
    seed: int = 0
    signal: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        LabelSpace(tuple(self.labels), self.positive)  # type: ignore[arg-type]
        for split in SPLITS:
            if self._size(split) < 0 or self._size(split) % 4:
                raise BadInput(
                    f"{self.name}: {split} is {self._size(split)} pairs; give a multiple of 4 (0 for no such split)."
                )
        if self.seed < 0:
            raise BadInput(f"{self.name}: seed is {self.seed}; give 0 or more.")

    @abstractmethod
    def _generate(self, split: Split, pairs: int, rng: np.random.Generator) -> pd.DataFrame:
        """The table of one split: `pairs` rows, half of them positive."""

    @cached_property
    def space(self) -> LabelSpace:  # type: ignore[override]
        """The two classes."""
        return LabelSpace(tuple(self.labels), self.positive)  # type: ignore[arg-type]

    @cached_property
    def _made(self) -> dict[Split, Examples]:
        return {}

    def load(self, split: Split) -> Examples:
        """The examples of one split, generated on the first call.

        Raises:
            BadInput: If the split has no examples by the settings.
        """
        if split not in self._made:
            pairs = self._size(split)
            if not pairs:
                raise BadInput(f"{self.name}: has no {split} split; set {split} to a number of pairs, a multiple of 4.")
            # the kind of task is in the stream, so that two tasks of one seed do not share their draws
            rng = np.random.default_rng([self.seed, SPLITS.index(split), zlib.crc32(type(self).__name__.encode())])
            made = self._generate(split, pairs, rng)
            # in random order, and numbered afterwards: neither the place of a row nor its id tells the label
            made = made.iloc[rng.permutation(len(made))].assign(id=made["id"].tolist())
            self._made[split] = Examples(made, self.space, f"{self.name} ({split})")
        return self._made[split]

    def facts(self) -> dict[str, Any]:
        """That the data is generated, by which class and from which settings; sizes are seen from the examples."""
        given = {k: v for k, v in asdict(self).items() if k not in ("name", "signal", *SPLITS)}
        return {"generated": True, "generator": type(self).__name__, **given}

    def _size(self, split: Split) -> int:
        return {"train": self.train, "dev": self.dev, "test": self.test}[split]
