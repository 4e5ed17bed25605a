"""What an audit leaves in a folder: `audit.json`, and the matched remainder as a task of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.files import write_atomically, write_json
from exapt.findings import Page
from exapt.tasks.task import Split

FILE, REMAINDER = "audit.json", "remainder"
_COLUMNS = {"left": "sentence1", "right": "sentence2"}  # as `task=table` reads them


def check_folder(folder: Path, page: Page) -> None:
    """Refuse a folder that holds another audit, before the work is done.

    Raises:
        BadInput: If it does, or if it is no folder.
    """
    file = folder / FILE
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"out: {folder} is a file; give a folder.")
    if not file.exists():
        return
    try:
        held = Page.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput(f"{file}: is no audit that this version knows; give another out=.") from None
    if (held.task, held.digests, held.model, held.signal) != (page.task, page.digests, page.model, page.signal):
        raise BadInput(f"{file}: holds another audit (of {held.task}); give another out=.")


def write_page(folder: Path, page: Page) -> None:
    """Write `audit.json`.

    Raises:
        BadInput: If the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / FILE, page.model_dump(mode="json"))
    except OSError as error:
        raise BadInput(f"{folder}: cannot be written ({error.strerror}); give another out=.") from None


def write_remainder(folder: Path, remainder: Mapping[Split, Examples]) -> None:
    """Write the matched remainder, a Parquet file a split, as `task=table` reads it; nothing if there is none.

    Raises:
        BadInput: If the folder cannot be written.
    """
    for split, examples in remainder.items():
        if not len(examples):
            continue
        save = partial(examples.frame.rename(columns=_COLUMNS).to_parquet, index=False)
        try:
            write_atomically(folder / REMAINDER / f"{split}.parquet", save)
        except OSError as error:
            raise BadInput(f"{folder}: cannot be written ({error.strerror}); give another out=.") from None
