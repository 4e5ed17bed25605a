"""Many records as one tidy table (a row per fit and task), as CSV, as Markdown, and summed up over seeds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exapt.errors import BadInput
from exapt.estimates import Estimate, Metric
from exapt.evaluation.heads import spread
from exapt.record import RECORD, Record, Score, read_record
from exapt.report import judgement
from exapt.report.curve import level_rows, level_table
from exapt.report.markdown import estimate, inline, number, table

METRICS: tuple[Metric, ...] = ("auroc", "accuracy", "f1", "mcc", "brier")
SHOWN = {"auroc": "AUROC", "accuracy": "accuracy", "f1": "F1", "mcc": "MCC", "brier": "Brier"}
# What must be equal for fits to differ in their seeds alone.
GROUP = ["model", "arm", "source", "train_n", "method", "settings", "target", "role", "positive", "n"]


def find_records(paths: Iterable[Path]) -> list[tuple[Path, Record]]:
    """Read every record at or below some paths.

    Args:
        paths: Files `record.json`, or folders that are searched to any depth.

    Returns:
        Each `record.json` with its record, sorted by path, each file once.

    Raises:
        BadInput: If a path does not exist or a folder holds no record, or a record cannot be read: nothing is skipped.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise BadInput(f"{path}: no such file or folder; give a record.json or a folder with records.")
        files = sorted(path.rglob(RECORD)) if path.is_dir() else [path]
        if not files:
            raise BadInput(f"{path}: holds no {RECORD}; a run that finished leaves one in its folder.")
        for file in files:
            found.setdefault(file.resolve(), file)
    return [(file, read_record(file)) for file in sorted(found.values())]


def tidy(records: Iterable[Record]) -> pd.DataFrame:
    """One row per fit and task, and under it one per level where the task's examples have levels of difficulty.

    Args:
        records: Records, in any order. A fit scored on the same data in two records stands once.

    Returns:
        Columns: run, identity, model, arm, method, settings (first ten letters of a SHA-256 over the model's facts,
        method, precision and the source's name), source, train_n, target, task, role, generated, marks, positive,
        seed_*, n, groups, each metric with `_low` and `_high`, heads, heads_{auroc,accuracy}_{mean,sd,p5,p95},
        best_baseline with its auroc, `_low`, `_high`, test_digest, predictions_digest. None where not defined. Only
        if a task has levels: level (None in a row for the whole task) and psychometric_{threshold,slope,ceiling} with
        `_low` and `_high`, psychometric_reason.

    Raises:
        BadInput: If two records hold the same fit and task with different numbers.
    """
    rows: dict[tuple[str, str, str, str | None], dict[str, Any]] = {}
    for record in records:
        for name, score in record.scores.items():
            own = _row(record, name, score)
            for row in (own, *level_rows(own, score)):
                known = rows.setdefault((record.fit.identity, name, score.data.digest, row.get("level")), row)
                if known | {"run": row["run"]} != row:
                    raise BadInput(
                        f"{row['run']}: task '{name}' has other numbers than in the record {known['run']} of the same "
                        "fit; remove the wrong record."
                    )
    ordered = sorted(
        rows.values(), key=lambda r: (*(str(r[c]) for c in GROUP[:7]), sorted(_seeds(r).items()), r["run"])
    )
    columns = list(dict.fromkeys(column for row in ordered for column in row))
    return pd.DataFrame({column: pd.Series([row.get(column) for row in ordered], dtype=object) for column in columns})


def to_csv(frame: pd.DataFrame) -> str:
    """The tidy table as CSV with full precision; empty where a number is not defined."""
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text


def to_markdown(frame: pd.DataFrame) -> str:
    """The tidy table as Markdown: a row per fit and task, metrics with their intervals; levels in a table below."""
    header = [
        "run", "model", "arm", "method", "source", "target", "marks", "seeds", "n", "groups", *SHOWN.values(),
        "untrained heads, AUROC mean ± sd", "best trivial baseline, AUROC",
    ]  # fmt: skip
    rows = []
    whole, leveled = _parted(frame)
    for row in whole.to_dict("records"):
        heads = "not defined"
        if row["heads_auroc_mean"] is not None:
            heads = f"{number(row['heads_auroc_mean'])} ± {number(row['heads_auroc_sd'])}"
        best = "none defined"
        if row["best_baseline"] is not None:
            best = f"{row['best_baseline']}: {estimate(_estimate(row, 'best_baseline_auroc'))}"
        rows.append(
            [
                *(row[c] for c in ("run", "model", "arm", "method", "source", "target")), row["marks"] or "none",
                _seed_text(row), row["n"], row["groups"], *(estimate(_estimate(row, m)) for m in METRICS), heads, best,
            ]
        )  # fmt: skip
    levels = ["By level:", level_table(leveled.to_dict("records"))] if len(leveled) else []
    return "\n\n".join([table(header, rows, text=8), *levels])


