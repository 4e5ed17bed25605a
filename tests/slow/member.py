"""A member of a group that starts in a second: it stands for a run on two devices, and what it does is a word."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from exapt.errors import BadInput


class Two:
    """A run and its devices in one; only the second member meets what the word says."""

    devices = 2

    def __init__(self, deed: str, place: str) -> None:
        self.deed = deed
        self.place = Path(place)
        self.rank = int(os.environ.get("RANK", "0"))
        self.trainer = self
        self.launched = "LOCAL_RANK" in os.environ

    def execute(self) -> None:
        (self.place / f"{self.rank}-{os.getpid()}.pid").touch()  # its name says all: no reader sees half of it
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as one that waits for another within a collective
        if self.rank == 1 and self.deed == "bad input":
            raise BadInput("row 3 is bad; mend it.")
        if self.rank == 1 and self.deed == "fault":
            raise ZeroDivisionError("by nothing")
        if self.rank == 1 and self.deed == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.deed != "done":
            time.sleep(600)
