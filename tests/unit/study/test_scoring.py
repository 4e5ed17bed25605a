"""Scoring: untrained heads from a cache that may be lost or broken, predictions in files, and marks for the reader."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exapt.cache import cache_dir
from exapt.evaluation.predictions import read_predictions
from exapt.example import Examples
from exapt.learning.predict import predict, predict_untrained
from exapt.study import scoring
from exapt.study.run import Finished
from exapt.tasks.task import Split
from exapt.tasks.text_match import TextMatch
from tests.unit.study.conftest import DNA, small


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with nothing in it but the audits of all tests, which take seconds and are not what is looked at here."""
    audits = cache_dir() / "audits"
    audits.mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "audits").symlink_to(audits)
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def again(folder: Path) -> Finished:
    """Score a finished fit anew."""
    (folder / "record.json").unlink()
    for file in folder.glob("scores/*/predictions.parquet"):
        file.unlink()
    return small(folder.parent).execute()


def test_predictions_are_what_the_networks_say(finished: Callable[[], Path]) -> None:
    folder = finished()
    run = small(folder.parent)
    material = run.encoder().material(DNA, "test")
    network = run.network(True)
    how = {"positive": 1, "precision": "32-true", "devices": run.trainer}
    before = predict(network, material.encoded, **how)  # type: ignore[arg-type]
    network.load(folder / "checkpoint")
    after = predict(network, material.encoded, **how)  # type: ignore[arg-type]
    (file,) = folder.glob("scores/dna-*/predictions.parquet")
    found = read_predictions(file)
    by_phase = {phase: rows["score"].to_numpy() for phase, rows in found.groupby("phase")}
    assert np.array_equal(by_phase["trained"], after)
    assert np.allclose(by_phase["untrained"], before, atol=1e-6)
    assert found.loc[found["phase"] == "trained", "id"].tolist() == material.examples.frame["id"].tolist()


def test_untrained_heads_are_computed_once_and_are_the_same_anew(
    finished: Callable[[], Path], cache: Path, said: list[str]
) -> None:
    folder = finished()
    first = again(folder).record
    assert [line for line in said if line.startswith("untrained heads on")] == [
        "untrained heads on text_match", "untrained heads on dna_synth",
    ]  # fmt: skip
    said.clear()
    assert again(folder).record == first
    assert not [line for line in said if line.startswith("untrained heads on")]
    files = sorted(cache.rglob("*.npy"))
    assert len(files) == 2
    run = small(folder.parent)
    fresh = predict_untrained(
        run.network(True), run.encoder().material(DNA, "test").encoded, heads=100, positive=1, precision="32-true",
        devices=run.trainer,
    )  # fmt: skip
    assert any(np.array_equal(np.load(file), fresh) for file in files)


@pytest.mark.parametrize(
    "broken",
    [b"", b"not numpy", None, np.zeros((3, 4), np.float32), np.zeros((100, 32)), np.array([{}], dtype=object)],
    ids=["empty", "text", "cut", "shape", "type", "objects"],
)
def test_a_broken_cache_is_computed_again(
    broken: bytes | np.ndarray | None, finished: Callable[[], Path], cache: Path
) -> None:
    folder = finished()
    first = again(folder).record
    contents = {file: file.read_bytes() for file in cache.rglob("*.npy")}
    for file in contents:
        if isinstance(broken, np.ndarray):
            np.save(file, broken)
        else:
            file.write_bytes(contents[file][:500] if broken is None else broken)
    assert again(folder).record == first
    assert {file: file.read_bytes() for file in cache.rglob("*.npy")} == contents


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(
    finished: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    folder = finished()
    first = (folder / "record.json").read_bytes()
    monkeypatch.setenv("EXAPT_CACHE", "/proc/exapt")
    again(folder)
    assert (folder / "record.json").read_bytes() == first
    told = [line for line in said if "set EXAPT_CACHE to another folder" in line]
    assert [line.count(".npy: ") for line in told] == [0, 0, 0, 0, 1, 1]  # two audits of two parts, two tasks' heads


def test_what_the_cache_depends_on(finished: Callable[[], Path], cache: Path) -> None:
    folder = finished()
    again(folder)
    known = set(cache.rglob("*.npy"))
    small(folder.parent, targets={}, method={"lr": 1e-3}).execute()  # the backbone before training is the same
    assert set(cache.rglob("*.npy")) == known
    small(folder.parent, targets={}, seed=1).execute()  # and another one here
    assert len(set(cache.rglob("*.npy")) - known) == 1


@dataclasses.dataclass(frozen=True)
class Opposite(TextMatch):
    """The source with its classes exchanged: what was learned is wrong here."""

    def load(self, split: Split) -> Examples:
        examples = super().load(split)
        names = examples.space.names
        return Examples(
            examples.frame.assign(label=examples.frame["label"].map(dict(zip(names, names[::-1], strict=True)))),
            examples.space,
            "opposite",
        )


@pytest.mark.slow
def test_an_auroc_below_a_half_is_marked_and_not_flipped(tmp_path: Path) -> None:
    source = TextMatch(length=24, low=0.0, high=0.1, train=512, dev=64, test=128)
    target = Opposite(name="opposite", length=24, low=0.0, high=0.1, train=0, dev=0, test=128)
    method = {"epochs": 4, "lr": 1e-2, "dropout": 0.0}
    record = small(tmp_path, source=source, targets={"opposite": target}, method=method).execute().record
    area = {name: score.trained.metrics["auroc"].value for name, score in record.scores.items()}
    assert area["text_match"] is not None and area["opposite"] is not None
    assert area["text_match"] > 0.6
    assert area["opposite"] < 0.4
    assert "inverted" in record.scores["opposite"].marks
    assert "inverted" not in record.scores["text_match"].marks


def test_lost_input_is_marked(tmp_path: Path, finished: Callable[[], Path]) -> None:
    from exapt.tasks.table import Table

    def table(name: str, left: str) -> Table:
        rows = [{"id": f"e{i}", "left": left, "right": "acgt" * 3, "label": "ab"[i % 2]} for i in range(8)]
        pd.DataFrame(rows).to_csv(tmp_path / f"{name}.csv", index=False)
        return Table(
            name=name, path=str(tmp_path / f"{name}.csv"), labels={"a": "a", "b": "b"}, positive="a", group="row",
            columns={"id": "id", "left": "left", "right": "right"},
        )  # fmt: skip

    targets = {"fine": table("fine", "acgt"), "unknown": table("unknown", "äcgt"), "long": table("long", "a" * 300)}
    scores = small(finished().parent, targets=targets, audit="accept").execute().record.scores
    assert [m for m in scores["fine"].marks if m != "inverted"] == []
    assert "unknown tokens" in scores["unknown"].marks
    assert scores["unknown"].data.tokens.unknown_characters == pytest.approx(1 / 16)
    assert "truncated" in scores["long"].marks
    assert scores["long"].data.tokens.truncated == 1.0


def test_a_cache_of_another_process_is_read_only_if_it_fits() -> None:
    assert scoring._cached(Path(os.devnull), (1, 1)) is None
    assert scoring._cached(Path("/nowhere/x.npy"), (1, 1)) is None
