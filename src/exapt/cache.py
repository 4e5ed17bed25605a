"""Where caches live (`EXAPT_CACHE`), the content hash that names what lies in them, and how a file gets there."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exapt.files import write_atomically

LOG = logging.getLogger("exapt")


def cache_dir() -> Path:
    """The folder of all caches: `$EXAPT_CACHE`, or `~/.cache/exapt`. It is not made here; delete it at any time."""
    return Path(os.environ.get("EXAPT_CACHE") or "~/.cache/exapt").expanduser()


def content_key(value: Any) -> str:
    """The SHA-256 (64 hex digits) of a JSON-ready value.

    The value is written as canonical JSON (sorted keys, no spaces, UTF-8), so that equal content gives an equal key in
    every process and on every machine.

    Raises:
        TypeError: If the value holds something JSON has no word for.
        ValueError: If it holds NaN or an infinity.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def keep(file: Path, write: Callable[[Path], object]) -> None:
    """Write a file of a cache, whole or not at all; one that cannot be written is said, and no reason to lose a run.

    Args:
        file: The file, in `cache_dir()`.
        write: Called with a temporary path in the same folder.
    """
    try:
        write_atomically(file, write)
    except OSError as error:
        LOG.warning("%s: cannot be written (%s); set EXAPT_CACHE to another folder.", file, error.strerror)
