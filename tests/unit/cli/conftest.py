"""What tests of the command line share: a call in an empty folder, and what it said and changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from exapt.cli.main import main

# as little as a run needs; the sizes of text_match are multiples of 4
SMALL = ["source=text_match", "source.train=64", "source.dev=32", "source.test=32"]
LITTLE = ["model=tiny", "model.layers=1", "model.width=16", "model.heads=2", "trainer=cpu", "method.epochs=1"]
TINY = [*LITTLE, *SMALL]


@dataclass(frozen=True)
class Said:
    """What a call of the command line did.

    Attributes:
        code: Its exit code.
        out: What it printed.
        err: What it printed on stderr.
        changed: Files and folders that it made, changed or removed.
    """

    code: int
    out: str
    err: str
    changed: set[str]

    @property
    def lines(self) -> list[str]:
        """The lines on stderr that are exapt's own errors."""
        return [line for line in self.err.splitlines() if line.startswith("exapt: ")]


Call = Callable[..., Said]


def listing(folder: Path) -> dict[str, str]:
    """Every path below a folder with the hash of its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in folder.rglob("*")
    }


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("EXAPT_DEBUG", raising=False)
    return folder


@pytest.fixture
def call(work: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line in this process, as the shell would."""

    def called(*arguments: str) -> Said:
        before = listing(work)
        capfd.readouterr()
        code = main(list(arguments))
        said = capfd.readouterr()
        after = listing(work)
        changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        assert os.getcwd() == str(work)
        return Said(code, said.out, said.err, changed)

    return called


@pytest.fixture
def refused(call: Call) -> Callable[..., str]:
    """Calls the command line with bad input and gives its one line; exit code 2, nothing else said, nothing written."""

    def called(*arguments: str) -> str:
        said = call(*arguments)
        assert said.code == 2, said
        assert said.err.count("\n") == 1 and said.err.startswith("exapt: "), said.err
        assert said.out == "" and said.changed == set(), said
        return said.err.removeprefix("exapt: ").rstrip("\n")

    return called


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run, made by the command line; copy it before changing it."""
    out = tmp_path_factory.mktemp("finished")
    assert main(["run", *TINY, f"out={out}", "name=done"]) == 0
    (folder,) = out.glob("done-*")
    return folder
