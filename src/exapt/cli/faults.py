"""From an exception to the one line that a user sees."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from pydantic import ValidationError

from exapt.errors import BadInput, did_you_mean
from exapt.settings import one_line

DEBUG = "EXAPT_DEBUG=1 shows where."


def tell(error: BaseException) -> int:
    """Print an exception's line on stderr and return its exit code; of several processes one speaks."""
    line, code = explain(error)
    if os.environ.get("RANK", "0") == "0":
        print(f"exapt: {line}", file=sys.stderr)
    return code


def explain(error: BaseException) -> tuple[str, int]:
    """The line for an exception and the exit code: 2 for what the user can mend, 1 for a fault of exapt's own."""
    chain = list(_chain(error))
    for cause in chain:
        if isinstance(cause, BadInput):
            return str(cause), 2
        if isinstance(cause, ValidationError):
            return one_line(cause), 2
    for cause in chain:
        module = type(cause).__module__.partition(".")[0]
        if module in ("hydra", "omegaconf", "antlr4"):
            return _configuration(cause), 2
        if isinstance(cause, PermissionError | IsADirectoryError | NotADirectoryError | FileNotFoundError):
            return f"{cause.filename}: {cause.strerror}.", 2
    text = " ".join(str(error).split())[:300]
    return f"this should not happen: {type(error).__name__}: {text} ({DEBUG})", 1


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    # hydra wraps what a class raises
    found = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    yield from reversed(found)


def _configuration(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines)
    if found := re.search(r"Could not find '([^']+)'", text):
        group, _, name = found[1].rpartition("/")
        known = text.partition("Available options in")[2].partition(":")[2].split()
        return f"{group or 'config'}={name}: there is no such sheet.{did_you_mean(name, known)}"
    if found := re.search(r"Could not override '([^']+)'", text):
        known = re.findall(r"Available keys: \[?'?([\w', ]+)", text)
        hint = did_you_mean(found[1], re.findall(r"\w+", known[0])) if known else ""
        return f"{found[1]}: there is no such key.{hint}"
    if found := re.search(r"You must specify '([^']+)'", text):
        key = found[1].removeprefix("task@")
        return f"{key}: is missing; give {key}=NAME (`--help` lists them)."
    if found := re.search(r"Missing mandatory value: (\S+)", text):
        return f"{found[1]}: is missing; give {found[1]}=VALUE."
    if found := re.search(r"got an unexpected keyword argument '([^']+)'", text):
        return f"{found[1]}: there is no such key."
    return f"{text[:300]} ({DEBUG})"
