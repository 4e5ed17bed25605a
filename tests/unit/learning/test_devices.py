"""Where a run computes: bad requests, ranks from torchrun and Slurm, and a trainer that says nothing of itself."""

from __future__ import annotations

import logging
import warnings

import pytest
import torch
from pydantic import ValidationError
from pytorch_lightning.utilities.exceptions import SIGTERMException

from exapt.errors import BadInput
from exapt.learning.devices import Devices, from_slurm
from exapt.settings import one_line

LAUNCHERS = (
    "RANK", "LOCAL_RANK", "WORLD_SIZE", "GROUP_RANK", "MASTER_ADDR", "MASTER_PORT", "SLURM_PROCID", "SLURM_LOCALID",
    "SLURM_NODEID", "SLURM_STEP_NUM_TASKS", "SLURM_NODELIST", "SLURM_JOB_ID",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LAUNCHERS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("key", ["devices", "nodes"])
def test_fewer_than_one_is_refused(key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Devices(**{key: 0})
    assert one_line(caught.value) == f"trainer.{key}: 0 is out of range (at least 1)."


def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert (Devices().kind, Devices(accelerator="cpu").kind) == ("cpu", "cpu")
    with pytest.raises(BadInput, match="no GPU here"):
        _ = Devices(accelerator="gpu").kind
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert (Devices().kind, Devices(accelerator="cpu").kind, Devices(accelerator="gpu").kind) == ("gpu", "cpu", "gpu")


def test_one_process_needs_no_launcher_and_decides_alone() -> None:
    one = Devices()
    one.join()
    assert (one.world, one.rank, one.launched) == (1, 0, True)
    assert (one.decide("x"), one.gather("x")) == ("x", ["x"])
    assert not torch.distributed.is_initialized()


def test_one_process_is_the_first_whatever_a_launcher_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "3")
    assert Devices().rank == 0
    assert Devices(devices=4).rank == 3


def test_who_has_been_launched(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Devices(devices=2)
    assert not two.launched
    # a Slurm batch script is a task of its own: it must start the others itself
    monkeypatch.setenv("SLURM_PROCID", "0")
    monkeypatch.setenv("SLURM_LOCALID", "0")
    assert not two.launched
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "2")
    assert two.launched
    monkeypatch.delenv("SLURM_STEP_NUM_TASKS")
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert two.launched


def test_several_nodes_need_a_launcher() -> None:
    with pytest.raises(BadInput, match=r"^trainer\.nodes: 2 nodes need a launcher; start the command with "):
        _ = Devices(nodes=2).launched


def test_a_launcher_that_started_another_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "4"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match="devices=2 times nodes=1 is 2, but the launcher started 4 processes"):
        Devices(devices=2).join()


def test_more_gpus_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(BadInput, match="2 GPUs are asked for, torch sees 1"):
        Devices(devices=2).join()


def test_the_variables_of_a_slurm_step(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "4", "SLURM_LOCALID": "1", "SLURM_NODEID": "1",
        "SLURM_NODELIST": "node[07-08]", "SLURM_JOB_ID": "123456", "SLURM_NTASKS": "4", "SLURM_NTASKS_PER_NODE": "2",
        "SLURM_JOB_NAME": "exapt",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert from_slurm() == {
        "RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "GROUP_RANK": "1", "MASTER_ADDR": "node07",
        "MASTER_PORT": "18456",
    }  # fmt: skip
    assert Devices(devices=2, nodes=2).rank == 3


def test_lightning_takes_no_state_and_no_ranks_from_slurm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_NTASKS", "2")
    monkeypatch.setenv("SLURM_JOB_NAME", "exapt")
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    trainer = Devices(accelerator="cpu").trainer("32-true", logger=False)
    assert (trainer.world_size, trainer.global_rank) == (1, 0)
    connector = trainer._accelerator_connector
    assert type(connector.cluster_environment).__name__ == "LightningEnvironment"


def test_quiet_hides_advice_and_nothing_else() -> None:
    logger = logging.getLogger("pytorch_lightning")
    before = logger.level
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with Devices.quiet():
            assert logger.level == logging.ERROR
            warnings.warn("The 'train' dataloader does not have many workers which may be", stacklevel=1)
            warnings.warn("The `srun` command is available on your system but is not used. HINT: If", stacklevel=1)
            warnings.warn("an overflow was met", stacklevel=1)
    assert logger.level == before
    assert [str(w.message) for w in heard] == ["an overflow was met"]


def test_a_sigterm_is_no_success() -> None:
    """Lightning ends with 0 after a SIGTERM: a scheduler would take the run for finished."""
    level = logging.getLogger("pytorch_lightning").level
    with pytest.raises(SystemExit) as caught, Devices.quiet():
        raise SIGTERMException
    assert caught.value.code == 143
    assert logging.getLogger("pytorch_lightning").level == level
