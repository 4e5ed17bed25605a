"""A target with levels of difficulty: predictions, record and page tell the curve; one without them stays as it was."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from exapt.errors import BadInput
from exapt.evaluation.predictions import read_predictions
from exapt.evaluation.rescore import differences
from exapt.example import Examples
from exapt.tasks.random_match import RandomMatch
from exapt.tasks.task import Split
from tests.unit.study.conftest import small

LADDER = RandomMatch(length=24, train=0, dev=0, test=96, levels=[0.0, 0.125, 0.25, 0.5])


@dataclasses.dataclass(frozen=True)
class Relabelled(RandomMatch):
    """The same examples with other levels, or none."""

    mark: str | None = None

    def load(self, split: Split) -> Examples:
        examples = super().load(split)
        frame = examples.frame.drop(columns="level")
        return Examples(frame if self.mark is None else frame.assign(level=self.mark), examples.space, "relabelled")


def test_levels_go_from_the_examples_to_the_record(finished: Callable[[], Path]) -> None:
    folder = finished()
    identity = json.loads((folder / "fit.json").read_text())["identity"]
    old = json.loads((folder / "record.json").read_text())["scores"]
    done = small(folder.parent, targets={"ladder": LADDER}).execute()
    assert not done.trained and done.record.fit.identity == identity
    score = done.record.scores["ladder"]
    assert [(s.level, s.n, s.groups) for s in score.levels or []] == [
        (level, 24, 6) for level in ("0.00", "0.125", "0.25", "0.50")
    ]
    assert score.psychometric is not None
    frame = read_predictions(folder / score.predictions)
    assert frame["level"][:96].tolist() == LADDER.load("test").frame["level"].tolist()
    assert differences(done.record, folder) == []
    assert "## Scores by level" in (folder / "report.md").read_text()
    # what has no levels is as it was
    now = json.loads((folder / "record.json").read_text())["scores"]
    assert {name: now[name] for name in old} == old
    assert "levels" not in now["dna"] and "level" not in read_predictions(folder / now["dna"]["predictions"])
    # and a second time costs nothing
    before = (folder / "record.json").read_bytes()
    small(folder.parent, targets={"ladder": LADDER}).execute()
    assert (folder / "record.json").read_bytes() == before


def test_the_same_examples_with_other_levels_are_another_score(finished: Callable[[], Path], said: list[str]) -> None:
    folder = finished()
    tasks = [
        Relabelled(length=24, train=0, dev=0, test=96, levels=[0.0, 0.125, 0.25, 0.5], mark=mark)
        for mark in (None, "x")
    ]
    digests = {task.load("test").digest for task in tasks}
    assert len(digests) == 1
    first = small(folder.parent, targets={"random": tasks[0]}).execute().record.scores["random"]
    scores = small(folder.parent, targets={"random": tasks[1]}).execute().record.scores
    assert scores["random"] == first and first.levels is None
    (key,) = [name for name in scores if name.startswith("random-")]
    assert [s.level for s in scores[key].levels or []] == ["x"]
    assert scores[key].trained == first.trained and scores[key].predictions != first.predictions
    assert any("'random' was scored on other data before" in line for line in said)


def test_a_level_that_is_no_text_is_one_line(finished: Callable[[], Path]) -> None:
    bad = Relabelled(length=24, train=0, dev=0, test=96, levels=[0.0, 0.125, 0.25, 0.5], mark="")
    with pytest.raises(BadInput, match="relabelled: row 1 has the level ''; give every row a text"):
        small(finished().parent, targets={"bad": bad}).execute()
