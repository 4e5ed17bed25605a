"""What the self-tests share: the words of their commands, and their trials dealt to processes under a progress bar."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from exapt.errors import BadInput, did_you_mean

Trial = TypeVar("Trial")
Outcome = TypeVar("Outcome")
PROCESSES = 64
# workers share the processors: one thread each, and no bars of their own
_ALONE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "TTY_COMPATIBLE": "0"}


def dealt(
    work: Callable[[Trial], Outcome], trials: Sequence[Trial], workers: int, said: Callable[[Outcome], str]
) -> list[Outcome]:
    """What `work` returns of each trial, in the order of the trials.

    Args:
        work: A function of a module; it must return the same in every process.
        trials: Best with those first that take longest.
        workers: Processes, started anew; 0 works in this one.
        said: What the bar says of a trial that is done.
    """
    found: dict[int, Outcome] = {}
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("self-test", total=len(trials))
        for number, outcome in _finished(work, trials, workers):
            found[number] = outcome
            progress.update(bar, advance=1, description=said(outcome))
    return [found[number] for number in range(len(trials))]


def words(verb: str, keys: Sequence[str], arguments: Sequence[str]) -> dict[str, str]:
    """The settings in the words behind `exapt <verb>`: `--self-test`, `--seed S` and `key=value`.

    Raises:
        BadInput: For a word that is no setting.
    """
    given: dict[str, str] = {}
    rest = iter(word for word in arguments if word != "--self-test")
    for word in rest:
        key, sign, value = word.removeprefix("--").partition("=")
        if word == "--seed":
            value = next(rest, "")
        elif key not in keys or not sign or (word.startswith("--") and key != "seed"):
            raise BadInput(f"{verb} --self-test: '{word}' is no setting of it.{did_you_mean(key, keys)}")
        given[key] = value
    return given


def whole(verb: str, given: Mapping[str, str], key: str, default: int, most: int | None = None) -> int:
    """A setting that is a whole number from 0 on.

    Raises:
        BadInput: If it is none, or above `most`.
    """
    value = given.get(key, str(default))
    if not (value.isascii() and value.isdecimal()):
        raise BadInput(f"{verb} --self-test: {key}={value} is no whole number; give 0 or more.")
    if most is not None and int(value) > most:
        raise BadInput(f"{verb} --self-test: {key}={value}: give 0 (in this process) to {most}.")
    return int(value)


def _finished(work: Callable[[Trial], Outcome], trials: Sequence[Trial], workers: int) -> Iterator[tuple[int, Outcome]]:
    if workers < 1:
        yield from ((number, work(trial)) for number, trial in enumerate(trials))
        return
    with _surroundings(), ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(work, trial): number for number, trial in enumerate(trials)}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def _surroundings() -> Iterator[None]:
    """The environment that workers read when their libraries are imported."""
    before = {name: os.environ.get(name) for name in _ALONE}
    os.environ.update(_ALONE)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
