"""`exapt claim --calibrate [--seed S] [--draws N] [--out FOLDER]`: the rule of the verdicts on simulated studies."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from exapt.errors import BadInput, did_you_mean
from exapt.evaluation.calibration import calibrate
from exapt.evaluation.calibration_cells import Calibration
from exapt.files import write_atomically, write_json
from exapt.report.calibration import calibration_page

FLAGS = ("--seed", "--draws", "--out")
DRAWS = 2000


def command(arguments: list[str]) -> int:
    """Calibrate the rule and print the page.

    Args:
        arguments: The words behind `exapt claim`, `--calibrate` among them.

    Returns:
        0 if level and coverage keep their targets, otherwise 1.

    Raises:
        BadInput: For a word that is no flag, a number that is none, or an `--out` that is no folder.
    """
    given = _given(arguments)
    seed = _whole("--seed", given.get("--seed", "0"), 0)
    draws = _whole("--draws", given.get("--draws", str(DRAWS)), 1)
    out = Path(given["--out"]) if "--out" in given else None
    if out is not None and out.exists() and not out.is_dir():
        raise BadInput(f"claim --calibrate: --out {out} is no folder; give the name of one.")
    if out is not None:  # before twenty minutes of work
        out.mkdir(parents=True, exist_ok=True)
        if not os.access(out, os.W_OK):
            raise BadInput(f"claim --calibrate: --out {out} cannot be written; give another folder.")
    found = _with_bar(draws, seed)
    page = calibration_page(found)
    if out is not None:
        write_json(out / "calibration.json", found.model_dump(mode="json"))
        write_atomically(out / "calibration.md", lambda p: p.write_text(page, encoding="utf-8"))
    print(page, flush=True)
    return 0 if found.met else 1


def _given(arguments: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    words = iter(word for word in arguments if word != "--calibrate")
    for word in words:
        flag, sign, value = word.partition("=")
        if flag not in FLAGS:
            raise BadInput(f"claim --calibrate: '{word}' is no flag of it.{did_you_mean(flag, FLAGS)}")
        given[flag] = value if sign else next(words, "")
        if not given[flag] or given[flag].startswith("--"):
            raise BadInput(f"claim --calibrate: {flag} wants a value behind it.")
    return given


def _whole(flag: str, value: str, least: int) -> int:
    if not (value.isascii() and value.isdecimal()) or int(value) < least:
        raise BadInput(f"claim --calibrate: {flag} {value} is no whole number; give {least} or more.")
    return int(value)


def _with_bar(draws: int, seed: int) -> Calibration:
    """Calibrate with a bar on stderr, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(24), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("calibration", total=1.0)
        return calibrate(draws, seed, lambda title, share: progress.update(bar, description=title, completed=share))
