"""A task from the user's own files: CSV, TSV, JSON lines or Parquet, columns and labels named in configuration."""

from pathlib import Path
from typing import Any

from exapt.errors import BadInput
from exapt.settings import settings
from exapt.tasks.reading import Format, Raw, read_file
from exapt.tasks.rows import RowTask
from exapt.tasks.task import Split


@settings
class Table(RowTask):
    """Labelled rows of one file (used as test, or divided by `fractions`) or of one file per split.

    Attributes:
        path: The file, relative to `data_dir`; with `splits`, the folder of the files or null.
        splits: File of each split, relative to `path`; null takes `path` as the one file.
        data_dir: Folder that `path` is relative to; the current folder unless set. A sheet that reads the shared data
            hands on the run's `data_dir`, and null then means that it was not given.
        format: Format of the files; null tells it from their names.
        quoting: Whether quotation marks enclose fields in CSV and TSV; false if they are text like any other.
    """

    path: str | None = None
    splits: dict[Split, str] | None = None
    data_dir: str | None = "."
    format: Format | None = None
    quoting: bool = True

    def __post_init__(self) -> None:
        if self.path is None and self.splits is None:
            raise BadInput(f"{self.name}: no file given; set path=FILE, or splits.train=FILE and so on.")
        super().__post_init__()

    def _parts(self) -> dict[Split, str]:
        if self.splits is not None:
            # the split's own name, so that facts hold no file name
            return {split: split for split in self.splits}
        return {"test": "test"}

    def _read(self, part: str) -> Raw:
        if self.data_dir is None:
            what = self.path or "local files"
            raise BadInput(f"{self.name}: reads {what} and data_dir is not set; give data_dir=FOLDER.")
        path = Path(self.data_dir, self.path or "")
        if self.splits is not None:
            path = path / {str(split): file for split, file in self.splits.items()}[part]
        return read_file(path, self.format, self.quoting)

    def _origin_facts(self) -> dict[str, Any]:
        return {"kind": "table", "quoting": self.quoting, "sha256": self._digests()}
