"""Where a run computes: nothing here can change a number (beyond rounding), so nothing here is part of its identity."""

from __future__ import annotations

import logging
import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Literal, TypeVar

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from lightning_fabric.plugins.environments.slurm import SLURMEnvironment
from lightning_fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from pytorch_lightning.utilities.exceptions import SIGTERMException

from exapt.errors import BadInput
from exapt.settings import settings

T = TypeVar("T")
# advice on what is done on purpose: no workers for lists that are padded on the fly, resume in the middle of an epoch
ADVICE = (
    "does not have many workers", "resuming from a checkpoint that ended", "LeafSpec", "lr_scheduler.step",
    "No device id", "sync_dist=True", "TF32", "The number of training batches", "Found .* in eval mode",
    "`srun` command is available",
)  # fmt: skip
WAIT = timedelta(days=2)  # one process may wait for another's run; a lost process is noticed by its closed connection


@settings
class Devices:
    """The processors of a run.

    Attributes:
        accelerator: `auto` takes a GPU where there is one.
        devices: Processes a node; the effective batch is shared out among all.
        nodes: Number of nodes.
        progress: Show progress bars (on a terminal only).
        save_every: Seconds between two states from which a killed run continues.

    Raises:
        BadInput: For fewer than one device or node.
    """

    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    devices: int = 1
    nodes: int = 1
    progress: bool = True
    save_every: float = 60.0

    def __post_init__(self) -> None:
        for key in ("devices", "nodes"):
            if getattr(self, key) < 1:
                raise BadInput(f"trainer.{key}: {getattr(self, key)} is out of range (at least 1).")

    @property
    def kind(self) -> Literal["cpu", "gpu"]:
        """The accelerator that `auto` means on this machine.

        Raises:
            BadInput: If a GPU is asked for where there is none.
        """
        if self.accelerator == "gpu" and not torch.cuda.is_available():
            raise BadInput(
                "trainer.accelerator=gpu: torch sees no GPU here; use trainer=auto, or look at `exapt doctor`."
            )
        return "gpu" if self.accelerator != "cpu" and torch.cuda.is_available() else "cpu"

    @property
    def world(self) -> int:
        """Number of processes over all nodes."""
        return self.devices * self.nodes

    @property
    def rank(self) -> int:
        """This process among `world`, as the launcher (torchrun, Slurm) numbered it."""
        return int(os.environ.get("RANK", os.environ.get("SLURM_PROCID", "0"))) if self.world > 1 else 0

    @property
    def launched(self) -> bool:
        """Whether a launcher (torchrun, srun) started this process as one of several, or one process is all there is.

        Raises:
            BadInput: If several nodes are asked for without one: no process can start others on another machine.
        """
        # a Slurm batch script is a task too, but the only one of its step
        if self.world == 1 or "LOCAL_RANK" in os.environ or os.environ.get("SLURM_STEP_NUM_TASKS") == str(self.world):
            return True
        if self.nodes > 1:
            raise BadInput(
                f"trainer.nodes: {self.nodes} nodes need a launcher; start the command with torchrun or srun."
            )
        return False

    def join(self) -> None:
        """Join the process group, so that one process can decide for all before training starts.

        Raises:
            BadInput: If the launcher started another number of processes, or a node has too few GPUs.
        """
        if self.world == 1 or torch.distributed.is_initialized():
            return
        if "RANK" not in os.environ and "SLURM_PROCID" in os.environ:
            os.environ.update(from_slurm())
        started = int(os.environ["WORLD_SIZE"])
        if started != self.world:
            raise BadInput(
                f"trainer: devices={self.devices} times nodes={self.nodes} is {self.world}, but the launcher started "
                f"{started} processes; make them equal."
            )
        if self.kind == "gpu":
            here = torch.cuda.device_count()
            if self.devices > here:
                raise BadInput(f"trainer.devices: {self.devices} GPUs are asked for, torch sees {here}; give {here}.")
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))  # else all processes of a node share the first
        torch.distributed.init_process_group("nccl" if self.kind == "gpu" else "gloo", timeout=WAIT)

    def decide(self, value: T) -> T:
        """The value that the first process has, in every process."""
        if self.world == 1:
            return value
        box = [value]
        torch.distributed.broadcast_object_list(box, src=0)
        return box[0]

    def gather(self, value: T) -> list[T]:
        """Every process's value, in every process, by rank."""
        if self.world == 1:
            return [value]
        box: list[Any] = [None] * self.world
        torch.distributed.all_gather_object(box, value)
        return box

    @staticmethod
    @contextmanager
    def quiet() -> Iterator[None]:
        """Leave out what Lightning says of itself; a SIGTERM ends the process with 143, not with the 0 of Lightning."""
        loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning_fabric", "torch.distributed")]
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            with warnings.catch_warnings():
                for advice in ADVICE:
                    warnings.filterwarnings("ignore", message=f".*{advice}.*")
                yield
        except SIGTERMException:
            raise SystemExit(128 + signal.SIGTERM) from None
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)

    def trainer(self, precision: Any, **arguments: Any) -> pl.Trainer:
        """A Lightning trainer on these devices with everything off that Exapt does itself."""
        # named, so that Lightning takes its ranks from `join`, not from Slurm, whose requeueing saves states of its own
        environment = TorchElasticEnvironment() if self.world > 1 else LightningEnvironment()
        return pl.Trainer(
            accelerator=self.kind, devices=self.devices, num_nodes=self.nodes, plugins=[environment],
            strategy="ddp" if self.world > 1 else "auto", precision=precision, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0,
            use_distributed_sampler=False, **arguments,
        )  # fmt: skip


def from_slurm() -> dict[str, str]:
    """The variables of torchrun, from those of a Slurm step."""
    slurm = SLURMEnvironment(auto_requeue=False)
    return {
        "RANK": os.environ["SLURM_PROCID"],
        "WORLD_SIZE": os.environ["SLURM_STEP_NUM_TASKS"],
        "LOCAL_RANK": os.environ["SLURM_LOCALID"],
        "GROUP_RANK": os.environ["SLURM_NODEID"],
        "MASTER_ADDR": slurm.main_address,
        "MASTER_PORT": str(slurm.main_port),
    }
