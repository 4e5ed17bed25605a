"""From a claim's finished runs to its verdict file; claims that are judged together share Holm's correction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exapt import ruling, testimony
from exapt.cache import content_key
from exapt.errors import BadInput
from exapt.evaluation.cautions import cautions
from exapt.evaluation.evidence import Evidence
from exapt.evaluation.exhibits import Exhibit
from exapt.evaluation.hearing import Asked, Named, arms_on, evidence_on, of
from exapt.evaluation.ruled import causes_of, comparable, drawn_cause, lottery_of, target_of
from exapt.evaluation.rungs import CONTRASTS
from exapt.evaluation.together import judge_together
from exapt.report.card import write_card
from exapt.ruling import Ruling, read_ruling, write_ruling
from exapt.study.claim import Claim
from exapt.study.claiming import Worked, wanting

LOG = logging.getLogger("exapt")
ORDER_IS_LABEL = ("PawsX", "PawsSynth", "Copy")  # tasks whose negatives hold the words of their positives


@dataclass(frozen=True)
class Case:
    """One target of one claim, ready for the judge."""

    worked: Worked
    asked: Asked
    target: str
    exhibits: list[Exhibit]
    arms: list[Named]
    evidence: Evidence


def rule(several: Sequence[Worked], left_out: Mapping[str, Sequence[str]] | None = None) -> list[Ruling]:
    """The verdicts on claims that are judged together.

    Args:
        several: The claims with what has been run of them.
        left_out: By claim, what a budget left out: rungs, and seeds in words.
    """
    left_out = left_out or {}
    cases = [
        case
        for worked in several
        for case in _cases(worked, tuple(name for name in left_out.get(worked.claim.name, ()) if name in CONTRASTS))
    ]
    judged = judge_together([(case.evidence, case.asked.margin) for case in cases])
    tests = max(sum(rung in adjusted for _, adjusted in judged) for rung in CONTRASTS)
    targets: dict[int, list[ruling.Target]] = {}
    for case, (judgement, adjusted) in zip(cases, judged, strict=True):
        made = target_of(case.asked, case.target, case.exhibits, case.arms, judgement, adjusted)
        targets.setdefault(id(case.worked), []).append(_completed(case, made))
    return [_ruling(worked, targets[id(worked)], tests, left_out.get(worked.claim.name, ())) for worked in several]


def write_verdicts(several: Sequence[Worked], rulings: Sequence[Ruling]) -> list[Path | None]:
    """Write `verdict.json` and `verdict.md` of each claim into a folder of `claims/`.

    Returns:
        The folders; None for a claim whose folder holds a verdict of more finished runs, which stays: a device that is
        not there or a damaged record must not take an answer away.
    """
    folders: list[Path | None] = []
    together = sorted(worked.claim.name for worked in several)
    for worked, found in zip(several, rulings, strict=True):
        folder = verdict_folder(worked.claim, together)
        if worked.faults and _finished(folder) > len(worked.records):
            LOG.warning("claim %s: the verdict in %s rests on more runs, and stays", found.claim, folder)
            folders.append(None)
            continue
        write_ruling(folder, found)
        write_card(folder, found)
        folders.append(folder)
    return folders


def _finished(folder: Path) -> int:
    """How many runs the verdict in a folder rests on; 0 where there is none that can be read."""
    try:
        return sum(bool(cell.run) for cell in read_ruling(folder).cells)
    except BadInput:
        return 0


def verdict_folder(claim: Claim, together: Sequence[str]) -> Path:
    """Where the verdict lies: named by all that is asked, so that another question never replaces an answer."""
    asked = [
        claim.statement, claim.model.name, claim.source.name, sorted(claim.targets), sorted(claim.structure),
        sorted(claim.nearby), repr(claim.method), claim.rungs, claim.metric, claim.margin, repr(claim.seeds),
        claim.grid, claim.shots, claim.shot_draws, sorted(claim.leave_out), claim.chosen, list(together),
        [repr(t) for tasks in (claim.targets, claim.structure, claim.nearby) for t in (claim.source, *tasks.values())],
        repr(claim.model), claim.audit, repr(claim.publication),
    ]  # fmt: skip
    return Path(claim.out) / "claims" / f"{claim.name.replace('/', '-')}-{content_key(asked)[:10]}"


def exhibits_of(worked: Worked) -> list[Exhibit]:
    """The finished runs that a verdict may look at."""
    return [
        Exhibit(cell.arm, cell.seed, *worked.records[cell.name], cell.target, cell.shots, cell.what)
        for cell in worked.cells
        if cell.use == "arm" and cell.name in worked.records
    ]


def _cases(worked: Worked, narrowed: tuple[str, ...]) -> list[Case]:
    claim = worked.claim
    try:
        asked = Asked(
            claimed=frozenset(claim.rungs), source=claim.source.load("test").digest, metric=claim.metric,
            targets={name: task.load("test").digest for name, task in claim.targets.items()},
            nearby={name: task.load("test").digest for name, task in claim.nearby.items()},
            margin=claim.margin, chosen=tuple(claim.chosen), narrowed=narrowed,
        )  # fmt: skip
    except BadInput as fault:  # data that is not at hand: nothing was run either
        empty = Asked(frozenset(claim.rungs), dict.fromkeys(claim.targets, ""), "", margin=claim.margin)
        wanted = tuple(wanting(claim, {})) or (str(fault),)  # weights and data, all that are not at hand
        return [
            Case(worked, empty, name, [], [], Evidence(name, empty.claimed, wanted, None)) for name in claim.targets
        ]
    exhibits = exhibits_of(worked)
    cases = []
    for target in claim.targets:
        # a run that speaks of another target is not missed here
        missing = [
            f"{cell.name}: {worked.faults[cell.name]}" if cell.name in worked.faults else cell.name
            for cell in worked.cells
            if cell.name in worked.missing and cell.target in (None, target) and cell.shots is None
        ]
        arms = arms_on(asked, target, exhibits)
        evidence = evidence_on(asked, target, exhibits, missing, arms)
        cases.append(Case(worked, asked, target, exhibits, arms, evidence))
    return cases


def _completed(case: Case, made: ruling.Target) -> ruling.Target:
    claim = case.worked.claim
    treatment = of(case.exhibits, "treatment")
    changed: dict[str, object] = {"shots": _shots(case), "notes": _notes(case)}
    published = claim.publication
    if published is not None and treatment:
        data = case.asked.targets[case.target]
        values = [one.score(data).trained.metrics[published.metric].value for one in treatment]
        known = [value for value in values if value is not None]
        if known:
            changed["lottery"] = lottery_of(known, published.value, published.metric)
        changed["comparable"] = comparable(case.asked, case.target, case.exhibits, published.metric)
    spread = [cell for cell in case.worked.cells if cell.use == "spread"]
    if spread and all(cell.name in case.worked.records for cell in spread):
        changed["causes"] = _causes(case)
    return made.model_copy(update=changed)


def _shots(case: Case) -> list[testimony.Shots]:
    own = [one for one in case.exhibits if one.arm == "target_supervised" and one.target == case.target]
    data, found = case.asked.targets[case.target], []
    for size in sorted({one.shots for one in own}, key=lambda size: size or 10**9):
        runs = [one for one in own if one.shots == size]
        values = [one.score(data).trained.metrics[case.asked.metric].value for one in runs]
        known = [value for value in values if value is not None]
        found.append(testimony.Shots(examples=size, used=runs[0].record.fit.train.examples, values=known))
    return found


def _causes(case: Case) -> list[testimony.Cause]:
    cells = [cell for cell in case.worked.cells if cell.use == "spread"]
    data = case.asked.targets[case.target]

    def value(record_of: str) -> float:
        record, folder = case.worked.records[record_of]
        found = Exhibit("treatment", 0, record, folder).score(data).trained.metrics[case.asked.metric].value
        return float("nan") if found is None else found

    crossed = {cell.place: value(cell.name) for cell in cells if len(cell.place) == 2}
    drawn = [value(cell.name) for cell in cells if len(cell.place) == 1]
    causes = []
    if crossed:
        rows, columns = (max(place[axis] for place in crossed) + 1 for axis in (0, 1))
        causes = causes_of(np.array([[crossed[i, j] for j in range(columns)] for i in range(rows)]))
    return causes + ([drawn_cause(drawn)] if drawn else [])


def _notes(case: Case) -> list[str]:
    claim, notes = case.worked.claim, []
    if "shuffled_source" in claim.arms and type(claim.source).__name__ in ORDER_IS_LABEL:
        notes.append(
            f"shuffling the words of {claim.source.name} removes the label itself, which rests on their order: the arm "
            "shuffled_source is then another training on labels without meaning"
        )
    if "target_supervised" not in claim.arms:
        notes.append(
            f"whether {case.target} can be learned at all was not tried: the claim leaves out target_supervised"
        )
    elif not any(one.target == case.target for one in case.exhibits):
        notes.append(f"{case.target} has no train and dev split: whether it can be learned at all was not tried")
    if claim.shots:
        notes.append(
            "fits on a few examples choose their epoch on the whole dev split of the target, and have one seed"
        )
    notes += cautions(case.asked, case.target, case.exhibits, case.arms)
    if claim.metric == "accuracy":
        notes.append("contrasts are of accuracy at the source's threshold, as the claim asks")
    return notes


def _ruling(worked: Worked, targets: list[ruling.Target], tests: int, left_out: Sequence[str]) -> Ruling:
    claim = worked.claim
    records = [record for record, _ in worked.records.values()]
    accepted = list(dict.fromkeys(line for record in records for line in record.accepted))
    versions = records[0].versions if records else {}
    return Ruling(
        claim=claim.name, statement=claim.statement, publication=claim.publication, metric=claim.metric,
        margin=claim.margin, model=claim.model.name, source=claim.source.name, claimed=list(claim.rungs),
        left_out=list(left_out), seeds=claim.seeds.count, tests=tests, chosen=list(claim.chosen), accepted=accepted,
        targets=targets, versions=versions,
        cells=[
            ruling.Cell(
                name=cell.name, run=worked.records[cell.name][1].name if cell.name in worked.records else "",
                fault=worked.faults.get(cell.name, "" if cell.name in worked.records else "not finished"),
            )
            for cell in worked.cells
        ],
    )  # fmt: skip
