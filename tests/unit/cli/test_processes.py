"""The installed command in processes of its own: exit codes, streams, an interrupt while it trains."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exapt import __version__
from tests.unit.cli.conftest import TINY, listing

EXAPT = Path(sys.executable).parent / "exapt"


def started(*arguments: str, cwd: Path, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [EXAPT, *arguments], cwd=cwd, env=os.environ | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rnu"], "exapt: 'rnu' is no verb. Did you mean 'run'? See exapt --help.\n"),
        (["run", "model=tiny"], "exapt: source: is missing; give source=NAME (--help lists them).\n"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments: list[str], line: str, tmp_path: Path) -> None:
    process = started(*arguments, cwd=tmp_path)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out, err) == (2, "", line)
    assert listing(tmp_path) == {}
    process = started(*arguments, cwd=tmp_path, EXAPT_DEBUG="1")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 2 and "Traceback" in err and err.endswith(line)


def test_the_version_is_said(tmp_path: Path) -> None:
    process = started("--version", cwd=tmp_path)
    assert process.communicate(timeout=300) == (f"exapt {__version__}\n", "")
    assert process.returncode == 0


@pytest.mark.slow
def test_an_interrupt_while_it_trains(tmp_path: Path) -> None:
    process = started("run", *TINY, "method.epochs=10000", "seed=0,1", "-m", cwd=tmp_path)
    assert process.stderr is not None
    said = ""
    while "training on" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    while not list(tmp_path.glob("runs/*/metrics.csv")):  # training has begun
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (130, "")
    *epochs, last = err.splitlines()  # an epoch may end before the signal arrives
    assert last == "exapt: interrupted; the same command continues where this one stopped."
    assert all(line.startswith("epoch ") for line in epochs), err
    assert len(list((tmp_path / "runs").iterdir())) == 1  # the second cell was not begun
    assert not list(tmp_path.glob("runs/*/record.json"))
