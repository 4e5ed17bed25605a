"""Where a pretrained model's files lie (a folder, an installed package, the Hub and its cache) and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError
from safetensors import SafetensorError, safe_open

from exapt.errors import BadInput

FILES = ["*.json", "*.txt", "*.model", "model*.safetensors"]


def first_line(error: Exception) -> str:
    """An error's text on one line, at most 160 characters."""
    return " ".join(str(error).split())[:160]


def find_files(name: str, revision: str | None, package: str | None, code: bool) -> tuple[Path, str | None]:
    """The folder that holds a model's files.

    Args:
        name: A local folder, or an id on the Hub.
        revision: Commit, tag or branch on the Hub.
        package: An installed Python package (`package/folder`) that carries the same files.
        code: Whether Python files are fetched as well.

    Returns:
        The folder, and the Hub's commit if the files came from there.

    Raises:
        BadInput: If there is no such model, or it cannot be reached.
    """
    if Path(name).is_dir():
        return Path(name), None
    if package is not None:
        module, _, inner = package.partition("/")
        spec = find_spec(module)
        if spec is not None and spec.submodule_search_locations:
            return Path(spec.submodule_search_locations[0]) / inner, None
    return _from_hub(name, revision, FILES + (["*.py"] if code else []))


def lacking(files: Sequence[Path], names: Sequence[str], parts: Sequence[str]) -> list[str]:
    """Which tensors of some parts of a network its weight files lack, sorted.

    Args:
        files: Weight files.
        names: All tensors of the network.
        parts: The parts, by a piece of their tensors' names.
    """
    stored = [f".{name}" for file in files for name in tensor_names(file)]
    wanted = [name for name in names if any(part in name.split(".") for part in parts)]
    # a bare backbone's names lack the prefix
    tails = {name: "." + name[min(name.find(p) for p in parts if p in name) :] for name in wanted}
    return sorted(name for name, tail in tails.items() if not any(key.endswith(tail) for key in stored))


def find_tensor(files: Sequence[Path], name: str) -> np.ndarray | None:
    """A tensor by its name in the network, float32; a bare backbone's names lack the prefix. None if there is none."""
    for file in files:
        for key in tensor_names(file):
            if f".{key}".endswith(f".{name}") or f".{name}".endswith(f".{key}"):
                return read_tensor(file, key)
    return None


def tensor_names(file: Path) -> list[str]:
    """Names of the tensors in a safetensors file; the tensors are not read.

    Raises:
        BadInput: If it is none, or broken off.
    """
    try:
        with safe_open(file, framework="pt") as tensors:
            return list(tensors.keys())
    except (OSError, SafetensorError) as error:
        raise BadInput(f"{file}: cannot be read as weights ({first_line(error)}); fetch it again.") from None


def read_tensor(file: Path, name: str) -> np.ndarray:
    """One tensor of a safetensors file, as float32; the others are not read.

    Raises:
        BadInput: If the file is broken off.
    """
    try:
        with safe_open(file, framework="pt") as tensors:  # numpy has no bfloat16
            found: np.ndarray = tensors.get_tensor(name).float().numpy()
    except (OSError, SafetensorError) as error:
        raise BadInput(f"{file}: cannot be read as weights ({first_line(error)}); fetch it again.") from None
    return found


def _from_hub(name: str, revision: str | None, patterns: list[str]) -> tuple[Path, str]:
    try:
        commit = HfApi().model_info(name, revision=revision, timeout=5).sha
    except (RepositoryNotFoundError, HFValidationError):
        raise BadInput(
            f"model '{name}' is neither a folder here nor a model on the Hub (or it is private: `hf auth login`)."
        ) from None
    except Exception:  # no network, offline mode, a proxy's refusal: the local cache may still have it
        commit = None
    try:
        folder = snapshot_download(
            name, revision=commit or revision, allow_patterns=patterns, local_files_only=commit is None
        )
    except LocalEntryNotFoundError:
        raise BadInput(
            f"model '{name}' is not in the local cache and the Hub cannot be reached; connect once, or give a folder: "
            "model.name_or_path=DIR."
        ) from None
    except (HfHubHTTPError, OSError) as error:
        raise BadInput(f"model '{name}' could not be fetched from the Hub ({first_line(error)}).") from None
    return Path(folder), Path(folder).name
