"""Several processes: equal predictions to the bit, like loss curves, faults that leave nobody waiting."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exapt.audit.audit import Audit
from exapt.errors import BadInput
from exapt.evaluation.predictions import read_predictions
from exapt.findings import Page
from exapt.learning.devices import Devices
from exapt.record import read_record
from tests.slow.children import call, end, start
from tests.slow.moments import MOMENTS
from tests.slow.small import contents, only_run, small_run

pytestmark = pytest.mark.slow

CALM = {"dropout": 0.0}  # dropout draws other numbers on every process


def work(out: Path, devices: int, method: dict[str, Any], moment: str | None = None) -> None:
    trainer = Devices(accelerator="cpu", progress=False, save_every=0.0, devices=devices)
    if moment is not None:
        MOMENTS[moment]()
    small_run(out, method=method, trainer=trainer).execute()


def pair(target: Callable[..., Any], *arguments: Any, said: Path | None = None, cache: Path | None = None) -> list[int]:
    """Run a target in a group of two processes, as a launcher would; their exit codes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    group = []
    for rank in range(2):
        environment = {
            "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "GROUP_RANK": "0",
            "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
        } | ({"EXAPT_CACHE": str(cache)} if cache else {})  # fmt: skip
        group.append(start(target, *arguments, said=said, environment=environment))
    return [end(child) for child in group]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run made by one process."""
    out = tmp_path_factory.mktemp("alone")
    assert call(work, out, 1, CALM) == 0
    return only_run(out)


def test_two_processes_predict_what_one_predicts(alone: Path, tmp_path: Path) -> None:
    folder = tmp_path / alone.name
    shutil.copytree(alone, folder)
    shutil.rmtree(folder / "scores")
    (folder / "record.json").unlink()
    # a cache of its own: the untrained heads' features too are computed by two
    assert pair(work, tmp_path, 2, CALM, cache=tmp_path / "cache") == [0, 0]
    assert list((tmp_path / "cache").rglob("*.npy"))
    assert contents(folder) == contents(alone)


def test_two_processes_train_as_one_does(alone: Path, tmp_path: Path) -> None:
    assert pair(work, tmp_path, 2, CALM) == [0, 0]
    folder = only_run(tmp_path)
    one, two = read_record(alone), read_record(folder)
    assert two.fit.identity == one.fit.identity
    for name in ("train_loss", "dev_loss"):
        curve = [[row[name] for row in record.fit.history] for record in (one, two)]
        assert np.ptp(curve[0]) > 0.01, "nothing was learned: equal curves would say nothing"
        assert np.allclose(curve[0], curve[1], atol=1e-3)
    steps = [pd.read_csv(f / "metrics.csv")["train_loss"].dropna() for f in (alone, folder)]
    assert np.allclose(steps[0], steps[1], atol=1e-3)
    files = [f / record.scores["text_match"].predictions for f, record in ((alone, one), (folder, two))]
    scores = [read_predictions(file).query("phase == 'trained'")["score"] for file in files]
    assert np.allclose(scores[0], scores[1], atol=0.02)


def audited(out: Path, method: dict[str, Any]) -> int:
    """A run on two processes, which say that they audit, and why they stop."""
    original = Audit.execute

    def execute(self: Audit) -> Page:
        os.write(1, f"process {os.environ['RANK']} audits {self.task.name}\n".encode())  # at once: two write here
        return original(self)

    Audit.execute = execute  # type: ignore[method-assign]
    trainer = Devices(accelerator="cpu", progress=False, save_every=0.0, devices=2)
    try:
        small_run(out, method=method, trainer=trainer).execute()
    except BadInput as error:
        os.write(1, f"{error}\n".encode())
        return 2
    return 0


def test_the_first_process_audits_for_all_and_all_stop_with_its_line(tmp_path: Path) -> None:
    said, cache = tmp_path / "said", tmp_path / "cache"
    assert pair(audited, tmp_path / "runs", {"max_length": 12}, said=said, cache=cache) == [2, 2]
    lines = said.read_text().splitlines()
    told = [line for line in lines if "audits" in line]  # each task alone, then beside the model
    assert told == [f"process 0 audits {task}" for task in ("text_match", "dna_synth") for _ in range(2)]
    stops = [line for line in lines if line.startswith("text_match: truncation: ")]
    assert len(stops) == 2 and stops[0] == stops[1]
    assert not (tmp_path / "runs").exists()


def test_two_killed_processes_continue_to_the_same_end(tmp_path: Path) -> None:
    method = {"epochs": 2}  # with dropout
    assert pair(work, tmp_path / "whole", 2, method) == [0, 0]
    codes = pair(work, tmp_path / "killed", 2, method, "middle of an epoch, before its state")
    assert set(codes) == {-signal.SIGKILL}
    assert pair(work, tmp_path / "killed", 2, method) == [0, 0]
    assert contents(only_run(tmp_path / "killed")) == contents(only_run(tmp_path / "whole"))
