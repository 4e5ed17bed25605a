"""A built task's folder: made whole or not at all, reused if it is the same, refused if it is something else."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exapt.errors import BadInput

MANIFEST = "manifest.json"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a built task.

    Raises:
        BadInput: If the folder or its manifest is missing, unreadable or no JSON object.
    """
    file = folder / MANIFEST
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; make it with `exapt build task=... out={folder}`.")
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"{folder}: has no {MANIFEST}; give a folder that `exapt build` made.") from None
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}).") from None
    except ValueError:
        raise BadInput(f"{file}: is not JSON; build the folder again.") from None
    if not isinstance(manifest, dict):
        raise BadInput(f"{file}: is not a manifest; build the folder again.")
    return manifest


def build_folder(out: Path, identity: dict[str, Any], make: Callable[[Path], None]) -> tuple[dict[str, Any], bool]:
    """Make a folder atomically, or reuse it.

    Args:
        out: The folder to make. It may exist if it is empty, or if it is finished with the same identity.
        identity: All that decides the content; the manifest that `make` writes must hold it under "identity".
        make: Fills a temporary folder beside `out`, manifest included. If it raises, nothing is left.

    Returns:
        The manifest, and whether the folder was there already.

    Raises:
        BadInput: If `out` is something else, or cannot be written.
    """
    if reused := _finished(out, identity):
        return reused, True
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part"))
    except OSError as error:
        raise BadInput(f"{out}: cannot be written ({error.strerror}); choose another out=.") from None
    try:
        make(part)
        part.chmod(0o755)
        try:
            part.rename(out)
        except OSError as error:
            # another process may have finished the same build in the meantime
            if reused := _finished(out, identity):
                return reused, True
            raise BadInput(f"{out}: cannot be written ({error.strerror}); choose another out=.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return read_manifest(out), False


def _finished(out: Path, identity: dict[str, Any]) -> dict[str, Any] | None:
    """The manifest of a finished folder with this identity; None if there is nothing yet."""
    try:
        if not out.exists() or (out.is_dir() and not any(out.iterdir())):
            return None
    except OSError as error:
        raise BadInput(f"{out}: cannot be read ({error.strerror}); choose another out=.") from None
    if not (out / MANIFEST).is_file():
        raise BadInput(f"{out}: holds something else than a built task; choose another out= or empty it yourself.")
    manifest = read_manifest(out)
    held = manifest.get("identity")
    if held != identity:
        differs = [k for k in identity if not isinstance(held, dict) or held.get(k) != identity[k]]
        what = f"other {', '.join(differs)}" if differs else "more settings"
        raise BadInput(f"{out}: holds a finished task with {what}; choose another out=.")
    return manifest
