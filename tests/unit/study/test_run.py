"""A run: what it refuses, what it leaves, and what it finds done."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from exapt.evaluation.rescore import differences
from exapt.learning.trackers import mlflow
from exapt.record import read_record
from exapt.settings import one_line
from exapt.tasks.text_match import TextMatch
from tests.unit.study.conftest import DNA, small


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"seed": "abc"}, "Run: seed: Input should be a valid integer (got 'abc')."),
        ({"seed": True}, "Run: seed: Input should be a valid integer (got True)."),
        ({"seed": -1}, "seed: seeds lie between 0 and 2147483647."),
        ({"seed": 2**31}, "seed: seeds lie between 0 and 2147483647."),
        ({"seeds": {"order": -5}}, "seed: seeds lie between 0 and 2147483647."),
        ({"seeds": {"first": 1}}, "seeds.first: there is no such seed; there is init, order and draw."),
        ({"name": "a/b"}, "name: 'a/b' cannot name a folder; use letters, digits, '-', '_' and '.'."),
        ({"name": ".hidden"}, "name: '.hidden' cannot name a folder; use letters, digits, '-', '_' and '.'."),
        ({"name": "a\nb"}, "name: 'a\nb' cannot name a folder; use letters, digits, '-', '_' and '.'."),
        ({"targets": {"../x": DNA}}, "name: '../x' cannot name a folder; use letters, digits, '-', '_' and '.'."),
        (
            {"targets": {"text_match": DNA}},
            "targets.text_match: the source's own test split is always scored; give the target another "
            "name (in `exapt predict`: task.name=mine).",
        ),
        ({"keep_weights": "all"}, "Run: keep_weights: Input should be 'best' or 'none' (got 'all')."),
        ({"speed": 1}, "Run: speed: there is no such key. Did you mean 'seed'?"),
    ],
)
def test_bad_settings_are_one_line(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        small(Path("runs"), **settings)
    assert one_line(caught.value) == line


def test_a_run_is_called_by_its_name_or_by_model_and_source() -> None:
    assert small(Path("runs")).title == "small-text_match"
    assert small(Path("runs"), name="mine").title == "mine"


def test_the_length_limit_is_the_smaller_one() -> None:
    assert small(Path("runs")).limit() == 256
    assert small(Path("runs"), method={"max_length": 40}).limit() == 40
    assert small(Path("runs"), method={"max_length": 4000}).limit() == 256


def test_what_a_run_leaves(finished: Callable[[], Path]) -> None:
    folder = finished()
    record = read_record(folder)
    assert folder.name == f"small-text_match-{record.fit.identity[:10]}"
    assert {p.name for p in folder.iterdir() if not p.name.startswith(".")} >= {
        "config.yaml", "metrics.csv", "checkpoint", "scores", "record.json", "report.md", "fit.json", "timing.json",
    }  # fmt: skip
    assert not (folder / "resume").exists()
    assert not list(folder.rglob("*.part"))
    assert set(record.scores) == {"text_match", "dna"}
    assert {n: s.role for n, s in record.scores.items()} == {"text_match": "source", "dna": "target"}
    assert differences(record, folder) == []
    assert all(len(s.untrained.auroc) == 100 for s in record.scores.values())
    assert record.scores["dna"].baselines.keys() == record.fit.thresholds.keys()
    assert "AUROC" in (folder / "report.md").read_text()


def test_a_record_holds_no_path_and_no_time(finished: Callable[[], Path]) -> None:
    folder = finished()
    text = (folder / "record.json").read_text() + (folder / "fit.json").read_text()
    made_in = yaml.safe_load((folder / "config.yaml").read_text())["out"]
    assert Path(made_in).is_absolute()
    assert made_in not in text
    ended = json.loads((folder / "timing.json").read_text())[0]["ended"]
    assert ended[:10] not in text


def test_a_finished_run_is_reused_and_says_so(finished: Callable[[], Path], said: list[str]) -> None:
    folder = finished()
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    again = small(folder.parent).execute()
    assert (again.folder, again.trained) == (folder, False)
    assert any("finished before, its fit is reused" in line for line in said)
    kept = ("fit.json", "record.json", "report.md", "timing.json", "metrics.csv", "config.yaml")
    for path, (time, content) in before.items():
        if path.name in kept or path.suffix in (".safetensors", ".parquet"):
            assert (path.stat().st_mtime_ns, path.read_bytes()) == (time, content), path


def test_a_run_of_another_name_is_found_by_its_content(finished: Callable[[], Path]) -> None:
    folder = finished()
    again = small(folder.parent, name="other").execute()
    assert (again.folder, again.trained) == (folder, False)
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]
    assert again.record.name == "small-text_match"


def test_config_yaml_holds_the_settings_and_no_password(finished: Callable[[], Path]) -> None:
    folder = finished()
    (folder / "config.yaml").unlink()
    # the fit is there: no tracker is opened
    small(folder.parent, logger=functools.partial(mlflow, store="postgresql://ada:secret@host/x")).execute()
    assert not [p for p in folder.rglob("*") if p.is_file() and b"secret" in p.read_bytes()]
    known = yaml.safe_load((folder / "config.yaml").read_text())
    assert known["logger"]["store"] == "postgresql://ada:***@host/x"
    assert known["source"]["length"] == 24


def test_a_fit_that_fails_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    """A source with a dev split that is missing: refused before a folder is made."""
    run = small(tmp_path, source=TextMatch(length=24, train=64, dev=0, test=32))
    with pytest.raises(ValueError, match="has no dev split"):
        run.execute()
    assert list(tmp_path.iterdir()) == []
