"""Writes the splits of a built task as Parquet, as many rows at a time as its maker likes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SPLITS = ("train", "dev", "test")
BASE = {name: pa.string() for name in ("id", "left", "right", "label", "group")}


class Writer:
    """Three files, `train.parquet`, `dev.parquet` and `test.parquet`; a split that gets no rows becomes an empty file.

    Args:
        folder: Where the files go.
        columns: Further columns and their types, after `id`, `left`, `right`, `label` and `group`.

    Attributes:
        examples: Rows of each split by label.
    """

    def __init__(self, folder: Path, columns: Mapping[str, pa.DataType]) -> None:
        self.folder = folder
        self.schema = pa.schema({**BASE, **columns})
        self.examples: dict[str, Counter[str]] = {split: Counter() for split in SPLITS}
        self._open = {
            split: pq.ParquetWriter(folder / f"{split}.parquet", self.schema, compression="zstd") for split in SPLITS
        }

    def add(self, split: str, rows: pd.DataFrame) -> None:
        """Append rows to a split; columns of the schema that they lack become null."""
        missing = {name: None for name in self.schema.names if name not in rows.columns}
        # the metadata of pandas name its version; without them equal rows are equal bytes
        table = pa.Table.from_pandas(rows.assign(**missing), self.schema, preserve_index=False)
        self._open[split].write_table(table.replace_schema_metadata(None))
        self.examples[split].update(rows["label"].tolist())

    def finish(self) -> dict[str, str]:
        """Close the files; their SHA-256 by name."""
        return {f"{split}.parquet": self._finish(split) for split in SPLITS}

    def _finish(self, split: str) -> str:
        self._open[split].close()
        with (self.folder / f"{split}.parquet").open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for writer in self._open.values():
            writer.close()
