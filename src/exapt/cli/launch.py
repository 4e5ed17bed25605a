"""From a command line to finished work: Hydra's composition and sweeps, and a process group of its own for every run on several devices."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from exapt.cli.faults import tell
from exapt.errors import BadInput

LOG = logging.getLogger("exapt")
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
    """Compose the verb's configuration (or, with `-m`, many), build the object that it names and execute it."""
    speak()
    # Hydra prints its own errors and exits with 1; raised errors become one line and exit code 2
    os.environ["HYDRA_FULL_ERROR"] = "1"
    import hydra
    from omegaconf import DictConfig

    overrides = [hydra_words(verb, argument) for argument in arguments]
    sweep = {"-m", "--multirun"} & set(overrides)
    own = [*QUIET, f"hydra.sweep.dir={Path(tempfile.gettempdir()) / 'exapt-sweeps'}"] if sweep else list(QUIET)
    codes: list[int] = []

    def job(config: DictConfig) -> None:
        # Hydra adds lines of its own to an error that it sees; and one bad cell does not end a sweep
        try:
            codes.append(execute(config))
        except Exception as error:
            if os.environ.get("EXAPT_DEBUG"):
                raise
            codes.append(tell(error))

    before, sys.argv = sys.argv, [f"exapt {verb}", *overrides, *own]
    try:
        hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name=verb)(job)()
    finally:
        sys.argv = before
    return max(codes, default=0)


def hydra_words(verb: str, argument: str) -> str:
    """The short words of the command line in Hydra's own grammar.

    `experiment=NAME` means the experiments of this verb, `source=NAME` the sheet of a task in the role of the source, and
    `target=NAME` adds a task as a target under its own name. Keys with a dot may be left out of a sheet: the class that
    the sheet names has defaults, and refuses what it does not know.
    """
    key, sign, value = argument.partition("=")
    if not sign:
        return argument
    if key == "experiment":
        return f"experiment/{verb}@_global_={value}"
    if verb == "run" and key == "source":
        return f"task@source={value}"
    if verb == "run" and key == "target":
        return f"+task@targets.{value}={value}"
    plain = key[:1].isalpha() and not key.startswith("hydra") and not {"@", "/"} & set(key)
    return f"++{argument}" if plain and "." in key else argument


def execute(config: Any) -> int:
    """Build what a composed configuration names and execute it, here or in a process group."""
    from omegaconf import OmegaConf

    OmegaConf.resolve(config)
    missing = sorted(OmegaConf.missing_keys(config))
    if missing:
        raise BadInput(f"{missing[0]}: is missing; give {missing[0]}=VALUE.")
    from hydra.utils import instantiate

    work = instantiate(config, _convert_="all")
    devices = getattr(work, "trainer", None)
    if devices is not None and not devices.launched:
        return _group(OmegaConf.to_yaml(config), devices.devices)
    result = work.execute()
    if devices is None or devices.rank == 0:
        show(result)
    return 0


def show(result: Any) -> None:
    """Print what a finished run found."""
    from exapt.study.run import Finished

    if not isinstance(result, Finished):
        return
    from exapt.report.summary import meaning, short_table

    print(
        f"\n{short_table(result.record)}\n\n{meaning(result.record)}\n\nreport: {result.folder / 'report.md'}",
        flush=True,
    )


def _group(config: str, processes: int) -> int:
    """Start one process a device on a resolved configuration, and end them all when one fails."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="exapt-") as folder:
        file = Path(folder) / "resolved.yaml"
        file.write_text(config, encoding="utf-8")
        group = []
        for rank in range(processes):
            place = {
                "RANK": rank,
                "LOCAL_RANK": rank,
                "WORLD_SIZE": processes,
                "LOCAL_WORLD_SIZE": processes,
                "NODE_RANK": 0,
            }
            address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "EXAPT_PARENT": os.getpid()}
            threads = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", max(1, (os.cpu_count() or 1) // processes))}
            environment = {**os.environ, **{k: str(v) for k, v in (place | address | threads).items()}}
            group.append(subprocess.Popen([sys.executable, "-m", "exapt.cli.launch", str(file)], env=environment))
        try:
            while (codes := [p.poll() for p in group]).count(0) < processes:
                if failed := [c for c in codes if c]:
                    time.sleep(1.0)  # the one that failed first says why
                    return failed[0] if failed[0] > 0 else 1
                time.sleep(0.1)
        finally:
            for process in group:
                process.terminate()
            for process in group:
                process.wait()
    return 0


def settings_help(verb: str) -> str:
    """The verb's settings, and the names of all sheets that can be chosen."""
    conf = conf_dir()
    lines = ["\nsettings (KEY=VALUE; a sheet's own keys as GROUP.KEY=VALUE, e.g. method.lr=1e-5)"]
    lines += [
        f"  {line}"
        for line in (conf / f"{verb}.yaml").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    for group in sorted(p for p in conf.iterdir() if p.is_dir() and p.name != "experiment"):
        names = ", ".join(sorted(p.stem for p in group.glob("*.yaml")))
        lines.append(f"\n{group.name}: {names}")
    experiments = ", ".join(sorted(p.stem for p in (conf / "experiment" / verb).glob("*.yaml")))
    return "\n".join([*lines, *([f"\nexperiment: {experiments}"] if experiments else [])])


def speak() -> None:
    """Say on stderr what happens, in exapt's words only."""
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    if not LOG.handlers and os.environ.get("RANK", "0") == "0":
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        LOG.addHandler(handler)


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _member(file: str) -> int:
    """One process of a group."""
    speak()
    threading.Thread(target=_die_with, args=(int(os.environ["EXAPT_PARENT"]),), daemon=True).start()
    from omegaconf import OmegaConf

    try:
        return execute(OmegaConf.load(file))
    except Exception as error:
        if os.environ.get("EXAPT_DEBUG"):
            raise
        return tell(error)


if __name__ == "__main__":
    # a process group left behind would wait for its lost member at exit
    sys.stdout.flush()
    CODE = _member(sys.argv[1])
    sys.stdout.flush()
    os._exit(CODE)
