"""Sweeps through a real Slurm: the records of a sweep in one process, a line for what fails, logs that stay."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exapt.cli.main import main
from tests.slow.children import call, end, start
from tests.slow.slurm import cluster, lacking
from tests.slow.small import contents
from tests.slow.test_commands import run, until

pytestmark = pytest.mark.slow

WORDS = ["method.epochs=1", "-m"]
SLURM = ["hydra/launcher=submitit_slurm", "hydra.launcher.timeout_min=5"]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher", reason="needs the extra `sweep`")
    if lack := lacking():
        pytest.skip(lack)
    with cluster(tmp_path_factory.mktemp("slurm")) as variables:
        yield variables


def asked(slurm: dict[str, str], *command: str) -> list[str]:
    done = subprocess.run(command, env=os.environ | slurm, capture_output=True, text=True, check=True)
    return done.stdout.split()


def faults(said: Path) -> list[str]:
    return [line for line in said.read_text().splitlines() if line.startswith("exapt: ")]


def runs(out: Path) -> dict[str, dict[str, bytes]]:
    return {folder.name: contents(folder) for folder in out.iterdir() if not folder.name.startswith(".")}


def test_jobs_leave_what_one_process_leaves_and_a_bad_cell_ends_no_other(slurm: dict[str, str], tmp_path: Path) -> None:
    words, said = [*WORDS, "seed=0,1,abc"], tmp_path / "said"
    own = [*SLURM, "hydra.launcher.partition=other"]
    jobs = start(main, run(tmp_path / "jobs", *words, *own), said=said, environment=slurm)
    assert call(main, run(tmp_path / "here", *words), said=tmp_path / "here-said") == 2
    assert end(jobs) == 2
    assert faults(said) == ["exapt: seed=abc: seed: Input should be a valid integer (got 'abc')."]
    assert faults(tmp_path / "here-said") == faults(said)
    assert said.read_text().count("report: ") == 2 and "2 runs side by side: exapt report " in said.read_text()
    there = runs(tmp_path / "jobs")
    assert len(there) == 2 and all("record.json" in files for files in there.values())
    assert there == runs(tmp_path / "here")
    assert set(asked(slurm, "squeue", "--noheader", "--states=all", "--format=%P")) == {"other"}

    # what the jobs said stays, because one failed
    (kept,) = (tmp_path / "jobs").glob(".exapt-sweep-*")
    assert f"{kept}: kept" in said.read_text()
    (log,) = kept.glob(".submitit/*_2/*_log.err")
    assert faults(log) == faults(said)


def test_a_job_that_is_lost_is_named(slurm: dict[str, str], tmp_path: Path) -> None:
    said = tmp_path / "said"
    own = [*SLURM, "hydra.launcher.name=lost"]
    child = start(main, run(tmp_path / "runs", *WORDS, *own), said=said, environment=slurm)
    until(lambda: asked(slurm, "squeue", "--noheader", "--name=lost"), child)
    (job,) = asked(slurm, "squeue", "--noheader", "--name=lost", "--format=%i")
    asked(slurm, "scancel", job)
    assert end(child) == 1
    assert faults(said) == [f"exapt: job {job} left no result (CANCELLED); the same command continues."]
    (kept,) = (tmp_path / "runs").glob(".exapt-sweep-*")
    assert f"{kept}: kept" in said.read_text() and list(kept.glob(f".submitit/{job}/*_submitted.pkl"))


def test_what_slurm_refuses_is_told_in_its_words(slurm: dict[str, str], tmp_path: Path) -> None:
    said, own = tmp_path / "said", [*SLURM, "hydra.launcher.partition=none"]
    assert call(main, run(tmp_path / "runs", *WORDS, *own), said=said, **slurm) == 2
    (line,) = faults(said)
    assert line.startswith("exapt: sbatch: error: ") and line.endswith("hydra.launcher holds what Slurm is asked for.")
    assert list((tmp_path / "runs").iterdir()) == []


def test_where_there_is_no_slurm_it_is_said(tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher", reason="needs the extra `sweep`")
    said = tmp_path / "said"
    assert call(main, run(tmp_path / "runs", *WORDS, *SLURM), said=said, PATH=str(tmp_path)) == 2
    place = "hydra/launcher=submitit_slurm: there is no Slurm here; joblib and submitit_local need none."
    assert faults(said) == [f"exapt: {place}"]
