"""The self-test can fail: a judge that supports all, or is blind, is found out; its page, its words, its count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exapt.cli.judge_test import asked, command
from exapt.cli.main import main
from exapt.errors import BadInput
from exapt.evaluation import together
from exapt.evaluation.evidence import Evidence
from exapt.evaluation.verdict import Judgement, judge
from exapt.study.selftest import selftest
from exapt.study.selftest.page import WIDTH, shown_page
from exapt.study.selftest.planted import TRUTHS
from exapt.study.selftest.selftest import SelfTest, Shown
from exapt.study.selftest.trial import Outcome, run
from exapt.trials import dealt


def generous(evidence: Evidence, **given: Any) -> Judgement:
    return replace(judge(evidence, **given), verdict="supported")


def blind(evidence: Evidence, **given: Any) -> Judgement:
    return judge(replace(evidence, lost=0.0), **given)


@pytest.mark.parametrize(("judged_by", "false"), [(generous, 1), (blind, 0)])
def test_a_bad_judge_is_found_out(judged_by: Any, false: int, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(selftest, "SIMULATED", 1)
    words = ["--self-test", "kinds=erased", "trained=false", "workers=0"]
    assert command(words) == 0
    monkeypatch.setattr(together, "judge", judged_by)
    capsys.readouterr()
    assert command(words) == 1
    page = capsys.readouterr().out
    assert "TARGETS MISSED" in page and "simulated 1 got: " in page and f"supported though not true: {false}" in page


def made_up(wrong: int, verdict: str) -> Shown:
    """All trials, so many of those without transfer judged otherwise."""
    outcomes = []
    for trial in SelfTest().trials():
        truth, turned = trial.truth, trial.kind == "none" and wrong > 0
        wrong -= turned
        said = verdict if turned else truth.verdict
        outcomes.append(Outcome(trial, said, ("inverted",) if truth.inverted else (), "because of " + 20 * "much "))
    return Shown(SelfTest(), outcomes)


def test_the_verdict_counts() -> None:
    assert len(made_up(0, "").outcomes) == 40 and made_up(0, "").met
    assert made_up(2, "underpowered").met and made_up(2, "underpowered").right == 38
    assert not made_up(3, "underpowered").met
    assert not made_up(1, "supported").met and made_up(1, "supported").false == 1
    assert replace(made_up(0, ""), outcomes=made_up(0, "").outcomes[:3]).least == 3  # of few, none may be wrong


def test_the_page_fits_and_says_what_was_said_instead() -> None:
    page = shown_page(made_up(3, "underpowered"))
    assert max(map(len, page.splitlines())) <= WIDTH and page.endswith("TARGETS MISSED")
    assert page.count(" got: underpowered: because") == 3
    assert all(f"{truth.said:23}{truth.wanted:27}" in page for truth in TRUTHS.values())
    assert "2 of 3" in page and "right: 37 of 40 (wanted: 38)" in page
    quick = SelfTest(kinds=("few",), trained=False)
    assert "not tried" in shown_page(Shown(quick, made_up(0, "").outcomes[:0]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sed=3"], "'sed=3' is no setting of it. Did you mean 'seed'?"),
        (["--seed", "x"], "seed=x is no whole number"),
        (["--seed"], "seed= is no whole number"),
        (["kinds=tranfer"], "kinds=tranfer: there is no such kind. Did you mean 'transfer'?"),
        (["kinds="], "kinds=: there is no such kind."),
        (["trained=no"], "trained=no: give true or false."),
        (["workers=65"], "give 0 (in this process) to 64."),
        (["--loud"], "'--loud' is no setting of it."),
        (["quickstart"], "'quickstart' is no setting of it."),
    ],
)
def test_wrong_words_are_one_line(words: list[str], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        command(["--self-test", *words])
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_words_become_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(["--self-test"]) == SelfTest() == asked(["--seed=0", "--self-test", "trained=true", "workers=2"])
    given = asked(["--self-test", "--seed", "7", "kinds=few, none", "trained=false", "workers=1"])
    assert given == SelfTest(seed=7, kinds=("none", "few"), trained=False, workers=1)
    assert main(["claim", "--self-test", "seeed=1"]) == 2
    assert capsys.readouterr().err.strip().endswith("Did you mean 'seed'?")


@pytest.mark.slow
def test_processes_say_what_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "TRAINED", 0)
    test = SelfTest(kinds=("erased",), workers=0)
    trials = test.trials()[:1]
    alone, other = (dealt(run, trials, workers, lambda outcome: "") for workers in (0, 1))
    assert alone == other and alone[0].trial == trials[0]
