"""`exapt predict` on rows without labels: the numbers of a labelled run, in a file of their own, and nothing else."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from exapt.errors import BadInput
from exapt.evaluation.predictions import read_predictions, write_unscored
from exapt.learning.devices import Devices
from exapt.study.predict import Predict
from exapt.tasks.table import Table
from tests.unit.study.conftest import DNA, small

CPU = Devices(accelerator="cpu", progress=False)


def table(path: Path, labelled: bool) -> Table:
    """The pairs of `DNA` as a file, with their labels or without."""
    frame = DNA.load("test").frame[["id", "left", "right", "label"]]
    (frame if labelled else frame.drop(columns="label")).to_csv(path, index=False)
    columns: dict[str, str | None] = {"left": "left", "right": "right", "id": "id"}
    if labelled:
        names = {name: name for name in DNA.space.names}
        return Table(name="known", path=str(path), columns=columns, labels=dict(names), positive=DNA.space.positive)
    return Table(name="new", path=str(path), columns={**columns, "label": None})


def listing(folder: Path) -> dict[str, str]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != ".lock")
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_numbers_are_those_of_the_same_rows_with_labels(
    finished: Callable[[], Path], tmp_path: Path, said: list[str]
) -> None:
    folder = finished()
    before = listing(folder)
    made = Predict(fit=str(folder), task=table(tmp_path / "new.csv", False), trainer=CPU).execute()
    assert isinstance(made, Path)
    after = listing(folder)
    assert set(after) - set(before) == {str(made.relative_to(folder))}
    assert {name: after[name] for name in before} == before, "record, page and all else are untouched"
    (line,) = [line for line in said if "labels" in line]
    assert line == f"new: has no labels: 32 rows are predicted, none is scored; see {made}"
    rows = pq.read_table(made).to_pydict()
    assert list(rows) == ["id", "score", "probability_match"]
    assert rows["probability_match"] == pytest.approx([1 / (1 + math.exp(-s)) for s in rows["score"]], abs=1e-12)
    done = Predict(fit=str(folder), task=table(tmp_path / "known.csv", True), trainer=CPU).execute()
    assert not isinstance(done, Path)
    known = read_predictions(folder / done.record.scores["known"].predictions).query("phase == 'trained'")
    assert (rows["id"], rows["score"]) == (known["id"].tolist(), known["score"].tolist())
    assert len(set(rows["score"])) > 1


def test_a_second_call_predicts_nothing(finished: Callable[[], Path], tmp_path: Path) -> None:
    folder = finished()
    task = table(tmp_path / "new.csv", False)
    made = Predict(fit=str(folder), task=task, trainer=CPU).execute()
    assert isinstance(made, Path)
    before = made.stat().st_mtime_ns
    assert Predict(fit=str(folder), task=dataclasses.replace(task), trainer=CPU).execute() == made
    assert made.stat().st_mtime_ns == before
    # other rows are another file
    (tmp_path / "new.csv").write_text("id,left,right\nx,ACGT,ACGT\n")
    assert Predict(fit=str(folder), task=dataclasses.replace(task), trainer=CPU).execute() != made


def test_what_a_fit_cannot_read_is_refused(finished: Callable[[], Path], tmp_path: Path) -> None:
    folder = finished()
    before = listing(folder)
    (tmp_path / "single.csv").write_text("sentence1\nACGT\n")
    single = Table(path=str(tmp_path / "single.csv"), columns={"label": None, "right": None})
    with pytest.raises(BadInput, match="pairs and single sequences cannot be scored by one siamese head"):
        Predict(fit=str(folder), task=single, trainer=CPU).execute()
    outside = Table(name="../outside", path="absent.csv", columns={"label": None})
    with pytest.raises(ValueError, match="cannot name a folder"):
        Predict(fit=str(folder), task=outside, trainer=CPU).execute()
    assert listing(folder) == before


def test_a_run_refuses_rows_without_labels_before_it_trains(tmp_path: Path) -> None:
    run = small(tmp_path / "runs", targets={"new": table(tmp_path / "new.csv", False)})
    with pytest.raises(BadInput, match="new: has no labels"):
        run.execute()
    assert not (tmp_path / "runs").exists()


def test_probabilities_of_extreme_scores(tmp_path: Path) -> None:
    import numpy as np

    scores = np.array([-1000, -20, 0, 20, 1000], dtype=np.float32)
    write_unscored(tmp_path / "p.parquet", list("abcde"), scores, "two words")
    column = pq.read_table(tmp_path / "p.parquet")["probability_two words"].to_pylist()
    assert column[0] == 0 and column[2] == 0.5 and column[4] == 1
    assert column[1] == pytest.approx(math.exp(-20), rel=1e-6) and 0 < 1 - column[3] < 1e-8
    scores[1] = np.nan
    with pytest.raises(BadInput, match="'b' has the score nan"):
        write_unscored(tmp_path / "q.parquet", list("abcde"), scores, "x")
    assert not (tmp_path / "q.parquet").exists()
