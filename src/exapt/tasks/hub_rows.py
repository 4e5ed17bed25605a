"""Fetches the rows of a Hub data set: resolves the revision to a commit, keeps what was fetched, fails in a line."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from exapt.cache import cache_dir
from exapt.errors import BadInput, did_you_mean
from exapt.files import write_atomically
from exapt.tasks.reading import Raw, read_file

_Frames = dict[str, pd.DataFrame]
_COMMIT = re.compile(r"[0-9a-f]{40}")


def resolve(dataset: str, revision: str | None, timeout: float) -> str:
    """The commit that a revision of a Hub data set stands for.

    A commit is taken as it is, without asking. If the Hub cannot be reached, the revision stands for the same commit as
    when the Hub was last asked on this machine.

    Args:
        dataset: Id on the Hub, ``owner/name``.
        revision: Branch, tag or commit; None is the main branch.
        timeout: Seconds to wait for the Hub; it is asked once.

    Raises:
        BadInput: If the data set or the revision does not exist, or the Hub cannot be reached.
    """
    if revision is not None and _COMMIT.fullmatch(revision):
        return revision
    known = _folder(dataset) / "refs" / hashlib.sha256((revision or "main").encode()).hexdigest()
    try:
        commit = _ask(dataset, revision, timeout)
    except _NoAnswer as error:
        if known.exists():
            return known.read_text(encoding="utf-8")
        raise BadInput(str(error)) from None

    def write(path: Path) -> None:
        path.write_text(commit, encoding="utf-8")

    write_atomically(known, write)
    return commit


class _NoAnswer(Exception):
    """The Hub was not reached; holds the line for the user."""


def _ask(dataset: str, revision: str | None, timeout: float) -> str:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    answer: list[str | Exception] = []

    def ask() -> None:
        try:
            answer.append(str(HfApi().dataset_info(dataset, revision=revision, timeout=timeout).sha))
        except Exception as error:
            answer.append(error)

    # a thread, because no timeout of the HTTP library covers the resolving of names
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout + 1)
    got = answer[0] if answer else TimeoutError(f"no answer within {timeout:g} s")
    if isinstance(got, str):
        return got
    if isinstance(got, RevisionNotFoundError):
        raise BadInput(f"{dataset}: the Hub has no revision '{revision}' of it; give a branch, tag or commit.")
    if isinstance(got, GatedRepoError):
        raise BadInput(f"{dataset}: access must be asked for on its page; do so and log in (hf auth login).")
    if isinstance(got, RepositoryNotFoundError):
        raise BadInput(f"{dataset}: not on the Hub, or private; check the id, or log in (hf auth login).")
    if isinstance(got, HfHubHTTPError) and got.response.status_code < 500:
        raise BadInput(f"{dataset}: the Hub refused ({_first_line(got)}); check the id and the revision.")
    raise _NoAnswer(_unreachable(dataset, got))


def _unreachable(dataset: str, error: Exception) -> str:
    from huggingface_hub import constants

    return (
        f"{dataset}: cannot be fetched from {constants.ENDPOINT} ({type(error).__name__}: {_first_line(error)}); "
        f"connect to the network, or read a local copy (data_dir=FOLDER, or dataset=FOLDER)."
    )


def hub_rows(dataset: str, config: str | None, commit: str, part: str, timeout: float) -> Raw:
    """The rows of one split of a Hub data set at a commit; fetched once, then read from the cache.

    Args:
        dataset: Id on the Hub.
        config: Configuration; None where the data set has only one.
        commit: Commit (40 hex digits).
        part: The data set's own name of the split.
        timeout: Seconds to wait for the Hub to answer at all.

    Raises:
        BadInput: If the configuration or the split does not exist, or the rows cannot be fetched or understood.
    """
    folder = _folder(dataset) / commit / (config or "default")
    if not folder.is_dir():
        try:
            _ask(dataset, commit, timeout)  # fails in seconds where the library below would retry for most of a minute
        except _NoAnswer as error:
            raise BadInput(str(error)) from None
        _keep(folder, _fetch(dataset, config, commit)[0])
    parts = {p.stem: p for p in folder.glob("*.parquet")}
    origin = f"{dataset} {config or ''}".rstrip()
    _known(part, parts, origin)
    return Raw(read_file(parts[part]).frame, commit, f"{origin} {part}")


def local_rows(dataset: str, config: str | None, part: str) -> Raw:
    """The rows of one split of a data set that lies in a local folder in the Hub's layout.

    Returns:
        The rows; their digest is taken over the bytes of the split's files, in the order in which they are read.

    Raises:
        BadInput: As `hub_rows`.
    """
    frames, files = _fetch(dataset, config, None)
    origin = f"{dataset} {config or ''}".rstrip()
    _known(part, frames, origin)
    state = hashlib.sha256()
    for file in files[part]:
        state.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return Raw(frames[part], state.hexdigest(), f"{origin} {part}")


def _known(part: str, parts: Collection[str], origin: str) -> None:
    if part not in parts:
        raise BadInput(f"{origin}: the data set has no split '{part}'.{did_you_mean(part, parts)}")


def _fetch(dataset: str, config: str | None, commit: str | None) -> tuple[_Frames, dict[str, list[str]]]:
    """The frame and the files of every split."""
    import datasets
    from datasets.exceptions import DatasetGenerationError

    with tempfile.TemporaryDirectory(prefix="exapt-") as scratch, _quiet(datasets):
        try:
            names = datasets.get_dataset_config_names(dataset, revision=commit)
            if config is None and len(names) > 1:
                raise BadInput(f"{dataset}: has several configurations; set config to one of {', '.join(names)}.")
            if config is not None and config not in names:
                raise BadInput(f"{dataset}: has no configuration '{config}'.{did_you_mean(config, names)}")
            # the prepared copy is thrown away: the library's fingerprints are no identity of content
            builder = datasets.load_dataset_builder(dataset, config, revision=commit, cache_dir=scratch)
            builder.download_and_prepare()
            made: Any = builder.as_dataset()
            frames = {str(name): split.to_pandas() for name, split in made.items()}
            files = {str(name): [str(f) for f in found] for name, found in (builder.config.data_files or {}).items()}
        except BadInput:
            raise
        except DatasetGenerationError as error:
            why = _first_line(error.__cause__ or error)
            raise BadInput(f"{dataset}: its files cannot be understood ({why}); mend or fetch them again.") from None
        except Exception as error:
            # what the network raises has no stable kind: the HTTP library below has changed twice
            if commit is None:
                raise BadInput(f"{dataset}: is no data set in the Hub's layout ({_first_line(error)}).") from None
            raise BadInput(_unreachable(dataset, error)) from None
    return frames, files


def _keep(folder: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Write one Parquet file per split, the folder whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".rows-"))
    try:
        for name, frame in frames.items():
            frame.to_parquet(temporary / f"{name}.parquet", index=False)
        temporary.chmod(0o755)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same rows
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _quiet(datasets: Any) -> Iterator[None]:
    """Its bars and log lines off: what goes wrong is said in the one line of an error."""
    hidden = datasets.are_progress_bars_disabled()
    level = datasets.logging.get_verbosity()
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)
    try:
        yield
    finally:
        datasets.logging.set_verbosity(level)
        if not hidden:
            datasets.enable_progress_bars()


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    line = lines[0] if lines else type(error).__name__
    return line.rstrip(" .") if len(line) <= 160 else f"{line[:160].rpartition(' ')[0].rstrip(' .,;(')} ..."


def _folder(dataset: str) -> Path:
    """Where fetched rows of a data set are kept; safe to delete at any time."""
    return cache_dir() / "hub" / dataset.replace("/", "--")
