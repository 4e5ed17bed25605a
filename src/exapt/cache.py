"""Where caches live (`EXAPT_CACHE`), and the content hash that names what lies in them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


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
