"""`exapt doctor`: what this machine has, and what to do about what it lacks."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from exapt import __version__
from exapt.cache import cache_dir
from exapt.cli.inventory import Finding, brief, models, tasks
from exapt.cli.launch import conf_dir
from exapt.errors import BadInput

HUB_SECONDS = 2.0
WIDTH = 80
NO_DATA = Finding("data_dir", "-", "not given: exapt doctor data_dir=DIR says which tasks find their files there")


def doctor(data_dir: Path | None = None) -> int:
    """Print what this machine has, in at most 80 columns; takes a few seconds and changes nothing.

    Args:
        data_dir: A folder of data files, as in `data_dir=DIR`; says which tasks find their files in it.

    Returns:
        0, or 1 if a library of the core is missing or outside the tested range.

    Raises:
        BadInput: If `data_dir` is not a folder.
    """
    if data_dir is not None and not data_dir.is_dir():
        raise BadInput(
            f"data_dir={data_dir}: not a folder; give the folder that holds the data files, or leave it out."
        )
    conf = conf_dir()
    sections: dict[str, Callable[[], Iterator[Finding]]] = {
        "Versions": versions,
        "Machine": machine,
        "Tools and network": lambda: tools(HUB_SECONDS),
        "Extras": extras,
        "Models (files on this machine)": lambda: models(conf),
        "Tasks (files in data_dir)": lambda: tasks(conf, data_dir) if data_dir is not None else iter([NO_DATA]),
    }
    found = {title: list(_looked_at(title, look)) for title, look in sections.items()}
    _print(found)
    return int(any(line.state == "!" for line in found["Versions"]))


def versions() -> Iterator[Finding]:
    """Python, exapt and every library of the core, against the range that was tested."""
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Finding("exapt", "ok", __version__)
    for name, wanted, extra in _requirements():
        if extra is not None:
            continue
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding(name, "!", f"missing, wanted {wanted}: pip install '{name}{wanted}'")
            continue
        fits = wanted.contains(here, prereleases=True)
        yield Finding(
            name, "ok" if fits else "!", here if fits else f"{here}, tested with {wanted}: pip install '{name}{wanted}'"
        )


def machine() -> Iterator[Finding]:
    """Cores, memory, accelerators, the precision of training, and the cache."""
    import torch

    from exapt.learning.method import Method

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("cores", "ok", f"{cores} (torch uses {torch.get_num_threads()})")
    yield Finding("memory", "ok", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB")
    for index in range(torch.cuda.device_count()):
        device = torch.cuda.get_device_properties(index)
        yield Finding(f"cuda:{index}", "ok", f"{device.name}, {device.total_memory / 2**30:.0f} GiB")
    if torch.backends.mps.is_available():
        yield Finding("mps", "ok", "Apple's graphics processor")
    if not torch.cuda.device_count() and not torch.backends.mps.is_available():
        yield Finding("accelerator", "-", "none: models of MiniLM's size train here, gpt2 and larger take hours")
    precision = Method().resolved_precision("gpu" if torch.cuda.is_available() else "cpu")
    fast = precision == "bf16-mixed"
    yield Finding(
        "precision", "ok" if fast else "-", precision if fast else f"{precision}: no bf16, about half as fast"
    )
    folder = cache_dir()
    size = sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0
    yield Finding("cache", "ok", f"{folder} ({size / 2**20:.0f} MiB; EXAPT_CACHE moves it, safe to delete)")


def tools(seconds: float) -> Iterator[Finding]:
    """BLAST, MMseqs2, Slurm and the Hub."""
    from exapt.builders import blast, mmseqs

    for name, version in (("BLAST", blast.version), ("MMseqs2", mmseqs.version)):
        try:
            yield Finding(name, "ok", version())
        except BadInput as error:
            yield Finding(name, "-", brief(error))
    yield _slurm(seconds)
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        yield Finding("Hub", "-", "HF_HUB_OFFLINE is set: only what is in the Hub's cache can be used")
        return
    fault = _reach(constants.ENDPOINT, seconds)
    remedy = f"{constants.ENDPOINT} {fault}: set HF_HUB_OFFLINE=1 to use what is here without waiting"
    yield Finding("Hub", "-" if fault else "ok", remedy if fault else f"{constants.ENDPOINT} answers")


def extras() -> Iterator[Finding]:
    """Which optional parts are installed."""
    groups: dict[str, list[str]] = {}
    for name, _, extra in _requirements():
        if extra is not None:
            groups.setdefault(extra, []).append(name)
    for extra, names in groups.items():
        missing = [name for name in names if not _installed(name)]
        remedy = f"pip install '.[{extra}]' in the checkout adds {', '.join(missing)}"
        yield Finding(extra, "-" if missing else "ok", remedy if missing else "installed")


def _slurm(seconds: float) -> Finding:
    program = shutil.which("sbatch")
    if program is None:
        return Finding("Slurm", "-", "no sbatch: sweeps run here; hydra/launcher=joblib runs their cells side by side")
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):  # without its cluster's configuration it knows not even its version
        return Finding("Slurm", "-", f"{program} finds no cluster")
    return Finding("Slurm", "ok", f"{said.stdout.split()[-1]}: sweeps may say hydra/launcher=submitit_slurm")


def _looked_at(title: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A section's findings; what cannot be looked at is a finding too, and the rest of the page is printed."""
    try:
        yield from look()
    except Exception as error:
        yield Finding(
            title.split(" ")[0].lower(), "!", f"could not be looked at: {type(error).__name__}: {brief(error)}"
        )


def _requirements() -> Iterator[tuple[str, Any, str | None]]:
    """Name, range and extra (None for the core) of everything that the installed exapt asks for."""
    from packaging.requirements import Requirement

    groups = metadata.metadata("exapt").get_all("Provides-Extra") or []
    for text in metadata.requires("exapt") or []:
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield wanted.name, wanted.specifier, None
        for extra in groups:
            if wanted.marker is not None and wanted.marker.evaluate({"extra": extra}):
                yield wanted.name, wanted.specifier, extra


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _reach(address: str, seconds: float) -> str | None:
    """None if the address answers in time, else why not; a thread, because looking up a name heeds no time limit."""
    outcome: list[str | None] = [f"gives no answer in {seconds:g} s"]

    def ask() -> None:
        try:
            with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=seconds):
                outcome[0] = None
        except urllib.error.HTTPError as error:
            outcome[0] = f"refuses ({error.code})" if error.code >= 400 else None
        except (OSError, ValueError) as error:
            outcome[0] = f"cannot be reached ({getattr(error, 'reason', error)})"

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds + 0.5)
    return outcome[0]


def _print(found: dict[str, list[Finding]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    console = Console(highlight=False, width=min(WIDTH, console.width))
    style = {"ok": "green", "-": "yellow", "!": "bold red"}
    widest = max(len(line.what) for lines in found.values() for line in lines)
    for title, lines in found.items():
        console.print(Text(title, style="bold"))
        table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
        table.add_column(width=1)
        table.add_column(width=widest, no_wrap=True)
        table.add_column(width=2)
        table.add_column(overflow="fold")
        for line in lines:
            table.add_row("", Text(line.what), Text(line.state, style=style[line.state]), Text(line.found))
        console.print(table)