def summary(frame: pd.DataFrame) -> str:
    """The tidy table summed up over seeds, as Markdown.

    Fits are put together that differ in nothing but their seeds: same model, arm, source, n of train, method, settings,
    target and n; rows of levels are left out. Per metric: number of seeds, median, smallest and largest value; for
    AUROC and accuracy also each seed's value with its interval.
    """
    header = [
        "model", "arm", "method", "settings", "source", "target", "metric", "each seed [95%]", "train n", "n", "fits",
        "median", "min", "max",
    ]  # fmt: skip
    frame, _ = _parted(frame)
    if frame.empty:
        return "No score is recorded."
    rows, notes = [], []
    for _, part in frame.groupby(GROUP, sort=False, dropna=False):
        runs = part.to_dict("records")
        first = runs[0]
        target = f"{first['target']} (generated)" if first["generated"] else first["target"]
        place = f"{first['model']}, {first['source']} to {first['target']}"
        if len({_seed_text(run) for run in runs}) < len(runs):
            notes.append(
                f"{place}: several fits have the same seeds, so they differ in something else (data, versions)."
            )
        if len({run["test_digest"] for run in runs}) > 1:
            notes.append(f"{place}: the seeds were scored on different examples of the same task.")
        for metric in METRICS:
            values = [run[metric] for run in runs if run[metric] is not None]
            each = ""
            if metric in ("auroc", "accuracy"):
                each = "; ".join(f"seed {_seed_text(run)}: {estimate(_estimate(run, metric))}" for run in runs)
            shown = SHOWN[metric]
            if metric == "auroc" and values and np.median(values) < 0.5:
                shown += " (inverted)"
            extremes = [float(np.median(values)), min(values), max(values)] if values else [None] * 3
            rows.append(
                [
                    *(first[c] for c in ("model", "arm", "method", "settings", "source")), target, shown, each,
                    first["train_n"], first["n"], _fits(len(runs), len(values)), *map(number, extremes),
                ]
            )  # fmt: skip
    said = (
        "Median, min and max are over fits that differ in their seeds alone; in brackets each fit's own 95% interval "
        "(bootstrap over groups), which does not contain the spread between seeds."
    )
    return "\n\n".join([table(header, rows, text=8), said, *(f"Note: {inline(note)}" for note in notes)])


def _parted(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of whole tasks, and those of levels."""
    if "level" not in frame.columns:
        return frame, frame.iloc[:0]
    whole = frame["level"].isna()
    return frame[whole], frame[~whole]


def _fits(all_of_them: int, defined: int) -> str:
    return str(all_of_them) if defined == all_of_them else f"{all_of_them} ({defined} defined)"


def _row(record: Record, name: str, score: Score) -> dict[str, Any]:
    fit, best = record.fit, judgement.best_baseline(score)
    source = next((s for s, other in record.scores.items() if other.role == "source"), fit.train.task)
    settings = json.dumps([fit.model, fit.method, fit.precision, fit.train.task], sort_keys=True, default=str)
    row: dict[str, Any] = {
        "run": judgement.run_name(record), "identity": fit.identity, "model": judgement.model_name(record),
        "arm": fit.arm, "method": judgement.method_name(record),
        "settings": hashlib.sha256(settings.encode()).hexdigest()[:10], "source": source,
        "train_n": fit.train.examples, "target": name, "task": score.data.task, "role": score.role,
        "generated": judgement.generated(score), "marks": ", ".join(judgement.marks(score)),
        "positive": score.data.positive,
    }  # fmt: skip
    row |= {f"seed_{kind}": seed for kind, seed in sorted(fit.seeds.items())}
    row |= {"n": score.data.examples, "groups": score.data.groups}
    for metric in METRICS:
        row |= _columns(metric, score.trained.metrics.get(metric, judgement.NONE))
    row["heads"] = len(score.untrained.accuracy)
    for kind, values in (("auroc", score.untrained.auroc), ("accuracy", score.untrained.accuracy)):
        row |= {f"heads_{kind}_{part}": spread(values).get(part) for part in ("mean", "sd", "p5", "p95")}
    row["best_baseline"] = best[0] if best else None
    row |= _columns("best_baseline_auroc", judgement.auroc(best[1]) if best else judgement.NONE)
    return row | {"test_digest": score.data.digest, "predictions_digest": score.predictions_digest}


def _columns(name: str, found: Estimate) -> dict[str, float | None]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _estimate(row: dict[Any, Any], name: str) -> Estimate:
    return Estimate(value=row[name], low=row[f"{name}_low"], high=row[f"{name}_high"])


def _seeds(row: dict[Any, Any]) -> dict[str, Any]:
    return {name.removeprefix("seed_"): v for name, v in row.items() if name.startswith("seed_") and v is not None}


def _seed_text(row: dict[Any, Any]) -> str:
    """`7` where all seeds are equal, otherwise `init 1, order 2, draw 2`."""
    seeds = _seeds(row)
    values: Sequence[Any] = list(dict.fromkeys(seeds.values()))
    return str(values[0]) if len(values) == 1 else ", ".join(f"{name} {seed}" for name, seed in seeds.items())
