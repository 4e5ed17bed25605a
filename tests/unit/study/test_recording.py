"""The record: old scores are kept byte for byte, changed data stands beside them, other versions are said aloud."""

from __future__ import annotations

import dataclasses
import json
import shutil
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
    assert not small(tmp_path, keep_weights="none").execute().trained, "what is scored is known"


@pytest.mark.parametrize("arm", ["treatment", "feature_transfer"])
def test_weights_that_were_dropped_are_trained_again_for_a_further_target(
    arm: str, tmp_path: Path, said: list[str]
) -> None:
    first = small(tmp_path, keep_weights="none", arm=arm).execute()
    fit, old = (first.folder / "fit.json").read_bytes(), parts(first.folder)
    done = small(tmp_path, keep_weights="none", arm=arm, targets={"dna": DNA, "other": OTHER}).execute()
    assert done.trained and done.folder == first.folder and not (done.folder / "checkpoint").exists()
    assert any("training again, since its weights were not kept" in line for line in said)
    assert (done.folder / "fit.json").read_bytes() == fit
    assert {k: v for k, v in parts(done.folder).items() if k != "other"} == old and "other" in done.record.scores
    # the same as if it had been asked for at first
    whole = small(tmp_path / "whole", arm=arm, targets={"dna": DNA, "other": OTHER}).execute()
    assert whole.record.scores == done.record.scores


def test_other_weights_from_training_again_are_refused(tmp_path: Path) -> None:
    done = small(tmp_path, keep_weights="none").execute()
    for name in ("fit.json", "record.json"):
        text = (done.folder / name).read_text()
        (done.folder / name).write_text(text.replace(done.record.fit.weights, "0" * 64))
    with pytest.raises(BadInput, match="training it again gives others"):
        small(tmp_path, keep_weights="none", targets={"other": OTHER}).execute()
    assert not (done.folder / "checkpoint").exists() and "other" not in read_record(done.folder).scores


def test_weights_that_were_kept_and_are_gone_are_not_trained_again(finished: Callable[[], Path]) -> None:
    folder = finished()
    shutil.rmtree(folder / "checkpoint")
    with pytest.raises(BadInput, match=r"the run kept none .* or its folder was moved in part"):
        small(folder.parent, targets={"other": OTHER}).execute()


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
