"""Commands killed, interrupted, started twice: the same command continues, and finished work is not done again."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from exapt.cli.main import main
from exapt.record import read_record, write_record
from tests.slow.children import WAIT, call, end, start
from tests.slow.small import contents, only_run

pytestmark = pytest.mark.slow

SMALL = [
    "model=tiny", "model.layers=1", "model.width=32", "model.heads=2", "trainer=cpu", "trainer.save_every=0.0",
    "trainer.progress=false", "method.batch=32", "method.lr=3e-3", "method.precision=32-true",
]  # fmt: skip
SOURCE = ["source=text_match", "source.length=24", "source.train=256", "source.dev=128", "source.test=64"]


def target(name: str) -> list[str]:
    return [f"target={name}", f"targets.{name}.length=24", f"targets.{name}.test=64"]


def run(out: Path, *words: str) -> list[str]:
    return ["run", *SMALL, *SOURCE, *words, f"out={out}"]


def until(condition: Callable[[], Any], child: BaseProcess | None = None) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + WAIT
    while not condition():
        assert child is None or child.is_alive(), "the child ended before"
        assert time.monotonic() < limit, "it never came to that"
        time.sleep(0.005)


def states(out: Path) -> Iterator[Path]:
    return out.glob("*/resume/state.ckpt")


def written(out: Path) -> set[int]:
    """When the states that stand were written; one that goes while we look is no more."""
    found = set()
    for state in states(out):
        with contextlib.suppress(FileNotFoundError):
            found.add(state.stat().st_mtime_ns)
    return found


def timings(folder: Path) -> int:
    return len(json.loads((folder / "timing.json").read_text()))


def test_a_command_killed_at_random_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    words = [*target("dna_synth_80"), "method.epochs=6"]
    assert call(main, run(tmp_path / "whole", *words)) == 0
    out, rng = tmp_path / "killed", random.Random(5)
    kills = 0
    for _ in range(2):
        before = written(out)
        child = start(main, run(out, *words), said=tmp_path / "said")
        until(lambda old=before, child=child: not child.is_alive() or written(out) - old)
        time.sleep(rng.random() * 0.5)
        child.kill()
        kills += end(child) == -signal.SIGKILL
    assert kills, "every try ended before it was killed"
    assert call(main, run(out, *words), said=tmp_path / "said") == 0
    assert contents(only_run(out)) == contents(only_run(tmp_path / "whole"))


def test_a_killed_sweep_does_not_train_finished_cells_again(tmp_path: Path) -> None:
    out, said = tmp_path / "runs", tmp_path / "said"
    sweep = run(out, *target("dna_synth_80"), "method.epochs=2", "seed=0,1,2", "-m")
    child = start(main, sweep, said=said)
    # in the second cell: one record is there, and a second state
    until(lambda: list(out.glob("*/record.json")) and any(states(out)), child)
    child.kill()
    assert end(child) == -signal.SIGKILL
    done = {p.parent: p.stat().st_mtime_ns for p in out.glob("*/fit.json")}
    assert len(done) in (1, 2)
    assert list(states(out))

    said.unlink()
    assert call(main, sweep, said=said) == 0
    folders = sorted(p for p in out.iterdir() if p.is_dir())
    assert len(folders) == 3
    assert {folder: (folder / "fit.json").stat().st_mtime_ns for folder in done} == done
    assert [timings(folder) for folder in folders] == [1, 1, 1]
    text = said.read_text()
    assert text.count("finished before, its fit is reused") == len(done)
    assert text.count("training on") == 3 - len(done)
    assert sorted(read_record(f).fit.seeds["init"] for f in folders) == [0, 1, 2]

    # a target added afterwards: nothing is trained
    said.unlink()
    before = {p: p.stat().st_mtime_ns for p in out.glob("*/fit.json")}
    assert call(main, [*sweep, *target("dna_synth_65")], said=said) == 0
    assert "training on" not in said.read_text()
    assert {p: p.stat().st_mtime_ns for p in out.glob("*/fit.json")} == before
    assert all(set(read_record(f).scores) == {"text_match", "dna_synth_80", "dna_synth_65"} for f in folders)

    # and with predict: the old scores stay byte for byte, other versions are said
    folder = folders[0]
    record = read_record(folder)
    write_record(folder, record.model_copy(update={"versions": record.versions | {"torch": "1.0"}}))
    old = json.loads((folder / "record.json").read_text())
    said.unlink()
    words = ["predict", f"fit={folder}", "task=dna_synth_95", "task.length=24", "task.test=64", "trainer=cpu"]
    assert call(main, words, said=said) == 0
    new = json.loads((folder / "record.json").read_text())
    assert new["scores"].pop("dna_synth_95")["role"] == "target"
    assert new["passports"].pop("dna_synth_95")["stops"] == []
    assert json.dumps(new) == json.dumps(old)
    assert "made with other versions (torch 1.0)" in said.read_text()
    assert "training on" not in said.read_text()
    assert timings(folder) == 1


def test_two_processes_started_on_one_run_share_its_work(tmp_path: Path) -> None:
    out = tmp_path / "runs"
    words = run(out, "method.epochs=3")
    first = start(main, words, said=tmp_path / "first")
    until(lambda: any(states(out)), first)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGSTOP)  # else a busy machine may finish the first before the second has started
    second = start(main, words, said=tmp_path / "second")
    waiting = "another process works on this run; waiting for it"
    said = tmp_path / "second"
    until(lambda: said.exists() and waiting in said.read_text(), second)
    os.kill(first.pid, signal.SIGCONT)
    assert (end(first), end(second)) == (0, 0)
    folder = only_run(out)
    assert timings(folder) == 1
    assert "training on" in (tmp_path / "first").read_text()
    text = (tmp_path / "second").read_text()
    assert "finished before, its fit is reused" in text
    assert "training on" not in text


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "exapt: interrupted; the same command continues"), (signal.SIGTERM, 143, "")],
)
def test_an_interrupted_command_says_so_and_continues(number: int, code: int, word: str, tmp_path: Path) -> None:
    out, said = tmp_path / "runs", tmp_path / "said"
    words = run(out, "method.epochs=40")
    child = start(main, words, said=said)
    until(lambda: any(states(out)), child)
    assert child.pid is not None
    os.kill(child.pid, number)
    assert end(child) == code
    assert word in said.read_text()
    assert "Traceback" not in said.read_text()
    assert not list(out.glob("*/fit.json"))
    (state,) = states(out)
    # the state is whole: a run of the same command goes on from it
    assert call(_steps_after_start, words, state) == 0


def _steps_after_start(words: list[str], state: Path) -> int:
    """Start a command again; 0 if its first step is the one after the state."""
    import torch

    from exapt.learning.module import Classification

    known = int(torch.load(state, weights_only=True)["global_step"])
    original = Classification.on_train_batch_start

    def first(self: Classification, batch: dict[str, Any], batch_idx: int) -> None:
        original(self, batch, batch_idx)
        os._exit(0 if self.global_step == known > 0 else 9)

    Classification.on_train_batch_start = first  # type: ignore[method-assign]
    main(words)
    return 8
