"""Computes a record's numbers again from its prediction files, and says by name where they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.estimates import Level, Psychometric, Scores
from exapt.evaluation.levels import by_level
from exapt.evaluation.predictions import digest, read_predictions
from exapt.evaluation.scores import scores
from exapt.record import Record

TOLERANCE = 1e-9  # other processors round exponentials otherwise, in the last bit
FITTED = 1e-3  # relative: where an optimiser stops is its own affair


def rescore(record: Record, folder: Path) -> dict[str, Scores]:
    """Compute the trained model's scores again from the predictions beside a record.

    Args:
        record: The record.
        folder: The folder that its prediction paths are relative to.

    Returns:
        By the name the task has in the record. Compare with `differences`.

    Raises:
        BadInput: If a prediction file cannot be read, has no trained phase, is not the one the record was made from
            (its digest differs), or holds other examples than the record counts.
    """
    return {name: _scored(record, name, _rows(record, name, folder)) for name in record.scores}


def differences(record: Record, folder: Path, tolerance: float = TOLERANCE) -> list[str]:
    """Where a record and its predictions disagree.

    Args:
        record: The record.
        folder: The folder that its prediction paths are relative to.
        tolerance: Largest difference that counts as equal.

    Returns:
        One line per number that differs, naming task, metric and both values; empty if all agree.

    Raises:
        BadInput: As `rescore`.
    """
    lines = []
    for name, score in record.scores.items():
        rows = _rows(record, name, folder)
        levels, fitted = by_level(rows, score.data.positive, score.trained.threshold)
        told = _numbers(score.trained) | _curve(score.levels) | _fitted(score.psychometric)
        computed = _numbers(_scored(record, name, rows)) | _curve(levels) | _fitted(fitted)
        for key in sorted(told.keys() | computed.keys()):
            old, new = told.get(key), computed.get(key)
            if old is None or new is None:
                same = old == new
            else:
                same = abs(old - new) <= (FITTED * abs(new) if key.startswith("psychometric") else tolerance)
            if not same or (key in told) != (key in computed):
                lines.append(f"task '{name}': {key} is {old} in the record, {new} from its predictions")
    return lines


def _rows(record: Record, name: str, folder: Path) -> pd.DataFrame:
    """The trained phase of a task's predictions, if they are those that the record was made from."""
    score = record.scores[name]
    path = folder / score.predictions
    frame = read_predictions(path)
    found = digest(frame)
    if found != score.predictions_digest:
        raise BadInput(
            f"{path}: not the predictions that the record's task '{name}' was scored from "
            f"(digest {found[:10]}, recorded {score.predictions_digest[:10]}); restore the file."
        )
    rows = frame[frame["phase"] == "trained"]
    counts = {str(label): int(n) for label, n in rows["label"].value_counts().items()}
    expected = {label: n for label, n in score.data.counts.items() if n}
    groups = rows["group"].nunique()
    if counts != expected or groups != score.data.groups or len(rows) != score.data.examples:
        raise BadInput(
            f"{path}: holds {len(rows)} trained examples in {groups} groups, classes {counts}; the record's task "
            f"'{name}' has {score.data.examples} in {score.data.groups}, classes {expected}."
        )
    return rows


def _scored(record: Record, name: str, rows: pd.DataFrame) -> Scores:
    score = record.scores[name]
    return scores(
        (rows["label"] == score.data.positive).to_numpy(dtype=bool),
        rows["score"].to_numpy(dtype=np.float32),
        rows["group"].tolist(),
        threshold=score.trained.threshold,
        probability="brier" in score.trained.metrics,
    )


def _numbers(scores: Scores) -> dict[str, float | None]:
    flat: dict[str, float | None] = {"threshold": scores.threshold}
    for metric, estimate in scores.metrics.items():
        parts: dict[str, Any] = estimate.model_dump()
        flat |= {f"{metric} {part}": number for part, number in parts.items()}
    return flat | {f"confusion {name}": float(n) for name, n in scores.confusion.model_dump().items()}


def _curve(levels: list[Level] | None) -> dict[str, float | None]:
    flat: dict[str, float | None] = {}
    for level in levels or []:
        flat |= {f"level {level.level} n": float(level.n), f"level {level.level} groups": float(level.groups)}
        for metric, estimate in (("auroc", level.auroc), ("accuracy", level.accuracy)):
            flat |= {f"level {level.level} {metric} {part}": v for part, v in estimate.model_dump().items()}
    return flat


def _fitted(found: Psychometric | None) -> dict[str, float | None]:
    estimates = {} if found is None else {"threshold": found.threshold, "slope": found.slope, "ceiling": found.ceiling}
    return {
        f"psychometric {name} {part}": number
        for name, estimate in estimates.items()
        if estimate is not None
        for part, number in estimate.model_dump().items()
    }
