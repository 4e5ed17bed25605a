"""The transfer matrix holds: each AUROC is computed again from the scores beside it; the page says nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.scripts import script

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "what_transfers"
matrix = script(STUDY / "matrix.py")
RULINGS, SCORES = matrix.read()
AUROC = matrix.rescored(SCORES)


def test_the_page_says_what_verdicts_and_scores_say() -> None:
    assert (STUDY / "matrix.md").read_text(encoding="utf-8") == matrix.page(RULINGS, SCORES)


def test_all_of_the_plan_was_run() -> None:
    assert {ruling.source for ruling in RULINGS} == set(matrix.SOURCES)
    for ruling in RULINGS:
        assert {target.target for target in ruling.targets} == set(matrix.TARGETS) - {ruling.source}
        assert all(target.verdict != "not run" for target in ruling.targets) and ruling.seeds == 10
    assert len(AUROC.index.droplevel("task").unique()) == len(matrix.SOURCES) * len(matrix.ARMS) * 10


@pytest.mark.slow
def test_the_untrained_distance_is_computed_again(tmp_path: Path) -> None:
    again = script(STUDY / "distance.py").ranked("text_match", str(tmp_path))
    assert again == pytest.approx(matrix.distances()["text_match"], abs=1e-3)


@pytest.mark.parametrize("ruling", RULINGS, ids=lambda ruling: ruling.source)
def test_verdicts_rest_on_the_scores(ruling) -> None:  # type: ignore[no-untyped-def]
    for target in ruling.targets:
        arms = {arm.arm: arm for arm in target.arms if arm.arm in matrix.ARMS}
        for name, arm in arms.items():
            again = AUROC[ruling.source, name, :, target.target]
            assert arm.seeds == pytest.approx({str(seed): value for seed, value in again.items()}, abs=1e-9)
            assert arm.value.value == pytest.approx(again.mean(), abs=1e-9)
        (rung,) = target.rungs
        (permuted,) = (one for one in rung.contrasts if one.arm == "permuted_labels")
        treated, control = (AUROC[ruling.source, name, :, target.target].mean() for name in matrix.ARMS)
        assert permuted.difference.value == pytest.approx(treated - control, abs=1e-9)
