"""What every task offers: a name, a label space, up to three splits of examples, and facts about its origin."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, get_args

from exapt.example import Examples, LabelSpace

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)


class Task(ABC):
    """A task is written once and serves as source and as target.

    A task is cheap to construct and frozen: arguments are checked at construction, data is read or generated on the
    first `load`. It knows nothing of models.

    Attributes:
        name: Short name, used in folder names and reports.
        space: The label space; its `positive` answers to the source's positive class.
    """

    name: str
    space: LabelSpace

    @abstractmethod
    def load(self, split: Split) -> Examples:
        """The examples of one split, the same on every call.

        Raises:
            BadInput: If the task has no such split, or its data cannot be read.
        """

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """JSON-ready facts on the origin of the data: settings that matter, revision or file hashes, rows dropped.

        Holds no path, host or time, so that equal data gives equal facts on every machine. Call it after `load`.
        """
