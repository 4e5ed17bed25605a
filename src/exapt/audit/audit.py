"""`exapt audit`: what is wrong with a task, and with a tokenizer on it, before anyone trains."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import field
from functools import cached_property
from pathlib import Path

from exapt.audit.answerability import answerability
from exapt.audit.bar import Bar
from exapt.audit.crew import Crew, cores
from exapt.audit.crossfit import Panel, panel_of
from exapt.audit.duplicates import dependent_groups, forget, near_sides
from exapt.audit.families import families_of
from exapt.audit.labels import label_findings
from exapt.audit.leakage import leakage_findings
from exapt.audit.names import CHECKS, check_names, check_signal
from exapt.audit.power import power_findings
from exapt.audit.reach import PLACE, reach, stacked
from exapt.audit.remainder import matched_remainder
from exapt.audit.shortcuts import shortcut_findings, strongest
from exapt.audit.tokens import token_findings
from exapt.audit.view import View, view_of
from exapt.audit.writing import check_folder, write_page, write_remainder
from exapt.errors import BadInput
from exapt.example import Examples
from exapt.findings import Family, Finding, Page
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.settings import settings
from exapt.tasks.task import Split, Task

Step = tuple[str, list[str], Callable[[], list[Finding]]]  # title, checks, what finds them
STRONGEST, REMAINDER = "strongest shortcut", "matched remainder"
SMALL = 5000  # examples below which a second process would cost more time to start than it saves


@settings
class Audit:
    """One audit of one task; the arguments are the keys of conf/audit.yaml.

    Attributes:
        task: The task: all splits that it has.
        model: A model whose tokenizer is looked at; None for the task alone.
        source: The source of a planned transfer; what it shares with the task is measured.
        out: Folder for `audit.json`, and for the matched remainder of a task with shortcuts; None writes nothing.
        skip: Checks that are left out, by name.
        seed: Of everything that is drawn.
        workers: Processes that share the work on 5,000 examples or more; None takes one for each core that may be used.
            They find what one finds, to the last bit.
        data_dir: Folder of local data, which the sheets of tasks refer to.

    Raises:
        BadInput: For names that there are not: of checks under `skip`, of families under the task's `signal`; for a
            negative seed; for less than one worker.
    """

    task: Task
    model: Pretrained | Scratch | None = None
    source: Task | None = None
    out: str | None = None
    skip: list[str] = field(default_factory=list)
    seed: int = 0
    workers: int | None = None
    data_dir: str | None = None

    def __post_init__(self) -> None:
        check_names(self.skip, "skip")
        check_signal(list(getattr(self.task, "signal", [])))
        if self.seed < 0:
            raise BadInput(f"seed={self.seed}: give 0 or more.")
        if self.workers is not None and self.workers < 1:
            raise BadInput(f"workers={self.workers}: give 1 or more, or null for as many as there are cores.")

    def execute(self) -> Page:
        """Look at everything, with a progress bar over the checks, and write the page if `out` is given.

        Raises:
            BadInput: For faulty data, or an `out` that holds another audit.
        """
        with ExitStack() as ending:
            bar = ending.enter_context(Bar())
            bar.begin(f"reading {self.task.name}")
            view = view_of(self.task, self.seed)
            page = Page(
                task=view.name, model=None if self.model is None else self.model.name, signal=sorted(view.signal),
                digests={split: examples.digest for split, examples in view.splits.items()},
                examples={split: len(examples) for split, examples in view.splits.items()}, seed=self.seed, findings=[],
            )  # fmt: skip
            if self.out is not None:
                check_folder(Path(self.out), page)
            workers = 1 if len(view) < SMALL else self.workers or cores()
            crew = ending.enter_context(Crew(workers))
            ending.callback(forget)
            look = _Look(self, view, bar, crew)
            found = [finding for finding in look.findings() if finding.check not in self.skip]
        order = list(CHECKS)
        page = page.model_copy(update={"findings": sorted(found, key=lambda finding: order.index(finding.check))})
        if self.out is not None:
            write_remainder(Path(self.out), look.remainder)
            write_page(Path(self.out), page)
        return page


class _Look:
    """The checks of one audit; what several of them need is made when first asked for."""

    def __init__(self, audit: Audit, view: View, bar: Bar, crew: Crew) -> None:
        self.audit, self.view, self.bar, self.crew = audit, view, bar, crew
        self.remainder: dict[Split, Examples] = {}

    def findings(self) -> Iterator[Finding]:
        """What all checks find."""
        steps = [step for step in self._steps() if step[1]]
        self.bar.expect(sum(len(checks) for _, checks, _ in steps))
        for title, checks, look in steps:
            self.bar.begin(title, len(checks))
            yield from look()
            self.bar.end()

    def _steps(self) -> Iterator[Step]:
        """The steps, each with those of its checks that are wanted."""
        view, model = self.view, self.audit.model
        families = [family.name for family in families_of(view)]
        yield "labels", self._wanted("labels"), lambda: label_findings(view)
        yield "near duplicates", self._wanted("leakage"), self._leakage
        yield "shortcuts", self._wanted("shortcuts", families), lambda: shortcut_findings(self.panel)
        if self._wanted("shortcuts", families):
            yield "strongest shortcut", self._wanted("shortcuts", [STRONGEST]), lambda: [strongest(self.panel)]
            yield REMAINDER, self._wanted("shortcuts", [REMAINDER]), self._remainder
            yield "reach", self._wanted("reach", ["reach"]), lambda: [reach(self.panel)]
        yield "answerability", self._wanted("reach", ["answerability"]), lambda: [answerability(view)]
        yield "power", self._wanted("power"), lambda: power_findings(view)
        if model is not None:
            yield "tokenizer", self._wanted("tokens"), lambda: token_findings(view, model, self.source)

    @cached_property
    def source(self) -> View | None:
        return None if self.audit.source is None else view_of(self.audit.source, self.audit.seed)

    @cached_property
    def panel(self) -> Panel:
        """The cross-fitted families."""
        self._find_near()
        families = [family for family in families_of(self.view) if family.name not in self.audit.skip]
        return panel_of(self.view, families, dependent_groups(self.view), crew=self.crew, told=self._family)

    def _family(self, name: str, share: float) -> None:
        self.bar.begin(f"shortcuts: {name}")
        self.bar.within(share)

    def _find_near(self) -> None:
        """Near duplicates, which several checks ask for: found once, with all threads, while the bar moves."""
        families = [family.name for family in families_of(self.view)]
        asked: list[tuple[View, ...]] = []
        if len(self.view.splits) > 1 or self._wanted("shortcuts", families):
            asked.append((self.view,))
        if self.source is not None:
            asked.append((self.view, self.source))
        for number, views in enumerate(asked):

            def told(share: float, before: int = number) -> None:
                self.bar.begin("near duplicates")
                self.bar.within((before + share) / len(asked))

            near_sides(*views, threads=self.crew.size, told=told)

    def _leakage(self) -> list[Finding]:
        self._find_near()
        self.bar.begin("leakage")
        return leakage_findings(self.view, self.source)

    def _remainder(self) -> list[Finding]:
        """What is left of the task without the shortcuts that failed; kept to be written."""
        # a place in the file is mended by shuffling it, and says nothing on the pair
        failed = [
            finding.check
            for finding in shortcut_findings(self.panel)
            if finding.level == "fail" and finding.check != PLACE
        ]
        if not failed:
            said = "no shortcut failed: there is nothing to take away"
            return [Finding(check=REMAINDER, family="shortcuts", level="skip", n=len(self.view), said=said)]
        view = self.panel.view
        rows, finding = matched_remainder(view, stacked(self.panel, failed), self.panel.fold)
        if rows is not None:
            frame = view.frame.iloc[rows]
            self.remainder = {
                split: examples.take(frame.loc[frame["split"] == split, "row"].to_numpy())
                for split, examples in view.splits.items()
            }
        return [finding.model_copy(update={"facts": {**finding.facts, "shortcuts": failed}})]

    def _wanted(self, family: Family, among: Collection[str] | None = None) -> list[str]:
        """The checks of a family that are not left out, of some or all."""
        named = [name for name, kind in CHECKS.items() if kind == family and (among is None or name in among)]
        return [name for name in named if name not in self.audit.skip]
