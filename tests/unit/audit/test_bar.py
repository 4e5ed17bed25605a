"""The progress bar of an audit: on a terminal it names every step and reaches the end; elsewhere it is silent."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from exapt.cli.main import main

TITLES = [
    "reading text_match", "labels", "near duplicates", "leakage", "shortcuts: left only", "shortcuts: edit",
    "strongest shortcut", "matched remainder", "reach", "answerability", "power", "tokenizer",
]  # fmt: skip
# families that take long, and are drawn as the others are
SKIP = "skip=[composition,k-mer bags,k-mer overlap,MinHash,alignment]"
WORDS = ["audit", "task=text_match", "task.train=160", "task.dev=40", "task.test=40", "model=tiny", SKIP]
COMMAND = [sys.executable, "-m", "exapt.cli.main", *WORDS]


def on_terminal(arguments: list[str], folder: Path) -> tuple[str, str]:
    """What a command writes to stdout, and to a terminal of 80 columns as its stderr."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=theirs, cwd=folder, env=environment, text=True)
    os.close(theirs)
    shown: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(ours, 65536):
                shown.append(data)
        except OSError:  # Linux says so when the other end is closed
            pass

    reader = threading.Thread(target=read)
    reader.start()
    printed = process.communicate(timeout=300)[0]
    reader.join(timeout=60)
    os.close(ours)
    assert process.returncode == 0, b"".join(shown).decode()
    return printed, b"".join(shown).decode()


@pytest.mark.slow
def test_the_bar_names_every_step_and_reaches_the_end(tmp_path: Path) -> None:
    printed, shown = on_terminal(COMMAND, tmp_path)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    places = [plain.find(title) for title in TITLES]
    assert -1 not in places, [title for title, place in zip(TITLES, places, strict=True) if place < 0]
    assert places == sorted(places)
    counts = [(int(done), int(all_)) for done, all_ in re.findall(r"(\d+)/(\d+)", plain)]
    assert counts[-1][0] == counts[-1][1] > 25
    assert [done for done, _ in counts] == sorted(done for done, _ in counts), "it never goes back"
    assert max(map(len, re.split(r"[\r\n]+", plain))) <= 80
    assert "audit of text_match" in printed and "near duplicates" not in printed


def test_elsewhere_nothing_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(WORDS) == 0
    told = capfd.readouterr()
    assert told.err == "" and "audit of text_match" in told.out
