"""Each planted truth gets its verdict, from drawn scores and from real training; a record is as a run leaves it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exapt.evaluation.exhibits import Exhibit
from exapt.study.judging import exhibits_of
from exapt.study.selftest.planted import KINDS, TRUTHS, planted
from exapt.study.selftest.simulated import simulated
from exapt.study.selftest.trial import Outcome, Trial, run


@pytest.mark.parametrize("kind", KINDS)
def test_simulated_records_get_the_verdict_of_their_truth(kind: str) -> None:
    trial = Trial(kind, 1 if kind == "transfer" else 0, False, 0)  # type: ignore[arg-type]
    found = run(trial)
    assert found.right and not found.false and found.reason
    assert found.verdict == TRUTHS[trial.kind].verdict


@pytest.mark.slow
def test_real_training_gets_the_verdict_of_its_truth_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path))  # in the one that tests share another test may leave something
    found = run(Trial("leaked", 0, True, 0))
    assert found.right and found.verdict == "contaminated" and "the source trains on" in found.reason
    assert os.environ["EXAPT_CACHE"] == str(tmp_path) and list(tmp_path.rglob("*")) == []


def test_records_are_all_that_the_claim_wants(tmp_path: Path) -> None:
    study = planted("erased", 1, False, 3)
    worked = simulated(study, tmp_path)
    assert not worked.missing and not worked.faults and all(cell.run is not None for cell in worked.cells)
    exhibits = exhibits_of(worked)
    assert {one.arm for one in exhibits} == set(worked.claim.arms) - {"target_supervised"}  # nothing to train on
    data = study.target.load("test").digest
    for one in exhibits:
        if one.arm != "bag_of_words":
            assert len(one.rows(data)) == 240 and (one.beside(one.score(data)) / "controls.parquet").is_file()
    treatment = next(one for one in exhibits if one.arm == "treatment")
    score = treatment.score(data)
    assert score.data.tokens.unknown_characters > 0.01 and score.shares_train == 0 and len(score.untrained.auroc) == 100
    assert treatment.record.passports["target"].contradictory == 0 and not treatment.record.accepted


def test_drawn_scores_have_the_auroc_that_was_asked_for(tmp_path: Path) -> None:
    study = planted("transfer", 1, False, 2)
    exhibits: list[Exhibit] = exhibits_of(simulated(study, tmp_path))
    data = study.target.load("test").digest
    values = [one.score(data).trained.metrics["auroc"].value or 0.0 for one in exhibits if one.arm == "treatment"]
    assert len(values) == 10 and abs(sum(values) / 10 - study.aurocs["treatment"]) < 0.12
    chance = [one.score(data).trained.metrics["auroc"].value or 0.0 for one in exhibits if one.arm == "permuted_labels"]
    assert abs(sum(chance) / 10 - 0.5) < 0.12


def test_what_is_right_and_what_is_false() -> None:
    def said(kind: str, verdict: str, *qualifiers: str) -> Outcome:
        return Outcome(Trial(kind, 0, False, 0), verdict, qualifiers, "")  # type: ignore[arg-type]

    assert said("inverted", "not supported", "inverted").right and not said("inverted", "not supported").right
    assert said("none", "not supported").right and not said("none", "not supported", "inverted").right
    assert said("erased", "tokenizer artefact", "inverted").right
    assert said("few", "supported").false and not said("transfer", "supported").false
    assert not said("few", "seed lottery").right and not said("few", "seed lottery").false
