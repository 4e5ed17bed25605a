"""`exapt predict` on the command line, for a table without labels."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from tests.unit.cli.conftest import Call


def test_rows_without_labels_are_predicted_and_not_scored(call: Call, work: Path, finished: Path) -> None:
    folder = shutil.copytree(finished, work / "runs" / finished.name)
    (work / "new.csv").write_text("sentence1,sentence2\nACGTACGT,ACGTACGA\nTTTTAAAA,CCCCGGGG\n")
    words = ["predict", f"fit=runs/{folder.name}", "task=table", "task.path=new.csv", "trainer=cpu"]
    said = call(*words, "task.columns.label=null")
    assert (said.code, said.out) == (0, ""), said
    (file,) = (folder / "unlabelled").glob("table-*/predictions.parquet")
    (line,) = [line for line in said.err.splitlines() if "labels" in line]
    assert line == f"table: has no labels: 2 rows are predicted, none is scored; see {file.relative_to(work)}"
    made = {p for p in said.changed if (work / p).is_file() and not p.endswith(".lock")}
    assert made == {str(file.relative_to(work))}
    assert pq.read_table(file).column_names == ["id", "score", "probability_match"]
    # without saying so, labels are wanted
    asked = call(*words)
    assert asked.code == 2 and asked.changed == set()
    assert asked.lines == [
        "exapt: table: labels is missing; give labels={RAW: NAME, RAW: NAME}, or columns.label=null if nobody knows."
    ]
