"""How the work of one configuration ended, as one process tells it to the user or to another process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from exapt.cli.faults import say
from exapt.files import write_json


@dataclass(frozen=True)
class Outcome:
    """How the work of one configuration ended.

    Attributes:
        code: Its exit code.
        fault: The line to say if it failed.
        found: What to print of its result.
        folder: The folder that a run left.
        cell: Which cell of a sweep it was.
    """

    code: int = 0
    fault: str = ""
    found: str = ""
    folder: str | None = None
    cell: str = ""

    def tell(self) -> None:
        """Print it."""
        if self.fault:
            say(self.fault, self.cell)
        if self.found:
            print(self.found, flush=True)

    def write(self, file: Path) -> None:
        """Leave it for another process, which sees all of it or none."""
        write_json(file, asdict(self))

    @classmethod
    def read(cls, file: Path) -> Outcome:
        """What another process left."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))
