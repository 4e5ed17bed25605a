"""From an exception to the one line that a user sees."""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from exapt.cli.words import plain_word
from exapt.errors import BadInput, did_you_mean
from exapt.settings import one_line

DEBUG = "EXAPT_DEBUG=1 shows where."
PLACES = {
    errno.EACCES,
    errno.EPERM,
    errno.ENOENT,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.EROFS,
    errno.ENAMETOOLONG,
}
LAUNCHERS = ("joblib", "submitit_local", "submitit_slurm")  # of the extra `sweep`
FULL = {errno.ENOSPC, errno.EDQUOT}


def tell(error: BaseException, cell: str = "") -> int:
    """Print an exception's line on stderr and return its exit code; of several processes one speaks.

    Args:
        error: The exception; its traceback is printed first if `EXAPT_DEBUG` is set.
        cell: Which cell of a sweep it belongs to.
    """
    line, code = traced(error)
    say(line, cell)
    return code


def traced(error: BaseException) -> tuple[str, int]:
    """What `explain` says; the traceback is printed first if `EXAPT_DEBUG` is set."""
    if os.environ.get("EXAPT_DEBUG"):
        traceback.print_exception(error)
    return explain(error)


def say(line: str, cell: str = "") -> None:
    """Print the line of a fault, and which cell of a sweep it belongs to; of several processes one speaks."""
    if os.environ.get("RANK", "0") == "0":
        print(f"exapt: {f'{cell}: ' if cell else ''}{line}", file=sys.stderr)


def explain(error: BaseException) -> tuple[str, int]:
    """The line for an exception and the exit code: 2 for what the user can mend, 1 for a fault of exapt's own."""
    chain = list(_chain(error))
    for cause in chain:
        if isinstance(cause, BadInput):
            return _one_line(str(cause)), 2
        if isinstance(cause, ValidationError):
            return _one_line(_setting(cause, chain)), 2
    for cause in chain:
        library = type(cause).__module__.partition(".")[0]
        if library == "yaml":
            return _one_line(_unreadable(cause)), 2
        if library in ("submitit", "joblib"):
            return _lost(str(cause))
        if 'Could not detect "srun"' in str(cause):  # submitit's, but a plain RuntimeError
            return "hydra/launcher=submitit_slurm: there is no Slurm here; joblib and submitit_local need none.", 2
        if library in ("hydra", "omegaconf"):
            return _one_line(_configuration(cause, chain)), 2
        if isinstance(cause, OSError) and (cause.errno in FULL or (cause.errno in PLACES and cause.filename)):
            place = f"{cause.filename}: " if cause.filename else ""
            full = "free some space, and the same command continues"
            return _one_line(f"{place}{cause.strerror}; {full if cause.errno in FULL else 'check the path'}."), 2
        if "Config group override must be a string" in str(cause):  # Hydra's, but a plain ValueError
            return "a number or a flag stands where the name of a sheet belongs, as in model=tiny.", 2
        if isinstance(cause, MemoryError) or "OutOfMemory" in type(cause).__name__ or "allocate memory" in str(cause):
            return "out of memory; take a smaller method.batch, method.max_length or model.", 2
    text = _one_line(str(error))[:300]
    return f"this should not happen: {type(error).__name__}: {text} ({DEBUG})", 1


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it was raised from; not what was being handled by the way, which may have been mended."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__
    yield from found


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _setting(error: ValidationError, chain: list[BaseException]) -> str:
    """A validation error's line with the key as it stands in the configuration, which Hydra's error around it knows."""
    line = one_line(error)
    around = [str(outer) for outer in chain[: chain.index(error)] if type(outer).__module__.startswith("hydra")]
    if not around or not line.startswith(f"{error.title}: "):
        return line
    key = re.search(r"^full_key: (\S+)", around[-1], flags=re.MULTILINE)
    place = (f"{key[1]}." if key else "") + ".".join(map(str, error.errors()[0]["loc"]))
    if place == "targets" and error.errors()[0]["type"] == "dict_type":
        return "targets: is no single value; say target=NAME, once for each."
    if error.errors()[0]["type"] == "is_instance_of":
        return f"{place}: is not made from a sheet; choose one by its name (target=NAME for a target)."
    return (f"{key[1]}." if key else "") + line.removeprefix(f"{error.title}: ")


