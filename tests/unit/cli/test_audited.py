"""`exapt run` on a table with a flaw: one line and exit code 2 before anything is written, unless it is accepted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.unit.cli.conftest import LITTLE, Call
from tests.unit.study.flawed import table

SOURCE = [
    "source=table", "source.name=mine", "source.path=data", "source.labels={same: same, other: other}",
    "source.positive=same", "source.splits={train: train.csv, dev: dev.csv, test: test.csv}",
    "source.columns.group=group",
]  # fmt: skip


def test_a_flaw_is_one_line_and_exit_code_2(work: Path, refused: Callable[..., str], call: Call) -> None:
    table(work / "data", "leaked")
    line = refused("run", *LITTLE, *SOURCE)
    assert line.startswith(
        "mine: exact leakage: 25.0% of test rows have a side that stands in train as it is. Mend it ("
    )
    assert "or accept it with audit=accept." in line
    said = call("run", *LITTLE, *SOURCE, "audit=accept")
    assert (said.code, said.lines) == (0, [])
    (record,) = work.glob("runs/*/record.json")
    accepted = json.loads(record.read_text())["accepted"]  # so few rows may show more than what was planted
    assert accepted[0] == "mine: exact leakage: 25.0% of test rows have a side that stands in train as it is"
    flaws = "1 flaw was" if len(accepted) == 1 else f"{len(accepted)} flaws were"
    assert f"\naudit: {flaws} accepted; report.md names each\n" in said.out
    assert refused("run", *LITTLE, *SOURCE, "audit=yes").startswith("audit: Input should be 'stop' or 'accept'")
