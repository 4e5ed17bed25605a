"""The record: old scores are kept byte for byte, changed data stands beside them, other versions are said aloud."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from exapt.errors import BadInput
from exapt.record import read_record, write_record
from exapt.study.provenance import versions
from exapt.tasks.table import Table
from tests.unit.study.conftest import DNA, small

OTHER = dataclasses.replace(DNA, name="other", identity=0.95)


def parts(folder: Path) -> dict[str, str]:
    return {k: json.dumps(v) for k, v in json.loads((folder / "record.json").read_text())["scores"].items()}


def trained_files(folder: Path) -> dict[str, int]:
    return {n: (folder / n).stat().st_mtime_ns for n in ("fit.json", "metrics.csv", "checkpoint/model.safetensors")}


def test_a_target_added_later_costs_no_training_and_changes_no_other_score(
    finished: Callable[[], Path], said: list[str]
) -> None:
    folder = finished()
    before, files, old = trained_files(folder), sorted(folder.glob("scores/*/*")), parts(folder)
    content = [p.read_bytes() for p in files]
    done = small(folder.parent, targets={"dna": DNA, "other": OTHER}).execute()
    assert not done.trained
    assert set(done.record.scores) == {"text_match", "dna", "other"}
    assert {k: v for k, v in parts(folder).items() if k != "other"} == old
    assert [p.read_bytes() for p in files] == content
    assert trained_files(folder) == before
    assert len(json.loads((folder / "timing.json").read_text())) == 1
    assert "other" in (folder / "report.md").read_text()
    assert [line for line in said if "scored before, its score is reused" in line]
    assert not [line for line in said if "training on" in line]


def test_a_target_that_is_left_out_keeps_its_score(finished: Callable[[], Path]) -> None:
    folder = finished()
    before = (folder / "record.json").read_bytes()
    assert set(small(folder.parent, targets={}).execute().record.scores) == {"text_match", "dna"}
    assert (folder / "record.json").read_bytes() == before


def test_a_target_whose_data_changed_stands_beside_the_old_one(finished: Callable[[], Path], said: list[str]) -> None:
    folder = finished()
    old = parts(folder)
    changed = dataclasses.replace(DNA, seed=5)
    record = small(folder.parent, targets={"dna": changed}).execute().record
    (key,) = set(record.scores) - {"text_match", "dna"}
    assert key == f"dna-{changed.load('test').digest[:6]}"
    assert parts(folder)["dna"] == old["dna"]
    assert any(f"'dna' was scored on other data before; this one is recorded as '{key}'" in line for line in said)
    # and again: both are known now
    before = (folder / "record.json").read_bytes()
    small(folder.parent, targets={"dna": changed}).execute()
    small(folder.parent).execute()
    assert (folder / "record.json").read_bytes() == before


def test_other_versions_are_said_and_stay_in_the_record(finished: Callable[[], Path], said: list[str]) -> None:
    folder = finished()
    record = read_record(folder)
    older = {k: v for k, v in versions().items() if k != "scipy"} | {"torch": "1.0"}
    write_record(folder, record.model_copy(update={"versions": older, "accepted": ["a flaw"]}))
    again = small(folder.parent, targets={"other": OTHER}).execute().record
    (line,) = [line for line in said if "other versions" in line]
    assert "(torch 1.0, scipy not told)" in line
    assert again.versions == older
    assert again.accepted == ["a flaw"]


def test_equal_versions_are_not_spoken_of(finished: Callable[[], Path], said: list[str]) -> None:
    small(finished().parent).execute()
    assert not [line for line in said if "other versions" in line]


def test_a_lost_record_is_made_again_from_fit_and_predictions(finished: Callable[[], Path], said: list[str]) -> None:
    folder = finished()
    before = (folder / "record.json").read_bytes()
    (folder / "record.json").unlink()
    assert not small(folder.parent).execute().trained
    assert (folder / "record.json").read_bytes() == before
    assert not [line for line in said if line.startswith("scoring")]


def test_weights_that_were_exchanged_are_refused(finished: Callable[[], Path]) -> None:
    folder = finished()
    other = small(folder.parent, seed=1, targets={}).execute().folder
    weights = folder / "checkpoint" / "model.safetensors"
    weights.write_bytes((other / "checkpoint" / "model.safetensors").read_bytes())
    before = (folder / "record.json").read_bytes()
    with pytest.raises(BadInput, match=r"not the weights that .* tells of; restore them"):
        small(folder.parent, targets={"other": OTHER}).execute()
    assert (folder / "record.json").read_bytes() == before


def test_weights_are_dropped_after_scoring_if_asked(tmp_path: Path) -> None:
    done = small(tmp_path, keep_weights="none").execute()
    assert not (done.folder / "checkpoint").exists()
    assert (done.folder / "record.json").exists()
    # what is scored is known; what is new cannot be scored any more, and nothing is trained behind the user's back
    before = (done.folder / "record.json").read_bytes()
    assert not small(tmp_path, keep_weights="none").execute().trained
    with pytest.raises(BadInput, match="the run kept none"):
        small(tmp_path, targets={"other": OTHER}).execute()
    assert (done.folder / "record.json").read_bytes() == before


def test_weights_that_were_to_be_kept_are_not_dropped_later(finished: Callable[[], Path]) -> None:
    folder = finished()
    small(folder.parent, keep_weights="none", targets={"other": OTHER}).execute()
    assert (folder / "checkpoint" / "model.safetensors").exists()


def test_a_siamese_head_of_pairs_refuses_single_sequences(finished: Callable[[], Path], tmp_path: Path) -> None:
    rows = ["id,text,label", *(f"e{i},acgtacgt,{'ab'[i % 2]}" for i in range(8))]
    (tmp_path / "single.csv").write_text("\n".join(rows) + "\n")
    single = Table(
        name="single", path=str(tmp_path / "single.csv"), columns={"id": "id", "left": "text", "right": None},
        labels={"a": "a", "b": "b"}, positive="a", group="row",
    )  # fmt: skip
    folder = finished()
    before = (folder / "record.json").read_bytes()
    with pytest.raises(BadInput, match=r"pairs and single sequences cannot be scored by one siamese head"):
        small(folder.parent, targets={"single": single}).execute()
    assert (folder / "record.json").read_bytes() == before
