"""`exapt report`: one table over the records it finds, printed or written whole."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from exapt.record import read_record
from exapt.ruling import write_ruling
from tests.unit.cli.conftest import Call
from tests.unit.report.rulings import ruling


@pytest.fixture
def runs(finished: Path, work: Path) -> Path:
    shutil.copytree(finished, work / "runs" / finished.name)
    return work / "runs"


def test_markdown_by_default(runs: Path, call: Call) -> None:
    said = call("report")
    assert (said.code, said.err, said.changed) == (0, "", set())
    area = read_record(next(runs.iterdir())).scores["text_match"].trained.metrics["auroc"].value
    assert said.out.startswith("| model |") and f"{area:.3f}" in said.out


def test_csv_holds_the_records_numbers(runs: Path, call: Call) -> None:
    said = call("report", "runs", "--format", "csv")
    frame = pd.read_csv(io.StringIO(said.out))
    (row,) = frame.to_dict("records")
    metrics = read_record(next(runs.iterdir())).scores["text_match"].trained.metrics
    assert row["n"] == 32
    assert row["auroc"] == metrics["auroc"].value and row["accuracy_high"] == metrics["accuracy"].high


def test_out_is_written_whole(runs: Path, call: Call) -> None:
    said = call("report", "runs", "--format", "csv", "--out", "tables/all.csv")
    assert (said.code, said.out) == (0, "tables/all.csv\n")
    assert said.changed == {"tables", "tables/all.csv"}
    assert Path("tables/all.csv").read_text() == call("report", "runs", "--format", "csv").out


def test_the_name_of_the_file_says_which_form(runs: Path, call: Call, refused: Callable[..., str]) -> None:
    for out, form, asked in (
        ("a.csv", "csv", ()),
        ("A.CSV", "csv", ()),
        ("a.md", "md", ()),
        ("b.csv", "md", ("--format", "md")),
    ):
        call("report", "runs", "--out", out, *asked)
        assert Path(out).read_text() == call("report", "runs", "--format", form).out
    assert "give a FILE.md" in refused("report", "--claims", "runs", "--out", "claims.csv")


def test_no_record_is_one_line(work: Path, refused: Callable[..., str]) -> None:
    (work / "empty").mkdir()
    (work / "file").write_text("")
    assert refused("report", "empty").startswith("empty: holds no record.json")
    assert refused("report", "nowhere").startswith("nowhere: no such file or folder")
    assert refused("report", "file").startswith("file: not a record of schema 1")


@pytest.mark.parametrize(("out", "said"), [("folder", "is no file"), ("file/x.csv", "file")])
def test_an_out_that_cannot_be_written(
    out: str, said: str, runs: Path, work: Path, refused: Callable[..., str]
) -> None:
    (work / "folder").mkdir()
    (work / "file").write_text("")
    assert said in refused("report", "runs", "--out", out)


def test_verdicts_side_by_side(work: Path, call: Call, refused: Callable[..., str]) -> None:
    for verdict in ("shortcut", "supported"):
        write_ruling(work / "claims" / verdict, ruling(verdict))
    said = call("report", "--claims", "claims")
    assert said.code == 0 and "SHORTCUT" in said.out and "SUPPORTED" in said.out
    assert refused("report", "--claims", "nowhere").startswith("nowhere: no such file or folder")
    (work / "empty").mkdir()
    assert refused("report", "--claims", "empty").startswith("empty: holds no verdict.json")
    assert "leave --format away" in refused("report", "--claims", "claims", "--format", "csv")
    (work / "claims" / "shortcut" / "verdict.json").write_text("{}")
    assert "not a verdict of schema 1" in refused("report", "--claims", "claims")
