"""The self-test finds what it plants, a check that is off finds nothing, and its verdict counts as it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exapt.audit.names import CHECKS
from exapt.audit.selftest.catalogue import FLAWS, NUMBERS, alarms
from exapt.audit.selftest.command import asked, command
from exapt.audit.selftest.flaw import Flaw
from exapt.audit.selftest.page import WIDTH, verdict_page
from exapt.audit.selftest.selftest import CLEAN, REAL, SelfTest, Verdict
from exapt.audit.selftest.trial import Cell, Clean, Outcome, run
from exapt.cli.main import main
from exapt.errors import BadInput
from exapt.findings import Finding
from exapt.trials import dealt

SMALL = 600  # rows: strong flaws are found in so few
NEIGHBOURS = ("lengths", "start codon", "position")  # shortcuts that cost little, to look beside the one that is off


def kind_of(flaw: Flaw) -> str:
    """One base for each flaw, all bases among the flaws."""
    return flaw.bases[len(flaw.check) % len(flaw.bases)]


def test_every_check_that_can_alarm_has_one_flaw() -> None:
    assert [flaw.check for flaw in FLAWS] == [check for check in CHECKS if check not in NUMBERS]
    assert len(FLAWS) >= 25
    assert all(0 < flaw.weak != flaw.strong <= 1 and flaw.story for flaw in FLAWS)
    # who is weaker than 2% of rows, or left out of a base, says why
    odd = [flaw for flaw in FLAWS if flaw.weak != 0.02 and CHECKS[flaw.check] != "shortcuts"]
    assert all(flaw.why for flaw in [*odd, *(flaw for flaw in FLAWS if len(flaw.bases) < 3)])
    marks = [flaw for flaw in FLAWS if CHECKS[flaw.check] == "shortcuts"]
    assert len(marks) == 13 and {((1 + f.weak) / 2, (1 + f.strong) / 2) for f in marks} == {(0.56, 0.70)}


@pytest.mark.slow
@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.check.replace(" ", "-"))
def test_a_flaw_is_seen_by_its_check_alone_and_not_without_it(flaw: Flaw) -> None:
    cell = Cell(flaw.check, kind_of(flaw), strong=True, seed=1, rows=SMALL)  # type: ignore[arg-type]
    assert run(cell).alarms == (flaw.check,)  # all other checks are off, so none of them is needed
    family = CHECKS[flaw.check]
    others = [
        check for check, kind in CHECKS.items() if kind != family or (kind == "shortcuts" and check not in NEIGHBOURS)
    ]
    off = run(replace(cell, whole=True, skip=(flaw.check, *others)))
    assert flaw.check not in off.alarms and (off.looked > 0 or family == "reach")


@pytest.mark.slow
def test_other_checks_say_the_same_whether_one_is_off_or_not() -> None:
    for flaw in (flaw for flaw in FLAWS if flaw.check in ("lengths", "exact leakage")):
        dear = ("composition", "k-mer bags", "k-mer overlap", "MinHash", "translation")  # off in both, for time's sake
        cell = Cell(flaw.check, "dna", strong=True, seed=2, rows=400, skip=dear, whole=True)
        left = set(run(replace(cell, skip=(flaw.check, *dear))).alarms)
        assert left - {"matched remainder"} == set(run(cell).alarms) - {flaw.check, "matched remainder"}


def test_a_switched_off_check_misses_its_flaws_and_no_others() -> None:
    test = SelfTest(rows=400, clean=0, workers=0, checks=("duplicated rows", "truncation"), skip=("truncation",))
    for strong in (False, True):
        cells = Verdict(test, [run(replace(trial, whole=False)) for trial in test._cells()]).cells(strong)
        assert {cell.check for cell, found in cells.items() if found} == {"duplicated rows"}
        assert {cell.check for cell, found in cells.items() if not found} == {"truncation"}


def finding(check: str, level: str, **facts: bool) -> Finding:
    return Finding(check=check, family=CHECKS[check], level=level, said="x", facts=facts)  # type: ignore[arg-type]


def test_what_an_alarm_is() -> None:
    found = [
        finding("edit", "warn", signal=True), finding("alignment", "fail", signal=False), finding("power", "warn"),
        finding("lengths", "pass"), finding("truncation", "skip"), finding("label order", "warn"),
    ]  # fmt: skip
    assert alarms(found) == ["alignment", "label order"]


def made_up(missed: int, strong: int, false: int) -> Verdict:
    """A verdict over all trials, with so many weak and strong cells missed and false alarms."""
    test = SelfTest()
    outcomes = []
    for trial in test.trials():
        if isinstance(trial, Clean):
            outcomes.append(Outcome(trial, ("edit",) if trial.number < false else (), 30))
            continue
        gone = strong > 0 if trial.strong else missed > 0
        strong, missed = strong - (gone and trial.strong), missed - (gone and not trial.strong)
        outcomes.append(Outcome(trial, () if gone else (trial.check, "position"), 1))
    return Verdict(test, outcomes)


def test_the_verdict_counts_cells() -> None:
    weak = len(made_up(0, 0, 0).cells(False))
    assert weak == sum(len(flaw.bases) for flaw in FLAWS) >= 75
    allowed = weak // 10
    assert made_up(allowed, 0, 1).met
    assert not made_up(allowed + 1, 0, 0).met
    assert not made_up(0, 1, 0).met
    assert not made_up(0, 0, 2).met


def test_the_page_fits_and_says_what_was_missed() -> None:
    page = verdict_page(made_up(1, 1, 2))
    lines = page.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert page.count("MISSED") == 3 and "TARGETS MISSED" in page  # a weak cell, a strong one, the verdict
    assert sum(line.startswith(flaw.check) for line in lines for flaw in FLAWS) >= len(FLAWS)
    assert "2 alarms in" in page and page.count("alarm: edit in") == 2
    assert "no data_dir" in page and verdict_page(made_up(0, 0, 0)).endswith("targets met")


def test_clean_tasks_are_of_all_sorts() -> None:
    clean = [trial for trial in SelfTest(data_dir=None).trials() if isinstance(trial, Clean)]
    assert len(clean) == CLEAN == len(set(clean))
    assert {(c.kind, c.labels) for c in clean} == {(k, s) for k in ("text", "dna", "coding") for s in ("drawn", "true")}
    from pathlib import Path

    with_data = [t for t in SelfTest(data_dir=Path("x")).trials() if isinstance(t, Clean) and t.labels == "real"]
    assert len(with_data) == REAL and {c.kind for c in with_data} == {"text", "dna", "coding"}


@pytest.mark.slow
def test_workers_say_what_one_process_says() -> None:
    test = SelfTest(rows=400, clean=0, workers=0, checks=("label order",))
    trials = [replace(trial, whole=False) for trial in test._cells()]
    alone, shared = (dealt(run, trials, workers, lambda outcome: "") for workers in (0, 2))
    assert alone == shared and [outcome.trial for outcome in shared] == trials and len(trials) == 6


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--self-test", "sed=3"], "'sed=3' is no setting of it. Did you mean 'seed'?"),
        (["--self-test", "--seed", "x"], "seed=x is no whole number"),
        (["--self-test", "--seed"], "seed= is no whole number"),
        (["--self-test", "skip=[lenghts]"], "Did you mean 'lengths'?"),
        (["--self-test", "data_dir=nowhere"], "is not there; give another data_dir="),
        (["--self-test", "workers=65"], "workers=65: give 0 (in this process) to 64."),
        (["--self-test", "--loud"], "'--loud' is no setting of it."),
    ],
)
def test_wrong_words_are_one_line(words: list[str], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        command(words)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_words_become_settings() -> None:
    assert asked(["--self-test"]) == SelfTest()
    given = asked(["--self-test", "--seed", "7", "skip=[edit, left only]", "workers=1"])
    assert given == SelfTest(seed=7, skip=("edit", "left only"), workers=1)
    assert asked(["--seed=7", "--self-test"]).seed == 7


def test_the_command_line_knows_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--self-test", "seeed=1"]) == 2
    assert capsys.readouterr().err.strip().endswith("Did you mean 'seed'?")
