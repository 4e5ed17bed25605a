"""`exapt predict`: one more score for a finished run, and every way in which the run may not be what it was."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from exapt.errors import BadInput
from exapt.evaluation.rescore import differences
from exapt.learning.devices import Devices
from exapt.study.predict import Predict
from tests.unit.study.conftest import DNA, small

OTHER = dataclasses.replace(DNA, name="other", identity=0.95)
CPU = Devices(accelerator="cpu", progress=False)


def more(folder: Path) -> Predict:
    return Predict(fit=str(folder), task=OTHER, trainer=CPU)


def change(folder: Path, **values: object) -> None:
    """Change what `config.yaml` says; a key with dots names a place within."""
    known = yaml.safe_load((folder / "config.yaml").read_text())
    for key, value in values.items():
        *places, last = key.split("__")
        part = known
        for place in places:
            part = part[place]
        part[last] = value
    (folder / "config.yaml").write_text(yaml.safe_dump(known))


def test_a_score_is_added_and_the_old_ones_stay(finished: Callable[[], Path], said: list[str]) -> None:
    folder = finished()
    old = json.loads((folder / "record.json").read_text())
    done = more(folder).execute()
    new = json.loads((folder / "record.json").read_text())
    assert not done.trained
    added = new["scores"].pop("other")
    assert new["passports"].pop("other")["task"] == "other"
    assert json.dumps(new) == json.dumps(old)
    assert added["role"] == "target"
    assert differences(done.record, folder) == []
    assert len(json.loads((folder / "timing.json").read_text())) == 1
    assert not [line for line in said if "training" in line]
    # the same numbers as if it had been a target from the beginning
    fresh = small(folder.parent / "fresh", targets={"other": OTHER}).execute()
    assert fresh.record.scores["other"] == done.record.scores["other"]


def test_a_score_that_is_there_is_reused(finished: Callable[[], Path], said: list[str]) -> None:
    folder = finished()
    more(folder).execute()
    before = (folder / "record.json").stat().st_mtime_ns
    more(folder).execute()
    assert (folder / "record.json").stat().st_mtime_ns == before
    assert any("other was scored before, its score is reused" in line for line in said)


def test_a_folder_may_be_moved(finished: Callable[[], Path], tmp_path: Path) -> None:
    moved = finished().rename(tmp_path / "elsewhere")
    assert "other" in more(moved).execute().record.scores


def test_targets_of_the_run_need_not_be_there_any_more(finished: Callable[[], Path]) -> None:
    folder = finished()
    change(folder, targets={"gone": {"_target_": "exapt.tasks.of.another.Version"}})
    assert "other" in more(folder).execute().record.scores


@pytest.mark.parametrize("lost", ["record.json", "fit.json"])
def test_an_unfinished_run_is_refused(lost: str, finished: Callable[[], Path]) -> None:
    folder = finished()
    (folder / lost).unlink()
    with pytest.raises(BadInput, match=r"^fit: .* holds no finished run \(no record\.json\); finish it"):
        more(folder).execute()
    with pytest.raises(BadInput, match="holds no finished run"):
        more(folder / "nowhere").execute()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (None, "cannot be read"),
        ("a: [", "cannot be read"),
        ("[]", "does not describe a run; restore it"),
        ("_target_: os.system\ncommand: 'true'\n", "only those are built from a run's folder"),
        ("_target_: exapt.learning.method.Method\n", "there is no such key"),
    ],
)
def test_settings_that_describe_no_run(text: str | None, line: str, finished: Callable[[], Path]) -> None:
    folder = finished()
    (folder / "config.yaml").unlink()
    if text is not None:
        (folder / "config.yaml").write_text(text)
    with pytest.raises(BadInput) as caught:
        more(folder).execute()
    assert line in str(caught.value)
    assert "config.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"model__width": 32}, "the model's width is no longer what it was when the fit was made"),
        ({"method__epochs": 9}, "its method.epochs is not that of the fit"),
        ({"seed": 9}, "its seeds is not that of the fit"),
    ],
)
def test_settings_of_another_fit(values: dict[str, object], line: str, finished: Callable[[], Path]) -> None:
    folder = finished()
    before = (folder / "record.json").read_bytes()
    change(folder, **values)
    with pytest.raises(BadInput, match=line):
        more(folder).execute()
    assert (folder / "record.json").read_bytes() == before


def test_a_broken_fit_is_one_line(finished: Callable[[], Path]) -> None:
    folder = finished()
    (folder / "fit.json").write_text("{}")
    with pytest.raises(BadInput, match=r"fit\.json: cannot be read as a fit \(.*\); restore it or move"):
        more(folder).execute()
