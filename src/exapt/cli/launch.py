"""From a command line to finished work: Hydra's composition and sweeps, and process groups for several devices."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from exapt.cli.built import built
from exapt.cli.faults import traced
from exapt.cli.outcome import Outcome
from exapt.cli.words import SWEEP, cell_name, hydra_words
from exapt.errors import BadInput

LOG = logging.getLogger("exapt")
PARENT = "EXAPT_PARENT"  # tells a member of a group whose child it is
DONE = "done.json"  # what the first member of a group found
GRACE = 1.0  # seconds that the members of a failed group have to say why
# a run is found by its content: Hydra's own folders and files would only litter
QUIET = (
    "hydra.output_subdir=null", "hydra.run.dir=.", "hydra.job.chdir=false", "hydra/job_logging=disabled",
    "hydra/hydra_logging=disabled",
)  # fmt: skip


def conf_dir() -> Path:
    """The folder of configuration sheets: inside an installed wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "conf"
    return inside if inside.is_dir() else package.parents[1] / "conf"


def launch(verb: str, arguments: list[str]) -> int:
    """Compose the verb's configuration (or, with `-m`, many), build the object that it names and execute it.

    Returns:
        0, or the worst code of a sweep's cells; a cell that fails does not end the sweep.
    """
    speak()
    words = [hydra_words(verb, argument) for argument in arguments if argument not in SWEEP]
    sweep = len(words) < len(arguments)
    if not sweep and any(word.startswith("hydra/launcher=") for word in words):
        raise BadInput("hydra/launcher: starts the cells of a sweep; add -m, also for one cell.")
    # Hydra prints its own errors and exits with 1; raised errors become one line and exit code 2
    os.environ["HYDRA_FULL_ERROR"] = "1"
    import hydra
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig

    from exapt.cli.sweep import leave, process, swept

    outcomes: list[Outcome] = []
    here = process()

    def job(config: DictConfig) -> None:
        speak()
        try:
            outcome = execute(config)
        except Exception as error:  # Hydra adds lines of its own to one that it sees
            fault, code = traced(error)
            cell = cell_name(words, list(HydraConfig.get().overrides.task)) if sweep else ""
            outcome = Outcome(code, fault, cell=cell)
        if process() != here:  # a launcher's own
            leave(outcome)
            return
        outcome.tell()
        outcomes.append(outcome)

    folder: AbstractContextManager[list[str]] = swept(outcomes) if sweep else nullcontext([])
    with folder as where:
        before, sys.argv = sys.argv, [f"exapt {verb}", *(SWEEP[:1] if sweep else ()), *QUIET, *where, *words]
        try:
            hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name=verb)(job)()
        finally:
            sys.argv = before
    left = [Path(outcome.folder) for outcome in outcomes if outcome.folder is not None]
    if len(left) > 1:
        print(f"\n{len(left)} runs side by side: exapt report {left[0].parent}", flush=True)
    return max((outcome.code for outcome in outcomes), default=0)


def execute(config: Any) -> Outcome:
    """Build what a composed configuration names and execute it, here or in a process group."""
    from omegaconf import OmegaConf

    OmegaConf.resolve(config)
    missing = sorted(OmegaConf.missing_keys(config))
    if missing:
        raise BadInput(f"{missing[0]}: is missing; give {missing[0]}=VALUE.")
    work = built(config)
    devices = getattr(work, "trainer", None)
    if devices is not None and not devices.launched:
        return _group(OmegaConf.to_yaml(config), devices.devices)
    result = work.execute()
    found = described(result) if devices is None or devices.rank == 0 else ""
    return Outcome(found=found, folder=str(result.folder) if hasattr(result, "folder") else None)


def described(result: Any) -> str:
    """What to print of a finished run or audit."""
    from exapt.findings import Page

    if isinstance(result, Page):
        from exapt.report.findings import findings_page

        return findings_page(result)

    if not hasattr(result, "record"):
        return ""
    from exapt.report.summary import meaning, short_table

    return f"\n{short_table(result.record)}\n\n{meaning(result.record)}\n\nreport: {result.folder / 'report.md'}"


def _group(config: str, processes: int) -> Outcome:
    """Start one process a device on a resolved configuration, and end them all when one fails.

    Raises:
        BadInput: What the first process that met it has to say.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="exapt-") as folder:
        file = Path(folder) / "resolved.yaml"
        file.write_text(config, encoding="utf-8")
        group: list[subprocess.Popen[bytes]] = []
        try:
            for rank in range(processes):
                place = {
                    "RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes, "LOCAL_WORLD_SIZE": processes,
                    "GROUP_RANK": 0, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, PARENT: os.getpid(),
                    "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", max(1, (os.cpu_count() or 1) // processes)),
                }  # fmt: skip
                environment = {**os.environ, **{k: str(v) for k, v in place.items()}}
                group.append(subprocess.Popen([sys.executable, "-m", "exapt.cli.launch", str(file)], env=environment))
            while (codes := [p.poll() for p in group]).count(0) < processes:
                if any(codes):
                    time.sleep(GRACE)  # the others fail for the same reason, or for want of the first
                    return _fault(Path(folder), [p.poll() for p in group])
                time.sleep(0.1)
        finally:
            for process in group:
                process.kill()  # one that waits for a lost member hears nothing else; a run survives it
            for process in group:
                process.wait()
        return Outcome.read(Path(folder) / DONE)


def _fault(folder: Path, codes: list[int | None]) -> Outcome:
    """Say why a group failed: first what the user can mend; the rest may only follow from a member's death."""
    told = {code: [f.read_text(encoding="utf-8") for f in sorted(folder.glob(f"{code}-*"))] for code in (2, 1)}
    if told[2]:
        raise BadInput(told[2][0])
    killed = [(rank, -code) for rank, code in enumerate(codes, start=1) if code is not None and code < 0]
    if killed:
        rank, number = killed[0]
        told[1] = [f"process {rank} of {len(codes)} was killed by signal {number}; the same command continues."]
    return Outcome(next((code for code in codes if code is not None and code > 0), 1), "".join(told[1][:1]))


def speak() -> None:
    """Say on stderr what happens, in exapt's words only; of several processes one speaks."""
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    LOG.disabled = False  # Hydra turns off what exists before it
    if os.environ.get("RANK", "0") == "0":
        handler = logging.StreamHandler()  # a fresh one: stderr may be another than before
        handler.setFormatter(logging.Formatter("%(message)s"))
        LOG.handlers[:] = [handler]


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _member(file: Path) -> int:
    """One process of a group; what it has to say of a fault it leaves beside its configuration, for its parent."""
    speak()
    threading.Thread(target=_die_with, args=(int(os.environ[PARENT]),), daemon=True).start()
    from omegaconf import OmegaConf

    try:
        outcome = execute(OmegaConf.load(file))
        if os.environ["RANK"] == "0":
            outcome.write(file.with_name(DONE))
        return outcome.code
    except Exception as error:
        line, code = traced(error)
        part = file.with_name(f"part-{os.getpid()}")
        part.write_text(line, encoding="utf-8")
        part.rename(file.with_name(f"{code}-{os.environ['RANK']:0>4}"))
        return code
    except KeyboardInterrupt:
        return 130
    except SystemExit as error:  # Lightning makes an exit of an interrupt and of a SIGTERM
        return error.code if isinstance(error.code, int) and error.code else 1


if __name__ == "__main__":
    # a process group left behind would wait for its lost member at exit
    CODE = _member(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(CODE)