def _unreadable(error: BaseException) -> str:
    """Which sheet is no YAML, and where."""
    mark = getattr(error, "problem_mark", None)
    place = f"{mark.name}, line {mark.line + 1}" if mark is not None else getattr(error, "name", "a sheet")
    why = getattr(error, "problem", None) or getattr(error, "reason", "it cannot be read")
    return f"{place}: is not YAML ({why}); mend that line."


def _lost(text: str) -> tuple[str, int]:
    """What a launcher says of jobs that could not be sent, or of one that ended before its work was done."""
    if text.startswith("sbatch: "):
        return _one_line(f"{text.strip()}; hydra.launcher holds what Slurm is asked for."), 2
    if found := re.match(r"Job (\S+) .*?\(state: (.*?)\)", text, flags=re.DOTALL):
        what = f"job {found[1]} left no result ({found[2]})"
    elif found := re.search(r"with trace:.*\n(.+?)\n+-+\n", text, flags=re.DOTALL):
        what = f"a job failed ({found[1].rpartition(chr(10))[2]})"
    else:
        what = f"a process was lost ({text[:200]})"
    return _one_line(f"{what}; the same command continues."), 1


def _configuration(error: BaseException, chain: list[BaseException]) -> str:
    text = _one_line(str(error))
    if sheet := getattr(error, "missing_cfg_file", None):
        group, _, name = str(sheet).rpartition("/")
        if group == "hydra/launcher" and name in LAUNCHERS:
            return f"{group}={name}: is not installed; pip install '.[sweep]' in the checkout."
        kind = group.removeprefix("hydra/").partition("/")[0] or "configuration"
        return f"{kind} '{name}': there is no such sheet.{did_you_mean(name, getattr(error, 'options', None) or [])}"
    if word := getattr(error, "override", None):
        why = text.partition(" See https:")[0].partition(" expecting {")[0]
        return f"{plain_word(word)}: cannot be read ({why}); close its brackets and quotes."
    if found := re.search(r"Ambiguous value for argument '(.+?)' 1\.", text):
        return f"{plain_word(found[1])}: has several values; add -m to run each of them."
    if found := re.search(r"Could not override '([^']+)'", text):
        around = [node for cause in chain if (node := getattr(cause, "parent_node", None)) is not None]
        known = [str(key) for node in around for key in node if not str(key).startswith(("_", "hydra"))]
        inner = [f"{k}.{found[1]}" for node in around for k in known if _holds(node, k, found[1])]
        hint = f" Did you mean '{inner[0]}'?" if inner else did_you_mean(found[1], known)
        return f"{found[1]}: there is no such key.{hint}"
    if found := re.search(r"You must specify '([^']+)'", text):
        key = found[1].removeprefix("task@")
        return f"{key}: is missing; give {key}=NAME (--help lists them)."
    if found := re.search(r"Missing mandatory value: (\S+)", text):
        return f"{found[1]}: is missing; give {found[1]}=VALUE."
    if found := re.search(r"got an unexpected keyword argument '([^']+)'", text):
        return f"{found[1]}: there is no such key."
    if found := re.search(r"Interpolation key '([^']+)' not found", text):
        return f"${{{found[1]}}}: names a key that is not there."
    if found := re.search(r"(\S+) appears more than once in the final defaults list", text):
        return f"{plain_word(found[1])}: is given more than once; leave one of them out."
    return f"{text[:300]} ({DEBUG})"


def _holds(node: Any, group: str, key: str) -> bool:
    """Whether a group of a configuration has a key of this name."""
    from omegaconf import DictConfig

    inner = node._get_node(group) if isinstance(node, DictConfig) else None
    return isinstance(inner, DictConfig) and not inner._is_missing() and not inner._is_none() and key in inner
