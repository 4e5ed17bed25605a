"""Cells of a claim: which there are, in which order, and what each takes from the treatment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from exapt.learning.method import Method
from exapt.models.pretrained import Pretrained
from exapt.record import Record
from exapt.settings import one_line
from exapt.study.cells import Cell, cells
from exapt.study.claim import Seeds
from exapt.study.run import Run
from tests.unit.study.claims import DNA, METHOD, RANDOM, SOURCE, small_claim


class Told:
    """Finished runs: of each the epoch that was kept and the dev metric, by learning rate."""

    def __init__(self, epoch: int = 1, auroc: dict[float, float] | None = None) -> None:
        self.epoch, self.auroc = epoch, auroc or {}

    def __call__(self, run: Run) -> Record | None:
        best = {"epoch": float(self.epoch), "dev_auroc": self.auroc.get(run.method.lr, 0.5), "dev_loss": 0.5}
        fit = type("Fit", (), {"best": best})()
        return type("Record", (), {"fit": fit})()  # type: ignore[return-value]


def named(found: list[Cell], arm: str) -> list[Cell]:
    return [cell for cell in found if cell.arm == arm]


def nothing(run: Run) -> None:
    return None


def test_every_arm_has_every_seed_and_linear_arms_have_one() -> None:
    found = cells(small_claim(Path("runs")), nothing)
    counts = {arm: len(named(found, arm)) for arm in dict.fromkeys(cell.arm for cell in found)}
    assert counts == {
        "treatment": 2, "feature_transfer": 1, "bag_of_words": 1, "permuted_labels": 2, "shuffled_source": 2,
        "structure_only": 2, "target_supervised": 2,
    }  # fmt: skip
    assert len({cell.name for cell in found}) == len(found)
    assert found[0].name == "treatment, seed 0"


def test_fair_controls_follow_the_treatment() -> None:
    """Its rate, its steps and the epoch it kept; nothing of it can be told before it is finished."""
    claim = small_claim(Path("runs"), method={"patience": 1})
    waiting = named(cells(claim, nothing), "permuted_labels")
    assert [cell.run for cell in waiting] == [None, None] and waiting[1].after == "treatment, seed 1"
    for arm in ("permuted_labels", "shuffled_source"):
        for cell in named(cells(claim, Told(epoch=1)), arm):
            assert cell.run is not None
            assert cell.run.recipe == Method(**METHOD | {"keep_epoch": 1})  # no early stopping of its own
            assert cell.run.all_seeds() == claim.run("treatment", cell.seed).all_seeds()


def test_sources_and_targets_of_the_arms() -> None:
    claim = small_claim(Path("runs"), nearby={"near": SOURCE.__class__(**{**vars_of(SOURCE), "name": "near"})})
    found = cells(claim, Told())
    by_arm = {cell.arm: cell.run for cell in found}
    assert set(by_arm["treatment"].targets) == {"dna", "near"}  # type: ignore[union-attr]
    assert set(by_arm["feature_transfer"].targets) == {"dna"}  # type: ignore[union-attr]
    assert by_arm["bag_of_words"].targets == {}  # type: ignore[union-attr]
    assert by_arm["structure_only"].source is RANDOM  # type: ignore[union-attr]
    assert by_arm["target_supervised"].source is DNA  # type: ignore[union-attr]


def vars_of(task: Any) -> dict[str, Any]:
    return {key: getattr(task, key) for key in ("length", "train", "dev", "test", "seed")}


def test_each_arm_tunes_on_the_same_grid_and_controls_take_the_treatments_rate() -> None:
    claim = small_claim(Path("runs"), grid=[1e-3, 1e-2])
    before = cells(claim, nothing)
    tuning = [cell for cell in before if cell.use == "tuning"]
    assert sorted({cell.arm for cell in tuning}) == ["structure_only", "target_supervised", "treatment"]
    assert len(tuning) == 6 and all(cell.run is not None and cell.run.targets == {} for cell in tuning)
    assert named(before, "treatment")[-1].run is None and named(before, "treatment")[-1].after == "its tuning"
    after = cells(claim, Told(auroc={1e-3: 0.6, 1e-2: 0.9}))
    for arm in ("treatment", "structure_only", "target_supervised", "permuted_labels"):
        rates = {cell.run.method.lr for cell in named(after, arm) if cell.use == "arm" and cell.run}
        assert rates == {1e-2}, arm
    # by loss, the lower is the better one
    least = cells(small_claim(Path("runs"), grid=[1e-3, 1e-2], method={"select": "loss"}), Told())
    assert {cell.run.method.lr for cell in named(least, "treatment") if cell.use == "arm" and cell.run} == {1e-3}


def test_few_examples_have_as_many_steps_and_draws_of_their_own() -> None:
    found = [cell for cell in cells(small_claim(Path("runs"), shots=[8, 32], shot_draws=2), Told()) if cell.shots]
    assert [(cell.shots, cell.seed) for cell in found] == [(8, 0), (8, 1), (32, 0), (32, 1)]
    assert [cell.run.all_seeds()["draw"] for cell in found if cell.run] == [0, 1, 0, 1]
    assert {cell.run.method.epochs for cell in found if cell.run} == {4}  # 2 epochs of 2 steps
    assert {cell.run.method.train_examples for cell in found if cell.run} == {8, 32}


def test_a_crossed_design_adds_every_pair_of_init_and_order() -> None:
    seeds = Seeds(count=2, design="crossed", init=2, order=3, draw=2)
    found = [c for c in cells(small_claim(Path("runs"), seeds=seeds), nothing) if c.use == "spread"]
    assert [cell.place for cell in found] == [(i, j) for i in range(2) for j in range(3)]  # nothing is drawn
    drawn = small_claim(Path("runs"), seeds=seeds, method={"train_examples": 32})
    found = [c for c in cells(drawn, nothing) if c.use == "spread"]
    assert [cell.place for cell in found[6:]] == [(0,), (1,)]
    assert found[7].run is not None and found[7].run.all_seeds() == {"init": 0, "order": 0, "draw": 1}


def test_rungs_decide_the_arms() -> None:
    arms = {rung: set(small_claim(Path("runs"), rungs=[rung]).arms) for rung in ("transfer", "language", "need")}
    always = {"treatment", "permuted_labels", "bag_of_words", "target_supervised"}
    assert arms["transfer"] == always
    assert arms["language"] == always | {"structure_only", "shuffled_source"}
    assert arms["need"] == always | {"feature_transfer"}
    model = Pretrained(name="it", name_or_path="nowhere")
    assert "random_init" in small_claim(Path("runs"), model=model, rungs=["pretraining"]).arms
    assert "target_supervised" not in small_claim(Path("runs"), leave_out=["target_supervised"]).arms


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"targets": {}}, "claim small: has no target; name one under targets."),
        ({"nearby": {"dna": DNA}}, "'dna' stands for two of its source, targets and nearby tasks"),
        ({"margin": 0.6}, "margin: 0.6 is out of range"),
        ({"grid": [1e-3, 1e-3]}, "grid:"),
        ({"shots": [1]}, "shots:"),
        ({"structure": {}}, "rung language needs a source without words under structure"),
        ({"rungs": ["pretraining"]}, "small is trained from scratch; drop the rung pretraining"),
        ({"rungs": ["tranfser"]}, "rungs.0"),
        ({"seeds": "many"}, "seeds"),
    ],
)
def test_bad_claims_are_one_line(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        small_claim(Path("runs"), **settings)
    assert said in one_line(caught.value)


def test_bad_seeds_are_one_line() -> None:
    for given, said in (({"count": 0}, "seeds.count: 0"), ({"init": 1}, "seeds.init: 1"), ({"draw": 1}, "one draw")):
        with pytest.raises(ValidationError) as caught:
            Seeds(**given)
        assert said in one_line(caught.value)
