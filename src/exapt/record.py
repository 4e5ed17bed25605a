"""What a fit, a score and a record hold; their schema, the writer and the strict reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from exapt.estimates import Heads, Level, Part, Psychometric, Scores
from exapt.files import read_part, write_json
from exapt.findings import Passport

SCHEMA: Literal[1] = 1
RECORD = "record.json"

Mark = Literal["inverted", "unknown tokens", "truncated", "shares text with train"]


class Tokens(Part):
    """What a tokenizer made of a split.

    Attributes:
        mean: Mean tokens of an encoded example (of both sides together), special tokens included.
        unknown_tokens: Share (0 to 1) of content tokens that are the unknown token.
        unknown_characters: Share (0 to 1) of non-space characters covered by unknown tokens.
        truncated: Share (0 to 1) of examples that lost tokens to the length limit.
    """

    mean: float
    unknown_tokens: float
    unknown_characters: float
    truncated: float


class Data(Part):
    """One task's split as it was used.

    Attributes:
        task: The task's name.
        split: train, dev or test.
        digest: SHA-256 of the examples.
        examples: Number of examples.
        groups: Number of groups.
        paired: Whether examples have a right side.
        counts: Examples per class name.
        positive: The class that answers to the source's positive class.
        tokens: What the tokenizer made of it.
        facts: The task's own account of its origin.
    """

    task: str
    split: str
    digest: str
    examples: int
    groups: int
    paired: bool = True
    counts: dict[str, int]
    positive: str
    tokens: Tokens
    facts: dict[str, Any]


class Fit(Part):
    """One trained model: all that could change its numbers, and what training showed.

    Attributes:
        identity: SHA-256 over everything that can change the numbers (see `exapt.study.provenance`).
        arm: Which arm of a claim the fit is.
        model: The model's facts: class, settings, repairs of the tokenizer, hash of the weights it began from.
        train: The source's train split.
        dev: The source's dev split; selection and early stopping saw nothing else.
        method: The recipe, resolved.
        precision: Precision of the forward pass, resolved ("bf16-mixed", "32-true").
        seeds: `init`, `order`, `draw`.
        history: One row per dev evaluation: epoch, step, train_loss, dev_loss, dev_auroc, dev_accuracy.
        best: The row of `history` whose weights were kept.
        weights: SHA-256 of the kept weights.
        thresholds: By trivial baseline: the threshold with the best accuracy on the source's dev split.
    """

    identity: str
    arm: str
    model: dict[str, Any]
    train: Data
    dev: Data
    method: dict[str, Any]
    precision: str
    seeds: dict[str, int]
    history: list[dict[str, float]]
    best: dict[str, float]
    weights: str
    thresholds: dict[str, float] = Field(default_factory=dict)


class Score(Part):
    """A fit scored on one task.

    Attributes:
        role: Whether the task is the fit's own source or a target.
        data: The split that was scored.
        predictions: Path, relative to the record, of the Parquet file: id, label, group, score, phase (and level).
        predictions_digest: SHA-256 over that file's rows (see `exapt.evaluation.predictions`).
        trained: The trained model's scores.
        shares_train: Share (0 to 1) of the examples that have a side which stands in the source's train split.
        untrained: 100 untrained heads on the backbone before training.
        baselines: Trivial baselines by name.
        marks: What a reader must not miss.
        levels: The trained model's scores level by level; absent for a task whose examples have no levels.
        psychometric: What the levels' accuracy says on where it gives way; absent likewise.
    """

    role: Literal["source", "target"]
    data: Data
    predictions: str
    predictions_digest: str
    shares_train: float
    trained: Scores
    untrained: Heads
    baselines: dict[str, Scores]
    marks: list[Mark]
    # left out of the file where there are none, so that records of tasks without levels stay as they were
    levels: list[Level] | None = Field(default=None, exclude_if=lambda value: value is None)
    psychometric: Psychometric | None = Field(default=None, exclude_if=lambda value: value is None)


class Record(Part):
    """One fit and its scores. Written last, whole, by one writer; holds no time, path or host.

    Attributes:
        name: The run's name; `<name>-<first 10 of identity>` is its folder.
        versions: Versions of exapt and of the libraries that make the numbers.
        fit: The fit.
        scores: By the name the task has in the run; the source's is always there.
        accepted: Flaws that the experiment accepts in the open (`audit: accept`), each in a line, by task.
        passports: What an audit said of the tasks, by the same names; absent in a record that was made without audits.
    """

    name: str
    versions: dict[str, str]
    fit: Fit
    scores: dict[str, Score]
    accepted: list[str] = Field(default_factory=list)
    # left out of the file where there are none, so that records of before stay as they were
    passports: dict[str, Passport] = Field(default_factory=dict, exclude_if=lambda value: not value)
    schema_version: Literal[1] = SCHEMA


def canonical(record: Record) -> Record:
    """The record as it is read back from its file: keys sorted, so that whatever is made of it is the same."""
    text = json.dumps(record.model_dump(mode="json"), sort_keys=True, allow_nan=False)
    return Record.model_validate_json(text)


def write_record(folder: Path, record: Record) -> None:
    """Write `record.json` into `folder`, atomically."""
    write_json(folder / RECORD, record.model_dump(mode="json"))


def read_record(path: Path) -> Record:
    """Read a record strictly.

    Args:
        path: A `record.json`, or the folder that holds it.

    Raises:
        BadInput: If it is not there, not JSON, or not a record of this schema.
    """
    file = path / RECORD if path.is_dir() else path
    return read_part(file, Record, f"a record of schema {SCHEMA}", "a run that finished leaves one")
