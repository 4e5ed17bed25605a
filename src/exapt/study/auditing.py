"""Audits of what a run uses, before anything is trained: each made once and kept; some findings stop the run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from exapt.audit.audit import Audit
from exapt.audit.names import CHECKS
from exapt.cache import cache_dir, content_key, keep
from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.findings import Finding, Page, Passport
from exapt.learning.devices import Devices
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.record import Fit, Record
from exapt.settings import one_line
from exapt.study.provenance import code
from exapt.tasks.task import Split, Task

if TYPE_CHECKING:
    from exapt.study.run import Run

T = TypeVar("T")
SKIPPED = ("strongest shortcut", "matched remainder", "reach")  # they take time, and no passport tells of them
BESIDE = {check for check, family in CHECKS.items() if family == "tokens"} | {"overlap with source"}
SEED = 0  # not the run's: a sweep over seeds audits a task once
# whose code and versions can change what is found: an audit of before is then made again
ROOMS = ("audit", "features", "evaluation", "data", "tokenizers", "tasks", "sequences", "findings")
LIBRARIES = ("numpy", "scipy", "scikit-learn", "rapidfuzz", "edlib", "tokenizers")


@dataclass(frozen=True, eq=False)
class Used(Task):
    """A task as a run uses it.

    Attributes:
        name: The task's name.
        space: Its label space.
        splits: The splits that are used, as they are used.
        signal: What its sheet declares.
    """

    name: str
    space: LabelSpace
    splits: Mapping[Split, Examples]
    signal: list[str]

    @classmethod
    def of(cls, task: Task, splits: Mapping[Split, Examples]) -> Used:
        """A task with some examples of it."""
        return cls(task.name, task.space, splits, list(getattr(task, "signal", [])))

    def load(self, split: Split) -> Examples:
        if split not in self.splits:
            raise BadInput(f"{self.name}: its {split} split is not used.")
        return self.splits[split]

    def facts(self) -> dict[str, Any]:
        return {
            "task": self.name, "splits": {split: examples.digest for split, examples in self.splits.items()},
            "signal": sorted(set(self.signal)),
        }  # fmt: skip


@dataclass(frozen=True)
class Audits:
    """What audits say of the tasks of a run.

    Attributes:
        passports: By the name that a task has in the run.
        accepted: By the same name: what would have stopped the run, each with its number.
    """

    passports: Mapping[str, Passport]
    accepted: Mapping[str, list[str]]

    def told(self, record: Record, keys: Mapping[str, str]) -> dict[str, Any]:
        """The record's `passports` and `accepted` with these added.

        Args:
            record: The record so far.
            keys: The name in the record of each task of the run.
        """
        found = {key: self.passports[name] for name, key in keys.items()}
        lines = [f"{key}: {flaw}" for name, key in keys.items() for flaw in self.accepted.get(name, [])]
        new = [line for line in lines if line not in record.accepted]
        return {"passports": {**record.passports, **found}, "accepted": [*record.accepted, *new]}


def audit_run(run: Run, made: Fit | None = None) -> Audits:
    """Audit the tasks of a run: its source with all splits, of every target the split that is scored.

    The first process looks, and tells the others.

    Args:
        run: The run.
        made: A finished fit that is only scored: its source is not audited again.

    Raises:
        BadInput: For what stops the run: leaks between splits, erased or truncated input, contradictory labels, format
            shortcuts, unless the run accepts them.
    """
    return _first(run.trainer, lambda: _judge(run, _pages(run, made)))


def _pages(run: Run, made: Fit | None) -> dict[str, Page]:
    model, source = _within(run.model, run.limit()), _source(run, made)
    pages = {run.source.name: page_of(source, model, None)} if source is not None and made is None else {}
    for name, task in run.targets.items():
        pages[name] = page_of(Used.of(task, {"test": task.load("test")}), model, source)
    return pages


def _source(run: Run, made: Fit | None) -> Used | None:
    """The source as it is used; None if it is no longer what a finished fit was made from.

    What a control takes from it (its labels' meaning, the order of its words) is no flaw of the task.
    """
    try:
        train, dev, test = run.training(), run.source.load("dev"), run.source.load("test")
        learned = run.learned("train").digest, run.learned("dev").digest
    except BadInput:
        if made is None:
            raise
        return None
    if made is not None and learned != (made.train.digest, made.dev.digest):
        return None
    return Used.of(run.source, {"train": train, "dev": dev, "test": test})


def page_of(used: Used, model: Pretrained | Scratch, source: Used | None) -> Page:
    """An audit's page, put together of two, each kept or made now and kept.

    What is wrong with the task alone takes nearly all the time, and other models and sources ask for it again; what a
    tokenizer makes of the task and what the task shares with a source are looked at beside.

    Args:
        used: The task.
        model: The model whose tokenizer is looked at.
        source: What is trained on, for what a target shares with it.
    """
    alone = _page(used, None, None, SKIPPED)
    other = _page(used, model, source, tuple(check for check in CHECKS if check not in BESIDE))
    order = list(CHECKS)
    findings = sorted([*alone.findings, *other.findings], key=lambda finding: order.index(finding.check))
    return other.model_copy(update={"findings": findings})


def _page(used: Used, model: Pretrained | Scratch | None, source: Used | None, skip: tuple[str, ...]) -> Page:
    key = content_key({
        "code": code(*ROOMS), "libraries": {name: version(name) for name in LIBRARIES}, "task": used.facts(),
        "source": None if source is None else source.facts(),
        "model": None if model is None else {**model.facts(), "limit": model.limit}, "skip": skip, "seed": SEED,
    })  # fmt: skip
    file = cache_dir() / "audits" / f"{key}.json"
    known = _kept(file, used)
    if known is not None:
        return known
    page = Audit(task=used, model=model, source=source, skip=list(skip), seed=SEED).execute()
    text = page.model_dump_json(indent=1)
    keep(file, lambda path: path.write_text(text, encoding="utf-8"))
    return Page.model_validate_json(text)  # as it is read another time


def _kept(file: Path, used: Used) -> Page | None:
    try:
        page = Page.model_validate_json(file.read_bytes())
    except (OSError, ValueError):  # not there, damaged, or of another schema
        return None
    return page if {"task": page.task, "splits": page.digests, "signal": page.signal} == used.facts() else None


def _within(model: Pretrained | Scratch, limit: int) -> Pretrained | Scratch:
    """The model with the run's limit, for which the tokenizer doctor asks the model."""
    if limit == model.limit:
        return model
    if isinstance(model, Scratch):
        return dataclasses.replace(model, max_length=limit)
    other = dataclasses.replace(model)
    vars(other)["limit"] = limit
    return other


def _judge(run: Run, pages: Mapping[str, Page]) -> Audits:
    bad = [(name, f) for name, page in pages.items() for f in page.findings if f.level == "fail" and f.stops]
    refused = [(name, f) for name, f in bad if run.audit == "stop" or (run.strict_tokens and f.family == "tokens")]
    if refused:
        raise BadInput(_line(run, refused))
    accepted = {name: [f"{f.check}: {f.said}" for at, f in bad if at == name] for name in pages}
    return Audits({name: page.passport() for name, page in pages.items()}, accepted)


def _line(run: Run, refused: list[tuple[str, Finding]]) -> str:
    """Why the run stops: the first finding with its number and what to do, and the names of the others."""
    name, first = refused[0]
    cut = first.check == "truncation" and run.limit() < run.model.limit
    remedy = f"raise method.max_length, now {run.limit()}" if cut else first.remedy.rstrip(".")
    others = "; ".join(f"{at}: {finding.check}" for at, finding in refused[1:])
    means = "strict_tokens=false" if run.audit == "accept" else "audit=accept"
    also = f" The same goes for {others}." if others else ""
    return f"{name}: {first.check}: {first.said}. Mend it ({remedy}), or accept it with {means}.{also}"


def _first(devices: Devices, work: Callable[[], T]) -> T:
    """What the first process finds, in every process; its fault is raised in all, so that none waits for it."""
    found: T | BadInput | None = None
    if devices.rank == 0:
        try:
            found = work()
        except BadInput as fault:
            found = fault
        except ValidationError as fault:  # a signal that is no family
            found = BadInput(one_line(fault))
    found = devices.decide(found)
    if isinstance(found, BadInput):
        raise found
    assert found is not None
    return found
