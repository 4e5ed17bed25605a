"""The prediction file: one row per example and phase, from which every number of a score can be computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.files import write_atomically

Phase = Literal["untrained", "trained"]
PHASES: tuple[Phase, ...] = get_args(Phase)
COLUMNS = ("id", "label", "group", "score", "phase")
LEVEL = "level"  # a further column, of tasks whose examples carry a level of difficulty


def write_predictions(path: Path, examples: Examples, scores: Mapping[Phase, npt.NDArray[Any]]) -> None:
    """Write predictions atomically; equal predictions give equal bytes (with one version of pyarrow).

    Args:
        path: The Parquet file to make or replace.
        examples: The examples that were scored.
        scores: Log-odds of the positive class by phase, each float32 of shape (n,), in the examples' order.
            `untrained` is the first of the untrained heads, `trained` the kept one.

    The file has the column `level` if the examples have it.

    Raises:
        BadInput: For an unknown phase, no phase, a column of another length or type, a score that is not finite, or a
            level that is no text.
    """
    frame = examples.frame
    levels = levels_of(examples)
    unknown = [phase for phase in scores if phase not in PHASES]
    if unknown or not scores:
        raise BadInput(f"{path}: phases are {' and '.join(PHASES)}, got {', '.join(map(str, scores)) or 'none'}.")
    parts = []
    for phase in PHASES:
        if phase not in scores:
            continue
        column = np.asarray(scores[phase])
        if column.dtype != np.float32 or column.shape != (len(frame),):
            raise BadInput(
                f"{path}: phase '{phase}' has {column.dtype} scores of shape {column.shape}; "
                f"give float32 of shape ({len(frame)},)."
            )
        if not np.isfinite(column).all():
            row = int((~np.isfinite(column)).argmax())
            raise BadInput(f"{path}: phase '{phase}': example '{frame['id'][row]}' has the score {column[row]}.")
        texts = [pa.array(frame[name].tolist(), pa.string()) for name in ("id", "label", "group")]
        phases = pa.array([phase] * len(frame), pa.string())
        columns = [*texts, pa.array(column, pa.float32()), phases]
        columns += [] if levels is None else [pa.array(levels, pa.string())]
        parts.append(pa.Table.from_arrays(columns, schema=_schema(levels is not None)))
    table = pa.concat_tables(parts).combine_chunks()

    def write(temporary: Path) -> None:
        pq.write_table(table, temporary, compression="zstd", compression_level=3, version="2.6", row_group_size=1 << 17)

    write_atomically(path, write)


def levels_of(examples: Examples) -> list[str] | None:
    """The level of every example; None if the examples have no column `level`.

    Raises:
        BadInput: For a level that is not a text, or is empty.
    """
    if LEVEL not in examples.frame.columns:
        return None
    levels = examples.frame[LEVEL].tolist()
    for row, level in enumerate(levels, start=1):
        if not isinstance(level, str) or not level:
            raise BadInput(f"{examples.origin}: row {row} has the level {level!r}; give every row a text, as '0.20'.")
    return levels


def _schema(leveled: bool) -> pa.Schema:
    names = (*COLUMNS, LEVEL) if leveled else COLUMNS
    return pa.schema([pa.field(n, pa.float32() if n == "score" else pa.string(), nullable=False) for n in names])


def write_unscored(path: Path, ids: Sequence[str], score: npt.NDArray[np.float32], positive: str) -> None:
    """Write the predictions of rows without labels atomically: `id`, `score` (log-odds), `probability_<positive>`.

    Args:
        path: The Parquet file to make or replace.
        ids: Distinct, shape (n,).
        score: Log-odds of the source's positive class, float32 of shape (n,), in the order of `ids`.
        positive: The source's positive class.

    Raises:
        BadInput: For a score that is not finite.
    """
    bad = ~np.isfinite(score)
    if bad.any():
        raise BadInput(f"{path}: '{ids[int(bad.argmax())]}' has the score {score[int(bad.argmax())]}.")
    # of either sign without overflow; float64, because float32 is 1 from a score of 17 on
    probability = np.exp(-np.logaddexp(0.0, -score.astype(np.float64)))
    table = pa.table({"id": pa.array(ids, pa.string()), "score": score, f"probability_{positive}": probability})
    write_atomically(path, lambda temporary: pq.write_table(table, temporary, compression="zstd", version="2.6"))


def read_predictions(path: Path) -> pd.DataFrame:
    """Read predictions strictly.

    Returns:
        Columns `id`, `label`, `group`, `phase` (strings, object dtype) and `score` (float32), and `level` (strings) if
        the file has it; index 0..n-1.

    Raises:
        BadInput: If the file is not there, is no Parquet file, lacks or adds a column, has a column of another type, a
            missing value, an unknown phase, a score that is not finite, an id twice within a phase, or phases that
            disagree about the examples.
    """
    try:
        table = pq.ParquetFile(path).read()
    except FileNotFoundError:
        raise BadInput(f"{path}: no such predictions; a finished run keeps them beside its record.") from None
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(f"{path}: cannot be read as a Parquet file ({reason}); restore it or predict again.") from None
    schema = _schema(LEVEL in table.column_names)
    if table.column_names != schema.names:
        raise BadInput(
            f"{path}: the columns are {', '.join(table.column_names)}; predictions have {', '.join(COLUMNS)}, "
            f"and {LEVEL} or not."
        )
    for field in schema:
        column = table.column(field.name)
        if column.type != field.type:
            raise BadInput(f"{path}: column '{field.name}' is of type {column.type}, not {field.type}.")
        if column.null_count:
            raise BadInput(f"{path}: column '{field.name}' has {column.null_count} empty values.")
    frame = pd.DataFrame(
        {
            n: table.column(n).to_numpy() if n == "score" else pd.Series(table.column(n).to_pylist(), dtype=object)
            for n in schema.names
        }
    )
    _check(path, frame)
    return frame


def digest(frame: pd.DataFrame) -> str:
    """SHA-256 (hex) over the rows in order, not file bytes: id, label, group, phase, level if any, score's bytes."""
    leveled = LEVEL in frame.columns
    state = hashlib.sha256(b"exapt predictions 1 level" if leveled else b"exapt predictions 1")
    names = ["id", "label", "group", "phase", *([LEVEL] if leveled else [])]
    raw = np.asarray(frame["score"], dtype="<f4").tobytes()
    scores = (raw[start : start + 4] for start in range(0, len(raw), 4))
    for row in zip(*(map(_sized, frame[name].tolist()) for name in names), scores, strict=True):
        state.update(b"".join(row))
    return state.hexdigest()


