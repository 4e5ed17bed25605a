"""What a test split can show, with its assumptions beside it."""

from __future__ import annotations

import pandas as pd

from exapt.audit.power import power_findings
from exapt.audit.view import View
from exapt.example import Examples, LabelSpace
from exapt.tasks.task import Split


def view(n: int, group: int, split: Split = "test") -> View:
    frame = pd.DataFrame({
        "id": [f"e{i}" for i in range(n)], "left": "a text of some words", "right": "another text of words",
        "label": ["yes", "no"] * (n // 2), "group": [f"g{i // group}" for i in range(n)],
    })  # fmt: skip
    return View("t", {split: Examples(frame, LabelSpace(("no", "yes"), "yes"))})


def test_more_examples_and_more_groups_show_smaller_differences() -> None:
    small, large, grouped = (power_findings(v)[0] for v in (view(200, 1), view(4_000, 1), view(4_000, 40)))
    assert small.value and large.value and grouped.value
    assert large.value < grouped.value < small.value
    assert (small.level, large.level) == ("warn", "pass")
    assert large.facts["effective_examples"] == 4_000
    assert grouped.facts["groups"] == 100
    assert {"assumed_discordance", "assumed_correlation", "seeds"} <= set(large.facts)
    assert power_findings(view(10, 1))[0].value is None  # ten examples show nothing at all


def test_a_task_without_a_test_split_is_looked_at_as_a_whole() -> None:
    assert power_findings(view(400, 1, "train"))[0].n == 400
