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
Ended = tuple[Path, dict[str, int], str]
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


@pytest.fixture(scope="module")
def ended(slurm: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Sweeps side by side, as they mostly wait: their folder, their exit codes, and a job that was lost."""
    place = tmp_path_factory.mktemp("sweeps")
    lost = [*WORDS, *SLURM, "hydra.launcher.name=lost"]
    child = start(main, run(place / "lost", *lost), said=place / "lost-said", environment=slurm)
    until(lambda: asked(slurm, "squeue", "--noheader", "--name=lost"), child)
    (job,) = asked(slurm, "squeue", "--noheader", "--name=lost", "--format=%i")
    asked(slurm, "scancel", job)
    words = [*WORDS, "seed=0,abc"]
    own = [*SLURM, "hydra.launcher.partition=other"]
    jobs = start(main, run(place / "jobs", *words, *own), said=place / "jobs-said", environment=slurm)
    codes = {"here": call(main, run(place / "here", *words), said=place / "here-said")}
    return place, codes | {"jobs": end(jobs), "lost": end(child)}, job


def test_jobs_leave_what_one_process_leaves_and_a_bad_cell_ends_no_other(ended: Ended, slurm: dict[str, str]) -> None:
    place, codes, _ = ended
    assert (codes["jobs"], codes["here"]) == (2, 2)
    line = "exapt: seed=abc: seed: Input should be a valid integer (got 'abc')."
    assert faults(place / "jobs-said") == faults(place / "here-said") == [line]
    assert (place / "jobs-said").read_text().count("report: ") == 1
    there = runs(place / "jobs")
    assert len(there) == 1 and all("record.json" in files for files in there.values())
    assert there == runs(place / "here")
    ran = asked(slurm, "squeue", "--noheader", "--array", "--states=all", "--name=exapt", "--format=%P")
    assert ran == ["other", "other"]


def test_what_the_jobs_said_stays_if_one_failed(ended: Ended) -> None:
    place, _, _ = ended
    (kept,) = (place / "jobs").glob(".exapt-sweep-*")
    assert f"{kept}: kept" in (place / "jobs-said").read_text()
    (log,) = kept.glob(".submitit/*_1/*_log.err")
    assert faults(log) == ["exapt: seed=abc: seed: Input should be a valid integer (got 'abc')."]


def test_a_job_that_is_lost_is_named(ended: Ended) -> None:
    place, codes, job = ended
    assert codes["lost"] == 1
    line = f"exapt: job {job} left no result (CANCELLED); the same command continues."
    assert faults(place / "lost-said") == [line]
    (kept,) = (place / "lost").glob(".exapt-sweep-*")
    assert f"{kept}: kept" in (place / "lost-said").read_text()
    assert list(kept.glob(f".submitit/{job}/*_submitted.pkl"))


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
