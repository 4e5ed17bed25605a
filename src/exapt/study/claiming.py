"""Runs what a claim wants and is not finished; several processes may share the cells of one claim."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from exapt.errors import BadInput
from exapt.evaluation.controls import FILE as CONTROLS
from exapt.record import RECORD, Record, read_record
from exapt.study.cells import Cell, cells
from exapt.study.claim import Claim
from exapt.study.run import Run
from exapt.tasks.task import SPLITS

LOG = logging.getLogger("exapt")
LOCKS = ".cells"  # a file a run, in the folder of claims
WAIT = 1.0  # seconds between two looks at what other processes have finished


@dataclass
class Worked:
    """A claim's cells, and what has become of them.

    Attributes:
        claim: The claim.
        cells: All of them.
        records: Of the finished ones, by name: the record and its folder.
        faults: Why others cannot be finished, by name.
    """

    claim: Claim
    cells: list[Cell] = field(default_factory=list)
    records: dict[str, tuple[Record, Path]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """Names of the cells that are not finished, those of a tuning or a spread aside."""
        return [cell.name for cell in self.cells if cell.use == "arm" and cell.name not in self.records]


class Files:
    """What a claim's runs have left; what is finished stays so, and is read once."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Record, Path]] = {}
        self._keys: dict[tuple[int, ...], tuple[Path, str]] = {}
        self._alive: list[Run] = []  # so that no other object gets the number of one that is known

    def place(self, run: Run) -> tuple[Path, str]:
        """A run's folder and identity, which depend on no target."""
        key = (
            id(run.model), id(run.source), hash(repr((run.method, run.arm, sorted(run.all_seeds().items()), run.out))),
        )  # fmt: skip
        if key not in self._keys:
            self._keys[key] = run.place()
            self._alive.append(run)
        return self._keys[key]

    def record(self, run: Run) -> tuple[Record, Path] | None:
        """A finished run's record and folder: one that holds all that the run scores; else None."""
        folder, identity = self.place(run)
        wanted = [task.load("test").digest for task in (run.source, *run.targets.values())]
        known = self._found.get(identity)
        if known is None or not _holds(known[0], known[1], wanted):
            if not (folder / RECORD).exists():
                return None
            known = read_record(folder), folder
            self._found[identity] = known
        return known if _holds(*known, wanted) else None


def _holds(record: Record, folder: Path, wanted: Sequence[str]) -> bool:
    scored = {score.data.digest: score for score in record.scores.values()}
    return all(
        digest in scored and (folder / scored[digest].predictions).with_name(CONTROLS).exists() for digest in wanted
    )


def look(claim: Claim, files: Files, faults: dict[str, str] | None = None) -> Worked:
    """What of a claim is finished; nothing is run."""

    def known(run: Run) -> Record | None:
        try:
            found = files.record(run)
        except BadInput:  # told below, of the cell that the run belongs to
            return None
        return None if found is None else found[0]

    worked = Worked(claim, cells(claim, known), faults=dict(faults or {}))
    for cell in worked.cells:
        try:
            found = None if cell.run is None else files.record(cell.run)
        except BadInput as fault:  # a model or data that is not at hand
            worked.faults[cell.name] = str(fault)
            continue
        if found is not None:
            worked.records[cell.name] = found
    return worked


def wanting(claim: Claim, known: dict[str, str]) -> list[str]:
    """Why the model, the source, targets and nearby targets cannot be opened, each reason once."""
    opened: dict[str, Callable[[], object]] = {repr(claim.model): claim.model.facts}
    opened[repr(claim.source)] = lambda: [claim.source.load(split) for split in SPLITS]
    for task in (*claim.targets.values(), *claim.nearby.values()):
        opened[repr(task)] = partial(task.load, "test")
    for what, opening in opened.items():
        if what not in known:
            try:
                opening()
                known[what] = ""
            except BadInput as fault:
                known[what] = str(fault)
    return list(dict.fromkeys(known[what] for what in opened if known[what]))


def work(claim: Claim, files: Files | None = None) -> Worked:
    """Run what is not finished, until nothing is left that can be.

    A cell that another process works on is left to it; a process that dies lets go of its cell, which the next one
    continues. A fault of the treatment ends the claim, since no other arm means anything without it.
    """
    files = files or Files()
    faults: dict[str, str] = {}
    devices = claim.trainer
    devices.join()
    while True:
        worked = look(claim, files, faults)
        if any(cell.arm == "treatment" and cell.name in worked.faults for cell in worked.cells):
            return worked
        left = [cell for cell in worked.cells if cell.run and cell.name not in {*worked.records, *worked.faults}]
        with ExitStack() as ending:
            chosen = _free(claim, left, files, ending) if devices.rank == 0 else None
            name = devices.decide(chosen)
            if name is None and not devices.decide(left):
                return worked
            if name is None:
                time.sleep(WAIT)
                continue
            cell = next(cell for cell in worked.cells if cell.name == name)
            done = len(worked.records)
            LOG.info("claim %s: %d of %d runs are finished; now %s", claim.name, done, len(worked.cells), cell.name)
            try:
                assert cell.run is not None
                cell.run.execute()
            except BadInput as fault:
                faults[cell.name] = str(fault)
                LOG.warning("claim %s: %s: %s", claim.name, cell.name, fault)


def _free(claim: Claim, left: Sequence[Cell], files: Files, ending: ExitStack) -> str | None:
    """The first cell that no other process works on, from this worker's place on; it is held until `ending`."""
    start = claim.worker % max(1, len(left))
    for cell in [*left[start:], *left[:start]]:
        assert cell.run is not None
        _, identity = files.place(cell.run)
        taken = _taken(Path(claim.out) / "claims" / LOCKS / identity[:10], ending)
        if not taken:
            continue
        if files.record(cell.run) is None:
            return cell.name
        ending.close()  # another process has finished it since
    return None


def _taken(file: Path, ending: ExitStack) -> bool:
    """Whether this process now holds a lock, which falls with it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        place = file.parents[2]
        raise BadInput(
            f"out: {place} cannot be written ({error.strerror}); give another folder with out=DIR."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    ending.callback(os.close, handle)
    return True