def _sized(text: str) -> bytes:
    """A text with its length before it, so that no two columns run into each other."""
    raw = text.encode()
    return len(raw).to_bytes(8, "little") + raw


def _check(path: Path, frame: pd.DataFrame) -> None:
    if frame.empty:
        raise BadInput(f"{path}: holds no prediction.")
    unknown = ~frame["phase"].isin(PHASES).to_numpy(dtype=bool)
    if unknown.any():
        row = int(unknown.argmax())
        raise BadInput(
            f"{path}: row {row + 1} has the phase '{frame['phase'][row]}'; phases are {' and '.join(PHASES)}."
        )
    bad = ~np.isfinite(frame["score"].to_numpy())
    if bad.any():
        row = int(bad.argmax())
        raise BadInput(f"{path}: row {row + 1} (id '{frame['id'][row]}') has the score {frame['score'][row]}.")
    twice = frame.duplicated(["id", "phase"]).to_numpy(dtype=bool)
    if twice.any():
        row = int(twice.argmax())
        raise BadInput(
            f"{path}: row {row + 1} repeats the id '{frame['id'][row]}' in the phase '{frame['phase'][row]}'."
        )
    same = ["id", "label", "group", *([LEVEL] if LEVEL in frame.columns else [])]
    parts = [frame.loc[frame["phase"] == p, same] for p in PHASES if (frame["phase"] == p).any()]
    if any(not np.array_equal(parts[0].to_numpy(), other.to_numpy()) for other in parts[1:]):
        raise BadInput(f"{path}: the phases do not hold the same examples in the same order.")
