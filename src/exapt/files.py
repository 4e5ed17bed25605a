"""Writes files whole or not at all, and reads what was written strictly."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from exapt.errors import BadInput

Part = TypeVar("Part", bound=BaseModel)


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that a reader sees all of it or none.

    Args:
        path: The file to make or replace; its folder is made.
        write: Called with a temporary path in the same folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically, with sorted keys, so that equal content gives equal bytes."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))


def read_part(file: Path, kind: type[Part], said: str, hint: str) -> Part:
    """Read a JSON file as a class of pydantic, strictly.

    Args:
        file: The file.
        kind: The class.
        said: What the file should be, such as "a record of schema 1".
        hint: What to do where it is not there.

    Raises:
        BadInput: If it is not there, cannot be read, is no JSON, or does not fit the class.
    """
    try:
        return kind.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise BadInput(f"{file}: there is no such file; {hint}.") from None
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}).") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BadInput(f"{file}: not {said}: {place}: {first['msg']}.") from None
