"""Sweeps: every cell is run, a bad one ends no other, and finished ones are not run twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.unit.cli.conftest import LITTLE, SMALL, TINY, Call


def seeds(work: Path) -> list[int]:
    return sorted(json.loads(file.read_text())["fit"]["seeds"]["init"] for file in work.glob("runs/*/record.json"))


def test_a_bad_cell_ends_no_other(work: Path, call: Call) -> None:
    said = call("run", *TINY, "-m", "seed=0,abc,1")  # the flag may stand anywhere
    assert said.code == 2
    assert said.lines == ["exapt: seed=abc: seed: Input should be a valid integer (got 'abc')."]
    assert seeds(work) == [0, 1]
    assert said.out.count("report: ") == 2 and "2 runs side by side: exapt report runs\n" in said.out
    assert {path.split("/")[0] for path in said.changed} == {"runs"}  # nothing of Hydra's own

    again = call("run", "-m", *TINY, "seed=0,1,2")
    assert (again.code, again.lines, seeds(work)) == (0, [], [0, 1, 2])
    assert again.err.count("its fit is reused") == 2 and again.err.count(": training on ") == 1


def test_several_words_may_vary(work: Path, call: Call) -> None:
    said = call("run", *LITTLE, *SMALL, "-m", "seed=0,1", "source.test=32,33", "--multirun")
    assert said.code == 2 and seeds(work) == [0, 1]
    assert [line.partition(": text_match")[0] for line in said.lines] == [
        "exapt: source.test=33 seed=0",
        "exapt: source.test=33 seed=1",
    ]


def test_an_unknown_sheet_is_told_before_anything_runs(refused: Callable[..., str]) -> None:
    assert "model 'tinny'" in refused("run", *SMALL, "model=tiny,tinny", "-m")


def test_an_experiment_can_be_swept(refused: Callable[..., str], call: Call) -> None:
    assert refused("run", "experiment=quickstrat", "seed=0,1", "-m").startswith("experiment 'quickstrat'")
    said = call("run", "experiment=quickstart", "seed=0,1", "method.epochs=0", "-m")
    assert (said.code, said.changed) == (2, set())
    assert [line.partition(": method")[0] for line in said.lines] == ["exapt: seed=0", "exapt: seed=1"]


def test_a_launcher_without_a_sweep_is_refused(refused: Callable[..., str]) -> None:
    """Else the run would start here and now, on a cluster's login node too."""
    assert refused("run", *TINY, "hydra/launcher=joblib").endswith("add -m, also for one cell.")


def test_an_unknown_launcher_is_told(refused: Callable[..., str]) -> None:
    assert refused("run", *TINY, "hydra/launcher=basics", "-m").startswith("launcher 'basics': there is no such sheet.")
