"""A Slurm of one node on this machine: real daemons, whose files and ports are their own, ended with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"  # of daemons, also for a user whose own path lacks it
DAEMONS = ("munged", "slurmctld", "slurmd")
COMMANDS = ("sbatch", "srun", "squeue", "scancel", "sinfo")
WAIT = 60.0  # seconds; it takes less than one
# no accounting, cgroups or affinity: nothing of the machine is touched; a node that was busy is never set aside
CONF = """
ClusterName=exapt
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
KillWait=2
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=other Nodes={host} MaxTime=INFINITE State=UP
"""
# submitit asks the accounting, which wants a database; the queue remembers for minutes too
SACCT = """#!/bin/sh
echo 'JobID|State|NodeList'
exec squeue --noheader --array --states=all --format='%i|%T|%N'
"""


def lacking() -> str:
    """What keeps a Slurm from being started here; empty if nothing does."""
    missing = [name for name in (*DAEMONS, *COMMANDS) if shutil.which(name, path=PATH) is None]
    return f"no {missing[0]}: on Debian and Ubuntu, apt-get install slurmctld slurmd slurm-client" if missing else ""


@contextmanager
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """A Slurm with two partitions, main and other, whose one node is ready.

    Args:
        folder: An empty one, for everything that the daemons write; its path is short enough for a socket.

    Yields:
        The variables of the environment with which Slurm's commands find it.
    """
    variables = {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": f"{folder}:{PATH}"}
    for name in ("state", "spool"):
        (folder / name).mkdir()
    user, host = pwd.getpwuid(os.geteuid()).pw_name, socket.gethostname().partition(".")[0]
    (folder / "slurm.conf").write_text(CONF.format(folder=folder, user=user, host=host, ports=_free_ports()))
    (folder / "sacct").write_text(SACCT)
    (folder / "sacct").chmod(0o755)
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o600)
    own = [f"--{key}={folder}/munge.{end}" for key, end in (("key-file", "key"), ("socket", "socket"))]
    own += [f"--{key}-file={folder}/munge.{key}" for key in ("pid", "log", "seed")]

    def ask(*command: str) -> str:
        said = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
        return said.stdout

    with ExitStack() as daemons:

        def start(*command: str) -> None:
            daemons.enter_context(_daemon(command, folder, variables))

        start("munged", "--force", "--foreground", *own)
        _until((folder / "munge.socket").exists)
        start("slurmctld", "-D", "-c")
        start("slurmd", "-D", "-c")
        _until(lambda: ask("sinfo", "--noheader", "--format=%T").split()[:1] == ["idle"])
        try:
            yield variables
        finally:
            ask("scancel", f"--user={user}")  # a job outlives its daemons
            _until(lambda: not ask("squeue", "--noheader"))


@contextmanager
def _daemon(command: tuple[str, ...], folder: Path, variables: dict[str, str]) -> Iterator[None]:
    program = shutil.which(command[0], path=PATH)
    assert program is not None
    with (folder / f"{command[0]}.out").open("wb") as said:
        process = subprocess.Popen(
            [program, *command[1:]], env=os.environ | variables, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(WAIT / 4)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_ports() -> list[int]:
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind(("127.0.0.1", 0))
        return [free.getsockname()[1] for free in (first, second)]


def _until(condition: Callable[[], object]) -> None:
    limit = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < limit, "Slurm did not come to that; its logs lie in the folder it was given"
        time.sleep(0.05)
