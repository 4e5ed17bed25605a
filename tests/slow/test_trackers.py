"""Real trackers over whole runs: MLflow in sqlite and Weights & Biases offline, one run of theirs for each fit."""

from __future__ import annotations

import functools
import socket
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from exapt.learning import trackers
from tests.slow.children import call
from tests.slow.small import only_run, small_run

pytestmark = pytest.mark.slow

BRIEF = {"epochs": 2}


def tracked_run(out: Path, tracker: str, seeds: list[int], moment: str | None = None) -> None:
    """A sweep within one process."""
    from tests.slow.moments import MOMENTS

    if moment is not None:
        MOMENTS[moment]()
    for seed in seeds:
        logger = functools.partial(getattr(trackers, tracker))
        small_run(out, method=BRIEF, logger=logger, seed=seed, targets={}).execute()


def dev_rows(folder: Path) -> dict[int, float]:
    rows = pd.read_csv(folder / "metrics.csv")
    return rows[rows["dev_loss"].notna()].set_index("step")["dev_loss"].to_dict()


def test_mlflow_holds_each_fit_once_with_its_dev_values(tmp_path: Path) -> None:
    """Also the fit that was killed and went on."""
    said = tmp_path / "said"
    assert call(tracked_run, tmp_path / "runs", "mlflow", [0, 1], "middle of an epoch, after its state", said=said) < 0
    assert call(tracked_run, tmp_path / "runs", "mlflow", [0, 1], said=said) == 0
    assert "tracker" not in said.read_text()
    folders = {p.name.rsplit("-", 1)[-1]: p for p in (tmp_path / "runs").iterdir() if p.is_dir()}
    assert len(folders) == 2
    with sqlite3.connect(tmp_path / "runs" / "mlflow.db") as store:
        runs = dict(store.execute("select run_uuid, status from runs"))
        identities = dict(store.execute("select run_uuid, value from tags where key = 'identity'"))
        assert list(runs.values()) == ["FINISHED"] * 2
        assert {i[:10] for i in identities.values()} == set(folders)
        for run, identity in identities.items():
            query = "select step, value from metrics where run_uuid = ? and key = 'dev_loss'"
            assert dict(store.execute(query, (run,))) == pytest.approx(dev_rows(folders[identity[:10]]))
            query = "select value from params where run_uuid = ? and key = 'method/epochs'"
            assert store.execute(query, (run,)).fetchall() == [("2",)]


def test_wandb_offline_writes_a_run_for_each_fit_and_seeks_no_network(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with socket.socket() as server:  # what wandb would talk to
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        environment = {
            "WANDB_BASE_URL": f"http://127.0.0.1:{server.getsockname()[1]}", "WANDB_MODE": "", "HOME": str(tmp_path),
            "WANDB_SILENT": "true",
        }  # fmt: skip
        assert call(tracked_run, tmp_path / "runs", "wandb", [0, 1], said=said, **environment) == 0
        with pytest.raises(BlockingIOError):
            server.accept()
    assert "tracker" not in said.read_text()
    for folder in (tmp_path / "runs").iterdir():
        identity = folder.name.rsplit("-", 1)[-1]
        files = list(folder.glob("wandb/offline-run-*/run-*.wandb"))
        assert len(files) == 1
        assert files[0].name.startswith(f"run-{identity}")
        assert files[0].stat().st_size > 0
        content = files[0].read_bytes()
        assert b"dev_loss" in content
        assert str(dev_rows(folder)[16]).encode() in content


def test_a_store_that_cannot_be_written_does_not_stop_a_run(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "mlflow.db").write_text("this is no database, and it is long enough to be seen as none" * 9)
    said = tmp_path / "said"
    assert call(tracked_run, tmp_path / "runs", "mlflow", [0], said=said) == 0
    assert (only_run(tmp_path / "runs") / "record.json").exists()
    assert said.read_text().count("the tracker could not be") == 1
