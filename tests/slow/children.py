"""Real processes without the price of imports: forked from a server that has imported torch and Lightning once."""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
# the server computes nothing itself: autograd refuses to work in the fork of a process that has used it
CONTEXT.set_forkserver_preload(["exapt.cli.launch", "exapt.study.predict", "exapt.report.summary", "hydra"])
WAIT = 300  # seconds; far more than any child needs


def start(
    work: Callable[..., Any], *arguments: Any, said: Path | None = None, environment: Mapping[str, str] | None = None
) -> BaseProcess:
    """Start `work(*arguments)` in a process of its own; what it writes on stdout and stderr is appended to `said`."""
    child = CONTEXT.Process(target=_child, args=(work, arguments, said, dict(environment or {})))
    child.start()
    return child


def end(child: BaseProcess, seconds: float = WAIT) -> int:
    """Wait for a child; its exit code, or minus the signal that killed it. A child that hangs is killed."""
    child.join(seconds)
    if child.exitcode is None:
        child.kill()
        child.join()
        raise AssertionError(f"a child process did not end within {seconds:g} s")
    return child.exitcode


def call(work: Callable[..., Any], *arguments: Any, said: Path | None = None, **environment: str) -> int:
    """Start and wait; the exit code."""
    return end(start(work, *arguments, said=said, environment=environment))


def _child(
    work: Callable[..., Any], arguments: tuple[Any, ...], said: Path | None, environment: dict[str, str]
) -> None:
    if said is not None:
        handle = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
    os.environ.update(environment)
    code = 1
    try:
        made = work(*arguments)
        code = made if isinstance(made, int) else 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException as error:
        traceback.print_exception(error)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # a process group left behind would wait for its lost member
