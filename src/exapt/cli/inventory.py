"""Which models and tasks have their files on this machine; for `exapt doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from exapt.errors import BadInput

State = Literal["ok", "-", "!"]


class Finding(NamedTuple):
    """One line of the doctor's page.

    Attributes:
        what: What was looked at.
        state: `ok`; `-`, absent and not needed by everybody; `!`, wrong.
        found: What is there, or the remedy.
    """

    what: str
    state: State
    found: str


def brief(error: Exception) -> str:
    """The text of an error on one line, at most 200 characters."""
    return " ".join(str(error).split())[:200]


def models(conf: Path) -> Iterator[Finding]:
    """For every sheet of a model, whether its files are here; nothing is loaded or fetched."""
    for sheet in sorted((conf / "model").glob("*.yaml")):
        facts = yaml.safe_load(sheet.read_text(encoding="utf-8"))
        yield Finding(sheet.stem, *_files_of(facts))


def tasks(conf: Path, data_dir: Path) -> Iterator[Finding]:
    """For every task's sheet that reads `data_dir`, which splits it has there: they are read, but nothing is built."""
    from hydra.utils import instantiate
    from omegaconf import OmegaConf

    from exapt.tasks.task import SPLITS

    for sheet in sorted((conf / "task").glob("*.yaml")):
        if "${data_dir}" not in sheet.read_text(encoding="utf-8"):
            continue
        run = OmegaConf.create({"data_dir": str(data_dir), "task": OmegaConf.load(sheet)})
        try:
            task = instantiate(run.task, _convert_="all")
        except Exception as error:
            yield Finding(sheet.stem, "!", brief(error))
            continue
        if callable(getattr(task, "build", None)):
            wanted = [file for file in task.INPUTS.values() if file is not None]
            missing = [file for file in wanted if not (data_dir / file).is_file()]
            state: State = "-" if missing else "ok"
            yield Finding(sheet.stem, state, f"{missing[0]}: no such file" if missing else "built at first use")
            continue
        read, faults = [], []
        for split in SPLITS:
            try:
                read.append(f"{split} {len(task.load(split)):,}")
            except BadInput as error:
                faults.append(brief(error).replace(f"{data_dir}{os.sep}", "").split(". ")[0].rstrip("."))
        found = ", ".join(read) if read else faults[-1]
        yield Finding(sheet.stem, "ok" if read else "-", found)


def _files_of(facts: dict[str, Any]) -> tuple[State, str]:
    name = facts.get("name_or_path")
    if name is None:
        return "ok", "drawn from the seed, needs no files"
    if name == "???":
        return "-", "any other: model.name_or_path=FOLDER or an id on the Hub"
    if Path(name).is_dir():
        return "ok", str(name)
    module = str(facts.get("package") or "").partition("/")[0]
    if module and find_spec(module) is not None:
        return "ok", f"from the package {module}"
    from huggingface_hub import try_to_load_from_cache

    revision = facts.get("revision")
    if all(
        isinstance(try_to_load_from_cache(name, file, revision=revision), str)
        for file in ("config.json", "model.safetensors")
    ):
        return "ok", f"{name}, in the Hub's cache"
    return "-", f"{name}, fetched from the Hub at first use"
