"""Tasks that are built from biology: read from a folder that `exapt build` made, or built on demand into the cache."""

import hashlib
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from exapt.builders.folder import read_manifest
from exapt.builders.genomes import read_bytes
from exapt.builders.recipe import Recipe
from exapt.cache import cache_dir, content_key
from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.settings import settings
from exapt.tasks.task import Split, Task


@settings
class BuiltTask(Recipe, Task):
    """A recipe as a task. Subclasses name the recipe first, then this class.

    Attributes:
        name: Short name of the task.
        path: A folder that `exapt build` made; without it the task is built into the cache when first loaded.
        positive: The class that answers to the source's positive class.
        signal: Families of features that the task is about (see `exapt audit`).
    """

    name: str = ""
    path: str | None = None
    positive: str = ""
    signal: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        LabelSpace(self.NAMES, self.positive)

    @cached_property
    def space(self) -> LabelSpace:  # type: ignore[override]
        """The two classes."""
        return LabelSpace(self.NAMES, self.positive)

    def build(self, out: Path) -> tuple[dict[str, Any], bool]:
        """As the recipe does.

        Raises:
            BadInput: Also for a task that reads a folder.
        """
        if self.path is not None:
            raise BadInput(f"{self.name}: path= reads a built folder; to build one drop it and give out=.")
        return super().build(out)

    def load(self, split: Split) -> Examples:
        """The examples of one split; read, or first built, on the first call."""
        if split not in self._loaded:
            self._loaded[split] = self._read(split)
        return self._loaded[split]

    def facts(self) -> dict[str, Any]:
        """The manifest without times, file names and the version of exapt, which decide nothing in the content."""
        apart = ("seconds", "calls", "inputs", "exapt")
        kept = {key: value for key, value in self._manifest.items() if key not in apart}
        return {"kind": "built", **kept, "positive": self.positive}

    @cached_property
    def _loaded(self) -> dict[Split, Examples]:
        return {}

    @cached_property
    def _folder(self) -> Path:
        """The folder of the built task; made if it must be."""
        if self.path is not None:
            return Path(self.path)
        folder = cache_dir() / "tasks" / f"{self.TASK}-{content_key(self.identity())[:16]}"
        self.build(folder)
        return folder

    @cached_property
    def _manifest(self) -> dict[str, Any]:
        manifest = read_manifest(self._folder)
        identity = manifest.get("identity")
        if not isinstance(identity, dict) or identity.get("task") != self.TASK or "files" not in manifest:
            raise BadInput(f"{self._folder}: is no build of {self.TASK}; give a folder that `exapt build` made.")
        defaults, mine = type(self)().as_settings(), self.as_settings()
        held = identity["settings"]
        # a setting that only the builder reads must not be asked for in vain
        for key, value in mine.items():
            if value not in (defaults[key], held.get(key)):
                raise BadInput(f"{self._folder}: was built with {key}={held.get(key)}, not {value}; drop {key}=.")
        return manifest

    def _read(self, split: Split) -> Examples:
        file = self._folder / f"{split}.parquet"
        expected = self._manifest["files"].get(file.name)
        if hashlib.sha256(read_bytes(file)).hexdigest() != expected:
            raise BadInput(f"{file}: was changed after it was built; build it again, or read it with task=table.")
        try:
            frame = pd.read_parquet(file)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise BadInput(f"{file}: cannot be read as Parquet ({reason}); build it again.") from None
        if frame.empty:
            raise BadInput(f"{self.name}: the {split} split is empty; its share of fractions= is 0.")
        return Examples(frame, self.space, str(file))
