"""Plans: cells and what is finished of them, seconds from timed steps, what can be shown, what a budget keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from exapt.errors import BadInput
from exapt.models.pretrained import Pretrained
from exapt.study.plan_page import WIDTH, plan_page, plans_page
from exapt.study.planning import Plan, Planned, Shown, narrow, plan_of
from exapt.tasks.table import Table
from tests.unit.study.claims import SOURCE, small_claim


def priced(tmp_path: Path, seconds: float = 60.0, count: int = 10) -> Plan:
    """A plan in which every cell takes as long."""
    plan = plan_of(small_claim(tmp_path, count=count, leave_out=["target_supervised"]))
    cells = [Planned(c.name, c.arm, c.seed, c.seeded, c.done, seconds) for c in plan.cells]
    shown = [Shown("dna", 2000, 500, 0.03, 0, {})]
    return Plan(plan.claim, cells, shown)


def test_a_plan_times_steps_and_says_what_it_can_show(tmp_path: Path) -> None:
    plan = plan_of(small_claim(tmp_path))
    assert plan.fault == "" and plan.seconds is not None and plan.seconds > 0
    assert all(cell.seconds is not None and not cell.done for cell in plan.cells)
    (shown,) = plan.shown
    assert (shown.n, shown.observed) == (64, 0) and set(shown.effects) == {"transfer", "language", "need"}
    text = plan_page(plan)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "an assumption, nothing is run yet" in " ".join(text.split())
    assert "With 2 seeds no claim can be supported" in " ".join(text.split())
    assert not list(tmp_path.glob("small-*"))  # nothing is kept of the timed steps


def test_a_model_that_is_not_at_hand_is_said(tmp_path: Path) -> None:
    plan = plan_of(small_claim(tmp_path, model=Pretrained(name="gpt2", name_or_path=str(tmp_path / "nowhere"))))
    assert "nowhere" in plan.fault and "cannot be run here" in plan_page(plan)


def test_all_that_is_wanted_is_said_and_asked_for_once(tmp_path: Path) -> None:
    gone = Table(name="gone", path=str(tmp_path / "gone.csv"), labels={"0": "a", "1": "b"}, positive="b")
    model = Pretrained(name="gpt2", name_or_path=str(tmp_path / "nowhere"))
    known: dict[str, str] = {}
    plans = [plan_of(small_claim(tmp_path, model=model, targets={"gone": gone}), known) for _ in range(2)]
    assert [len(plan.faults) for plan in plans] == [2, 2] and "gone.csv" in plans[0].faults[1]
    assert set(known) == {repr(model), repr(SOURCE), repr(gone)} and known[repr(SOURCE)] == ""
    text = plans_page([*plans, plan_of(small_claim(tmp_path), known)])
    assert (
        "3 claims, of which 1 can be run here. The others want:" in text and max(map(len, text.splitlines())) <= WIDTH
    )
    assert " ".join(text.split()).count("- for 2 of them: ") == 2


def test_a_budget_keeps_what_decides_most(tmp_path: Path) -> None:
    plan = priced(tmp_path)
    everything = plan.seconds
    assert everything is not None
    claim, left = narrow(plan, everything)
    assert (claim.rungs, claim.seeds.count, left) == (["transfer", "language", "need"], 10, [])
    # need costs one cell: it stays when language has to go
    claim, left = narrow(plan, 10 * 60.0)
    assert claim.rungs == ["transfer", "need"] and left == ["language", "6 of 10 seeds"] and claim.seeds.count == 4
    with pytest.raises(BadInput, match=r"needs at least 7\.0 minutes for transfer with 3 seeds"):
        narrow(plan, 60.0)
    spent = [claim.seeds.count for claim, _ in (narrow(plan, minutes * 60.0) for minutes in (10, 20, 30))]
    assert spent == sorted(spent)


def test_what_is_finished_costs_nothing(tmp_path: Path) -> None:
    plan = priced(tmp_path)
    done = [Planned(c.name, c.arm, c.seed, c.seeded, True, c.seconds) for c in plan.cells]
    assert Plan(plan.claim, done, plan.shown).seconds == 0.0
    claim, left = narrow(Plan(plan.claim, done, plan.shown), 1.0)
    assert claim.seeds.count == 10 and left == []
    assert "nothing is left to run" in plan_page(Plan(plan.claim, done, plan.shown))
