"""What a claim's verdict file holds: per target a verdict with its reasons, rungs, arms and what the seeds did."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from exapt.estimates import Estimate, Part
from exapt.files import read_part, write_json
from exapt.testimony import Arm, Cause, Lottery, Reason, Rung, Shots

SCHEMA: Literal[1] = 1
RULING = "verdict.json"


class Publication(Part):
    """Where a claim was published, and with which number.

    Attributes:
        paper: Such as "arXiv 2412.07678".
        place: Table, figure or page.
        value: The published number.
        metric: Its metric.
        n: Test examples it was computed on; None if the paper does not say.
        seeds: Training seeds behind it.
        notebook: The number in the authors' public code, if it is another.
        flipped: Whether labels were flipped after test labels were looked at.
        code: State of the authors' code, such as a commit.
        note: Anything that a reader must know.
    """

    paper: str
    place: str
    value: float
    metric: Literal["auroc", "accuracy", "f1"] = "accuracy"
    n: int | None = None
    seeds: int = 1
    notebook: float | None = None
    flipped: bool = False
    code: str = ""
    note: str = ""


class Target(Part):
    """The verdict on one target.

    Attributes:
        target: The target's name.
        verdict: The first that matches.
        qualifiers: "ranking only", "inverted".
        reasons: Of the verdict.
        rungs: Every claimed rung, and `transfer`.
        arms: All that were scored on the target, the treatment first.
        n: Test examples.
        groups: Their groups.
        positive: The class that answers to the source's positive one.
        generated: Whether the data come from a generator.
        lost: Share of input that the tokenizer loses, the larger of source and target.
        shared: Share of rows with a side that the source trains on.
        accuracy: The treatment's accuracy at the source's threshold, less that of always naming the larger class.
        comparable: The treatment in the published metric, where that is accuracy or AUROC and another than the claim's.
        learned: The treatment and a bag of words on the source's own test split.
        learned_n: Test examples of the source.
        shots: The arm that is trained on the target, by number of examples.
        lottery: Of the published number; None without one in a metric that was scored.
        causes: What causes the spread between seeds, if the claim asked.
        seeds_wanted: Seeds for an interval of the mean over seeds that reaches one margin to either side.
        notes: What a reader must not miss.
    """

    target: str
    verdict: str
    qualifiers: list[str]
    reasons: list[Reason]
    rungs: list[Rung] = Field(default_factory=list)
    arms: list[Arm] = Field(default_factory=list)
    n: int | None = None
    groups: int | None = None
    positive: str = ""
    generated: bool = False
    lost: float | None = None
    shared: float | None = None
    accuracy: Estimate | None = None
    comparable: Arm | None = None
    learned: list[Arm] = Field(default_factory=list)
    learned_n: int | None = None
    shots: list[Shots] = Field(default_factory=list)
    lottery: Lottery | None = None
    causes: list[Cause] = Field(default_factory=list)
    seeds_wanted: int | None = None
    notes: list[str] = Field(default_factory=list)


class Cell(Part):
    """One run of a claim.

    Attributes:
        name: Such as "treatment, seed 3".
        run: Name of its folder; empty if it is not finished.
        fault: Why it is not finished; empty if it is.
    """

    name: str
    run: str
    fault: str = ""


class Ruling(Part):
    """The verdict on a claim. Holds no time, host or path (but in a fault's words): equal records give equal bytes.

    Attributes:
        claim: The claim's name.
        statement: What it says.
        publication: Where it was published; None if nowhere.
        metric: Which metric is contrasted.
        margin: Smallest difference that counts.
        model: The model's name.
        source: The source's name.
        claimed: The rungs that it claims.
        left_out: What a budget left out: claimed rungs, and seeds in words.
        seeds: Number of the treatment's seeds.
        tests: How many targets and claims Holm's correction runs over.
        chosen: What was chosen on target labels, as the claim says.
        accepted: Flaws of tasks that were accepted in the open.
        targets: A verdict each.
        cells: All runs.
        versions: Of exapt and the libraries that made the records.
        schema_version: Of this file.
    """

    claim: str
    statement: str
    publication: Publication | None = None
    metric: str
    margin: float
    model: str
    source: str
    claimed: list[str]
    left_out: list[str] = Field(default_factory=list)
    seeds: int
    tests: int
    chosen: list[str] = Field(default_factory=list)
    accepted: list[str] = Field(default_factory=list)
    targets: list[Target]
    cells: list[Cell]
    versions: dict[str, str] = Field(default_factory=dict)
    schema_version: Literal[1] = SCHEMA


def write_ruling(folder: Path, ruling: Ruling) -> None:
    """Write `verdict.json` into `folder`, atomically."""
    write_json(folder / RULING, ruling.model_dump(mode="json"))


def read_ruling(path: Path) -> Ruling:
    """Read a verdict strictly.

    Args:
        path: A `verdict.json`, or the folder that holds it.

    Raises:
        BadInput: If it is not there, or not a verdict of this schema.
    """
    file = path / RULING if path.is_dir() else path
    return read_part(file, Ruling, f"a verdict of schema {SCHEMA}", "`exapt claim` writes it")
