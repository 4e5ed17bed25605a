"""One trial of the self-test: an audit of a planted flaw, or of a clean task; a trial is all that a worker is given."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from exapt.audit.audit import Audit
from exapt.audit.names import CHECKS
from exapt.audit.selftest.bases import BASES, ROWS, TRUE
from exapt.audit.selftest.catalogue import FLAWS, alarms
from exapt.audit.selftest.flaw import Flaw, Planted
from exapt.audit.selftest.loose import loosened, shape_of
from exapt.audit.selftest.real import real
from exapt.audit.selftest.rows import KINDS, Base, Kind, task_of
from exapt.audit.selftest.vocabulary import Vocabulary, vocabulary_of, write_model
from exapt.findings import Finding

SOURCE = 400  # rows of the source of a clean task
EVERY = 5  # of so many clean tasks one has a source and a tokenizer, too; what is said of these leaves little to chance
_BASE, _PLANT, _CLEAN = 71, 72, 73  # purposes of draws
Labels = Literal["drawn", "true", "real"]


@dataclass(frozen=True)
class Cell:
    """A flaw in a base at a strength.

    Attributes:
        check: The flaw's.
        kind: The base's.
        strong: Which strength.
        seed: The self-test's.
        rows: Of the base.
        skip: Checks that are switched off.
        whole: Whether all checks look, to say which others see the flaw; else its own only.
    """

    check: str
    kind: Kind
    strong: bool
    seed: int
    rows: int = ROWS
    skip: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Clean:
    """A task without a flaw.

    Attributes:
        number: Which of the clean tasks.
        kind: What its sides are.
        labels: `drawn`: they mean nothing; `true`: the sheet declares what they mean; `real`: drawn, on real sides.
        seed: The self-test's.
        rows: Of the task.
        skip: Checks that are switched off.
        data_dir: Folder of the real data.
        loose: Whether its rows share no sides, and its size and its share of positives are drawn; else swap blocks.
    """

    number: int
    kind: Kind
    labels: Labels
    seed: int
    rows: int = ROWS
    skip: tuple[str, ...] = ()
    data_dir: Path | None = None
    loose: bool = False


Trial = Cell | Clean


@dataclass(frozen=True)
class Outcome:
    """What a trial showed.

    Attributes:
        trial: Which.
        alarms: The checks that alarmed.
        looked: How many checks looked (were not skipped).
    """

    trial: Trial
    alarms: tuple[str, ...]
    looked: int


def flaw_of(check: str) -> Flaw:
    """The flaw that a check must find."""
    return next(flaw for flaw in FLAWS if flaw.check == check)


def run(trial: Trial) -> Outcome:
    """Make the task of a trial and audit it."""
    findings = _cell(trial) if isinstance(trial, Cell) else _clean(trial)
    looked = sum(finding.level != "skip" for finding in findings)
    return Outcome(trial, tuple(alarms(findings)), looked)


def planted(cell: Cell) -> Planted:
    """The base of a cell with its flaw, drawn from the cell's seed."""
    flaw, number = flaw_of(cell.check), list(CHECKS).index(cell.check)
    purpose = [cell.seed, KINDS.index(cell.kind), number, int(cell.strong)]
    base = BASES[cell.kind](np.random.default_rng([*purpose, _BASE]), rows=cell.rows)
    return flaw.plant(base, flaw.strength(cell.strong), np.random.default_rng([*purpose, _PLANT]))


def _cell(cell: Cell) -> list[Finding]:
    made = planted(cell)
    off = set(cell.skip) if cell.whole else {*cell.skip, *CHECKS} - ({cell.check} - set(cell.skip))
    return _audited(made.base, made.source, made.vocabulary, off, cell.seed, f"{cell.check} in {cell.kind}")


def _clean(clean: Clean) -> list[Finding]:
    seeds = [clean.seed, clean.number, _CLEAN]
    rng = np.random.default_rng(seeds)
    is_real = clean.data_dir is not None and clean.labels == "real"
    shape = shape_of(clean.kind, clean.rows, is_real, rng) if clean.loose else None
    rows = clean.rows if shape is None else 2 * shape.rows
    if is_real and clean.data_dir is not None:
        base, source = real(clean.kind, clean.data_dir, rows, SOURCE, rng)
    else:
        make = TRUE if clean.labels == "true" else BASES
        base, source = make[clean.kind](rng, rows=rows), BASES[clean.kind](rng, rows=SOURCE)
    if shape is not None:
        base = loosened(base, shape, rng)
    seed = int(np.random.default_rng([*seeds, 1]).integers(2**31))
    beside = clean.number % EVERY == 0
    return _audited(
        base, source if beside else None, vocabulary_of(base) if beside else None, set(clean.skip), seed,
        f"clean {clean.number}",
    )  # fmt: skip


def _audited(
    base: Base, source: Base | None, vocabulary: Vocabulary | None, off: set[str], seed: int, name: str
) -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="exapt-self-test-") as folder:
        model = None if vocabulary is None else write_model(Path(folder), vocabulary)
        return Audit(
            task=task_of(base, name), source=None if source is None else task_of(source, f"source of {name}"),
            model=model, skip=sorted(off), seed=seed,
        ).execute().findings  # fmt: skip
