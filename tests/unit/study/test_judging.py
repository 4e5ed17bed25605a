"""From finished runs to a verdict file: what it holds, that it is a function of records, and what is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from exapt.evaluation.exhibits import measured, untrained
from exapt.evaluation.hearing import of
from exapt.evaluation.metrics import auroc
from exapt.evaluation.predictions import read_predictions
from exapt.ruling import Publication, read_ruling
from exapt.study.claim import Claim, Seeds
from exapt.study.claiming import Files, Worked, look, work
from exapt.study.judging import exhibits_of, rule, write_verdicts
from tests.unit.study.claims import DNA, small_claim

pytestmark = pytest.mark.slow  # a claim of twenty fits, made for its first test

PUBLISHED = Publication(paper="a paper", place="Table 1", value=0.6, metric="accuracy", n=100, seeds=1)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    claim = small_claim(
        tmp_path_factory.mktemp("claim"), publication=PUBLISHED, shots=[16], shot_draws=2, chosen=["the length"],
        seeds=Seeds(count=2, design="crossed", init=2, order=2),
    )  # fmt: skip
    return work(claim)


def test_every_cell_is_finished_and_is_not_run_again(worked: Worked) -> None:
    assert worked.missing == [] and worked.faults == {}
    assert len(worked.records) == len(worked.cells)
    folders = {folder: (folder / "record.json").stat().st_mtime_ns for _, folder in worked.records.values()}
    again = work(worked.claim)
    assert {f: (f / "record.json").stat().st_mtime_ns for _, f in again.records.values()} == folders
    # a crossed design meets the seeds of the arms: the same fit is made once
    assert again.records["treatment, init 0, order 0"][1] == again.records["treatment, seed 0"][1]


def test_the_verdict_file_holds_what_was_measured(worked: Worked) -> None:
    (found,) = rule([worked])
    (target,) = found.targets
    assert target.verdict not in ("not run", "supported") and target.reasons  # two seeds of little
    assert found.tests == 1 and found.seeds == 2 and found.chosen == ["the length"]
    assert [rung.rung for rung in target.rungs] == ["transfer", "language", "need"]
    assert {arm.arm for arm in target.arms} == {
        "treatment", "untrained_head", "permuted_labels", "shuffled_source", "structure_only", "feature_transfer",
        "best_baseline", "target_supervised",
    }  # fmt: skip
    treatment = target.arms[0]
    for seed in ("0", "1"):
        record, folder = worked.records[f"treatment, seed {seed}"]
        rows = read_predictions(folder / record.scores["dna"].predictions)
        rows = rows[rows["phase"] == "trained"]
        truth = (rows["label"] == "homologous").to_numpy(dtype=bool)
        area = auroc(truth, rows["score"].to_numpy(dtype=float), np.ones((1, len(rows))))[0]
        assert treatment.seeds[seed] == pytest.approx(area, abs=1e-12)
    assert target.lottery is not None and target.lottery.metric == "accuracy" and target.lottery.seeds == 2
    assert target.comparable is not None and target.comparable.what == "accuracy"
    assert [shots.examples for shots in target.shots] == [16, None] and len(target.shots[0].values) == 2
    assert [cause.what for cause in target.causes] == [
        "initial weights", "order of the data", "both together and the rest"
    ]  # fmt: skip
    assert [arm.arm for arm in target.learned] == ["treatment", "bag_of_words"]
    assert target.generated and target.n == 64 and target.lost == 0.0


def test_untrained_heads_of_a_seeded_backbone_are_one_value_a_seed(worked: Worked) -> None:
    exhibits = of(exhibits_of(worked), "treatment")
    data = DNA.load("test").digest
    found = untrained(exhibits, data, "auroc")
    assert found.seeds == (0, 1) and found.plain.shape == (2,)
    for value, one in zip(found.plain, exhibits, strict=True):
        assert value == pytest.approx(np.mean(one.score(data).untrained.auroc), abs=1e-6)
    table = np.array([one.score(data).untrained.auroc for one in exhibits])  # a row a backbone, a column a head
    assert np.corrcoef(table)[0, 1] > 0.2  # the same heads on both
    assert found.freedom == 99 and found.common == pytest.approx(stats.sem(table.mean(axis=0)) ** 2)
    alone = untrained(exhibits[:1], data, "auroc")
    assert alone.common == 0  # here every head is a column
    assert alone.plain.tolist() == exhibits[0].score(data).untrained.auroc
    drawn = measured(exhibits, data, "auroc")
    assert len(found.drawn) == len(drawn.drawn) and found.groups == drawn.groups


def test_equal_records_give_equal_bytes_wherever_they_lie(worked: Worked, tmp_path: Path) -> None:
    (first,) = write_verdicts([worked], rule([worked]))
    shutil.copytree(worked.claim.out, tmp_path / "elsewhere")
    moved = Claim(**{**vars_of(worked.claim), "out": str(tmp_path / "elsewhere")})
    again = look(moved, Files())
    (second,) = write_verdicts([again], rule([again]))
    for file in ("verdict.json", "verdict.md"):
        assert (first / file).read_bytes() == (second / file).read_bytes()
    assert str(tmp_path) not in (second / "verdict.json").read_text()
    assert read_ruling(second) == read_ruling(first)


def test_claims_judged_together_share_the_correction(worked: Worked) -> None:
    alone, both = rule([worked])[0], rule([worked, worked])
    assert both[0].tests == 2
    for before, after in zip(alone.targets[0].rungs, both[0].targets[0].rungs, strict=True):
        assert before.p == before.adjusted == after.p
        assert after.adjusted is not None and before.p is not None and after.adjusted >= before.p


def test_what_is_missing_is_named(worked: Worked) -> None:
    gone = {name: found for name, found in worked.records.items() if not name.startswith("permuted_labels, seed 1")}
    (found,) = rule([Worked(worked.claim, worked.cells, gone, {"permuted_labels, seed 1": "its file is gone"})])
    (target,) = found.targets
    assert target.verdict == "not run"
    assert target.reasons[0].said == "not finished: permuted_labels, seed 1: its file is gone"


def test_a_verdict_is_not_lost_to_one_of_fewer_runs(worked: Worked, tmp_path: Path) -> None:
    mine = Worked(claim_in(worked.claim, tmp_path), worked.cells, worked.records)
    (folder,) = write_verdicts([mine], rule([mine]))
    assert folder is not None
    whole = (folder / "verdict.json").read_bytes()
    faulty = Worked(mine.claim, mine.cells, {}, {cell.name: "there is no GPU" for cell in mine.cells})
    assert write_verdicts([faulty], rule([faulty])) == [None]
    assert (folder / "verdict.json").read_bytes() == whole
    # fewer seeds by will, or a damaged verdict, are another matter
    (folder / "verdict.json").write_text("{}")
    assert write_verdicts([faulty], rule([faulty])) == [folder]
    assert write_verdicts([mine], rule([mine])) == [folder] and (folder / "verdict.json").read_bytes() == whole


def test_the_spread_of_untrained_heads_is_between_heads(worked: Worked) -> None:
    (target,) = rule([worked])[0].targets
    shown = next(arm for arm in target.arms if arm.arm == "untrained_head")
    each = [
        np.std(worked.records[f"treatment, seed {seed}"][0].scores["dna"].untrained.auroc, ddof=1) for seed in (0, 1)
    ]
    assert shown.deviation == pytest.approx(np.sqrt(np.mean(np.square(each))), abs=1e-12)
    assert shown.deviation > 3 * abs(np.subtract(*each)), "much wider than what backbones differ by"


def test_intervals_stay_where_values_can_be(worked: Worked) -> None:
    (target,) = rule([worked])[0].targets
    for arm in target.arms:
        low, high = arm.value.low, arm.value.high
        assert low is None or high is None or 0 <= low <= arm.value.value <= high <= 1  # type: ignore[operator]
    for one in (one for rung in target.rungs for one in rung.contrasts):
        assert one.difference.low is None or -1 <= one.difference.low <= one.difference.high <= 1  # type: ignore[operator]


def test_nothing_but_records_is_read(worked: Worked, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network is opened and no task is asked for more than its test split's digest."""
    from exapt.models.classifier import Classifier

    monkeypatch.setattr(Classifier, "load", lambda *given: pytest.fail("a checkpoint was opened"))
    assert rule([worked])[0].targets[0].target == "dna"


def claim_in(claim: Claim, out: Path) -> Claim:
    return Claim(**{**vars_of(claim), "out": str(out)})  # type: ignore[arg-type]


def vars_of(claim: Claim) -> dict[str, object]:
    import dataclasses

    return {field.name: getattr(claim, field.name) for field in dataclasses.fields(claim)}
