"""The label-shuffled twin of a task: nothing in it can be learned, whatever a model reaches on it is chance."""

import zlib
from typing import Any

import numpy as np

from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.settings import settings
from exapt.tasks.task import SPLITS, Split, Task


@settings
class ShuffledLabels(Task):
    """A task whose labels are dealt out anew among the rows of each split; all else, their counts too, is the task's.

    Attributes:
        task: The task.
        seed: Seed of the shuffling; splits have streams of their own.
    """

    task: Task
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise BadInput(f"{self.name}: seed is {self.seed}; give 0 or more.")

    @property
    def name(self) -> str:  # type: ignore[override]
        """The task's name with "_shuffled" behind it."""
        return f"{self.task.name}_shuffled"

    @property
    def space(self) -> LabelSpace:  # type: ignore[override]
        """The task's label space."""
        return self.task.space

    def load(self, split: Split) -> Examples:
        """The task's examples with their labels shuffled, the same on every call.

        Raises:
            BadInput: If the task has no such split, or its data cannot be read.
        """
        examples = self.task.load(split)
        rng = np.random.default_rng([self.seed, SPLITS.index(split), zlib.crc32(b"ShuffledLabels")])
        labels = examples.frame["label"].to_numpy(dtype=object)
        return Examples(examples.frame.assign(label=rng.permutation(labels)), examples.space, examples.origin)

    def facts(self) -> dict[str, Any]:
        """The task's facts, and the seed of the shuffling."""
        return {**self.task.facts(), "labels_shuffled": True, "shuffle_seed": self.seed}
