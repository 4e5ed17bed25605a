"""A task from any data set of the Hugging Face Hub, or from a local folder in the Hub's layout."""

from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.hub_rows import hub_rows, local_rows, resolve
from exapt.tasks.reading import Raw
from exapt.tasks.rows import RowTask
from exapt.tasks.task import Split


@settings
class Hub(RowTask):
    """Labelled rows of a Hub data set; nothing of it is executed, only Parquet, JSON and CSV are read.

    Attributes:
        dataset: Id on the Hub (``owner/name``), or a local folder in the Hub's layout.
        config: The data set's configuration; null where it has only one.
        revision: Branch, tag or commit; null takes the main branch. The commit stands in the facts.
        splits: The data set's split that each of ours is read from; one undivided split can be used as `test`,
            or be divided by `fractions`.
        timeout: Seconds to wait for the Hub.
    """

    dataset: str
    config: str | None = None
    revision: str | None = None
    splits: dict[Split, str] = field(default_factory=lambda: {"train": "train", "dev": "validation", "test": "test"})
    timeout: float = 5.0

    def __post_init__(self) -> None:
        if self._local and self.revision is not None:
            raise BadInput(f"{self.name}: {self.dataset} is a folder here and has no revisions; set revision=null.")
        super().__post_init__()

    @property
    def _local(self) -> bool:
        return Path(self.dataset).is_dir()

    @cached_property
    def commit(self) -> str | None:
        """The resolved commit; None for a local folder. The Hub is asked on first use."""
        return None if self._local else resolve(self.dataset, self.revision, self.timeout)

    def _parts(self) -> dict[Split, str]:
        return dict(self.splits)

    def _read(self, part: str) -> Raw:
        if self.commit is None:
            return local_rows(self.dataset, self.config, part)
        return hub_rows(self.dataset, self.config, self.commit, part, self.timeout)

    def _origin_facts(self) -> dict[str, Any]:
        if self.commit is None:
            return {"kind": "folder in the Hub's layout", "config": self.config, "sha256": self._digests()}
        return {"kind": "hub", "dataset": self.dataset, "config": self.config, "commit": self.commit}
