"""What identifies a fit, which versions made it, and its settings as text that builds it again."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import importlib
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exapt.cache import content_key
from exapt.errors import BadInput
from exapt.settings import one_line

LIBRARIES = ("torch", "transformers", "tokenizers", "pytorch-lightning", "numpy", "scipy")

# What can change the numbers of a fit is in its identity; what cannot is not. A test changes each of a run's settings
# and compares with these lists. Target tasks are not here: a score names its own data.
IDENTITY = ("arm", "model", "source", "method", "precision", "seeds")
NOT_IDENTITY = (
    "name", "targets", "trainer", "logger", "seed", "data_dir", "out", "audit", "strict_tokens", "keep_weights",
)  # fmt: skip


def identity(
    *,
    arm: str,
    model: dict[str, Any],
    source: dict[str, str],
    method: dict[str, Any],
    precision: str,
    seeds: dict[str, int],
) -> str:
    """SHA-256 over all that can change the numbers of a fit.

    Args:
        arm: Which arm of a claim.
        model: The model's facts, the hash of the weights it begins from among them.
        source: Digests of the source's train and dev split as they are used.
        method: The recipe (the effective batch is part of it).
        precision: The resolved precision of the forward pass.
        seeds: `init`, `order`, `draw`.
    """
    parts = (arm, model, source, method, precision, seeds)
    return content_key(dict(zip(IDENTITY, parts, strict=True)))


@functools.cache
def code(*rooms: str) -> str:
    """The first 12 digits of a SHA-256 over exapt's own source files: two states of the code never look alike.

    Args:
        rooms: Folders and files of the package to look at (`audit`, `findings`); all of it if there are none.
    """
    package = Path(__file__).resolve().parents[1]
    state = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        name = file.relative_to(package)
        if not rooms or name.parts[0].removesuffix(".py") in rooms:
            state.update(name.as_posix().encode() + b"\0" + file.read_bytes())
    return state.hexdigest()[:12]


def versions() -> dict[str, str]:
    """Versions of exapt (and the state of its code), Python and the libraries that make the numbers."""
    libraries = {name: version(name) for name in ("exapt", *LIBRARIES)}
    return {"python": platform.python_version(), "code": code(), **libraries}


def weights_digest(folder: Path) -> str:
    """SHA-256 (hex) over the names and bytes of a checkpoint's tensor files."""
    state = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as stream:
            state.update(file.name.encode() + hashlib.file_digest(stream, "sha256").digest())
    return state.hexdigest()


def settings_of(value: Any) -> Any:
    """A settings object as plain mappings with `_target_`, from which Hydra builds it again.

    Raises:
        TypeError: For an object that is no settings class, mapping, list or plain value.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        fields = {f.name: settings_of(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}
        return {"_target_": f"{kind.__module__}.{kind.__qualname__}", **fields}
    if isinstance(value, functools.partial):
        target = f"{value.func.__module__}.{value.func.__qualname__}"
        return {"_target_": target, "_partial_": True, **{k: settings_of(v) for k, v in value.keywords.items()}}
    if isinstance(value, dict):
        return {str(k): settings_of(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [settings_of(v) for v in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} is no settings class: it cannot be written into a run's configuration.")


def build(settings: Any) -> Any:
    """The inverse of `settings_of`: objects of exapt's own classes from plain mappings with `_target_`.

    Raises:
        BadInput: For a target outside exapt, one that is not there, or settings it does not take.
    """
    if isinstance(settings, list):
        return [build(v) for v in settings]
    if not isinstance(settings, dict):
        return settings
    values = {k: build(v) for k, v in settings.items() if k not in ("_target_", "_partial_")}
    if "_target_" not in settings:
        return values
    target = str(settings["_target_"])
    module, _, name = target.rpartition(".")
    kind = _own(module, name)
    partial = bool(settings.get("_partial_"))
    # a function would run; only classes of settings do nothing but hold them
    if kind is None or not (partial or (isinstance(kind, type) and dataclasses.is_dataclass(kind))):
        raise BadInput(f"_target_: {target} is no class of exapt's settings; only those are built from a run's folder.")
    try:
        return functools.partial(kind, **values) if partial else kind(**values)
    except ValidationError as error:
        raise BadInput(one_line(error)) from None
    except TypeError as error:
        raise BadInput(f"_target_: {target}: {error}; the run was made by another version of exapt.") from None


def _own(module: str, name: str) -> Any:
    """What `exapt` itself defines under a name, or None."""
    if not module.startswith("exapt."):
        return None
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        return None
    return kind if getattr(kind, "__module__", None) == module else None


def without_secrets(settings: Any) -> Any:
    """Settings with the passwords of addresses (`scheme://user:password@host`) left out."""
    if isinstance(settings, dict):
        return {k: without_secrets(v) for k, v in settings.items()}
    if isinstance(settings, list):
        return [without_secrets(v) for v in settings]
    return re.sub(r"(://[^/@\s:]*):[^/@\s]+@", r"\1:***@", settings) if isinstance(settings, str) else settings
