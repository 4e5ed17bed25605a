"""What every build has: inputs, settings, a label rule, an identity, and a folder with three splits and a manifest."""

import dataclasses
import hashlib
import os
from dataclasses import field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import exapt
from exapt.builders.folder import MANIFEST, build_folder
from exapt.builders.genomes import read_bytes
from exapt.builders.journal import Journal
from exapt.builders.leaks import compared
from exapt.builders.ncbi import Ncbi, resolve
from exapt.builders.writer import SPLITS, Writer
from exapt.errors import BadInput
from exapt.files import write_json
from exapt.settings import settings

SHUFFLED = "shuffled"
MOST_COMPARED = 20_000  # sequences of a split, evenly spaced: a million are no day's work
# what a task adds to its recipe, and where things lie: nothing of it decides a row
APART = ("name", "path", "positive", "signal", "data_dir", "ncbi")


@settings
class Recipe:
    """The settings that decide what a built task holds. Subclasses say how its rows are made.

    Attributes:
        data_dir: Folder of local data, needed only for inputs that are not given.
        fractions: Shares of train, dev and test; 0 leaves a split empty.
        seed: Of everything that is drawn.
        ncbi: How NCBI is asked for inputs named `ncbi:ACCESSION`; null takes e-mail and key from the environment
            (NCBI_EMAIL, NCBI_API_KEY).
    """

    TASK: ClassVar[str] = ""  # name of the kind of task
    NAMES: ClassVar[tuple[str, str]] = ("", "")  # of the negative and the positive class
    # settings that name a file (or files), and the file below data_dir that is taken otherwise; None needs no file
    INPUTS: ClassVar[dict[str, str | None]] = {}
    COLUMNS: ClassVar[dict[str, pa.DataType]] = {}  # further columns of a row
    ORDER: ClassVar[str | None] = None  # of the rows, where it is not that in which they were made
    COMPARED: ClassVar[bool] = False  # whether the DNA of the splits is compared once it is written

    data_dir: str | None = None
    fractions: list[float] = field(default_factory=lambda: [0.8, 0.1, 0.1])
    seed: int = 0
    ncbi: Ncbi | None = None

    def __post_init__(self) -> None:
        if len(self.fractions) != 3 or min(self.fractions) < 0 or abs(sum(self.fractions) - 1) > 1e-6:
            raise BadInput(f"fractions={self.fractions}: give three shares (train, dev, test) that add up to 1.")
        if self.seed < 0:
            raise BadInput(f"seed={self.seed}: must be 0 or more.")

    def rule(self) -> str:
        """The label rule in one sentence."""
        raise NotImplementedError

    def make(self, writer: Writer, journal: Journal) -> None:
        """Make the rows.

        Raises:
            BadInput: For faulty inputs, missing programs, or too few rows.
        """
        raise NotImplementedError

    def parameters(self) -> dict[str, Any]:
        """Further constants that decide the rows, such as the parameters of outside programs; JSON-ready."""
        return {}

    def as_settings(self) -> dict[str, Any]:
        """The settings that decide the rows, JSON-ready."""
        names = [f.name for f in dataclasses.fields(self)]
        return {name: _plain(getattr(self, name)) for name in names if name not in (*APART, *self.INPUTS)}

    def inputs(self) -> dict[str, list[Path]]:
        """The files of every input; what is named `ncbi:ACCESSION` is fetched into the cache first.

        Raises:
            BadInput: If an input is neither given nor below `data_dir`.
        """
        found: dict[str, list[Path]] = {}
        asked = self.ncbi or Ncbi(email=os.environ.get("NCBI_EMAIL"), api_key=os.environ.get("NCBI_API_KEY"))
        for role, default in self.INPUTS.items():
            given = getattr(self, role)
            if given is None and default is None:
                continue
            if given is None and self.data_dir is None:
                others = " and ".join(f"{name}=" for name, file in self.INPUTS.items() if file is not None)
                raise BadInput(f"{self.TASK}: no {role} file; give {others}, or path=FOLDER, or data_dir=.")
            places = [str(Path(str(self.data_dir), str(default)))] if given is None else given
            found[role] = [resolve(place, asked) for place in ([places] if isinstance(places, str) else places)]
        return found

    def identity(self) -> dict[str, Any]:
        """All that decides the rows: the inputs' SHA-256, the settings, the programs' parameters and the rule."""
        inputs = {
            role: [hashlib.sha256(read_bytes(file)).hexdigest() for file in files]
            for role, files in self.inputs().items()
        }
        return {
            "task": self.TASK,
            "inputs": inputs,
            "settings": self.as_settings(),
            **({"parameters": self.parameters()} if self.parameters() else {}),
            "rule": self.rule(),
            **({"order": self.ORDER} if self.ORDER else {}),
        }

    def build(self, out: Path) -> tuple[dict[str, Any], bool]:
        """Build the task's folder: `train.parquet`, `dev.parquet`, `test.parquet` and `manifest.json`.

        Args:
            out: The folder to make; reused if it holds the same build.

        Returns:
            The manifest, and whether the folder was there already.

        Raises:
            BadInput: As `make` does, and if `out` is something else.
        """
        identity = self.identity()
        return build_folder(out, identity, lambda folder: self._fill(folder, identity))

    def _fill(self, folder: Path, identity: dict[str, Any]) -> None:
        journal = Journal()
        with Writer(folder, self.COLUMNS) as writer:
            self.make(writer, journal)
            files = writer.finish()
        if self.COMPARED:
            with journal.timed("comparing splits"):
                texts = [pq.read_table(folder / f"{name}.parquet", columns=["left"])["left"] for name in SPLITS]
                spread = [np.linspace(0, len(t) - 1, min(len(t), MOST_COMPARED)).astype(int) for t in texts]
                sample = [t.take(rows).to_pylist() for t, rows in zip(texts, spread, strict=True)]
                journal.notes.append(compared(sample, [len(t) for t in texts], journal))
        names = {role: [path.name for path in paths] for role, paths in self.inputs().items()}
        examples = {split: {name: writer.examples[split][name] for name in self.NAMES[::-1]} for split in SPLITS}
        write_json(folder / MANIFEST, {
            "identity": identity, "rule": self.rule(), "exapt": exapt.__version__, "inputs": names, "files": files,
            "examples": examples, **journal.for_manifest(),
        })  # fmt: skip


def _plain(value: Any) -> Any:
    """A setting, JSON-ready; an object of settings becomes its kind with its own settings."""
    if dataclasses.is_dataclass(value):
        own = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"kind": getattr(value, "kind", type(value).__name__), **own}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return {key: _plain(v) for key, v in value.items()} if isinstance(value, dict) else value
