"""A wheel alone is enough: built, installed where exapt is not, it runs the quickstart from an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
TARGETS = ("dna_synth_95", "dna_synth_80", "dna_synth_65", "dna_synth_scrambled")
# as little as leaves a record; sizes are multiples of 4
TINY = ["method.epochs=1", "source.train=64", "source.dev=32", "source.test=32"]
TINY += [f"targets.{name}.test=32" for name in TARGETS]


def said(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source archive, and the wheel that is built from it; the build needs no network (its backend is installed)."""
    folder = tmp_path_factory.mktemp("dist")
    said(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that borrows the libraries of this one, but not exapt: that comes from the wheel."""
    place = tmp_path_factory.mktemp("empty") / "venv"
    said(sys.executable, "-m", "venv", "--without-pip", place, cwd=built)
    python = place / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    said(sys.executable, "-m", "pip", f"--python={python}", "install", "--no-deps", "--no-index", wheel, cwd=built)
    site = Path(said(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=built).strip())
    # a folder named in a .pth file is searched last, and .pth files in it (the checkout's own among them) are not read
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin"


def surroundings(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return kept | {"EXAPT_CACHE": str(folder / "cache"), "HOME": str(folder), "HF_HUB_OFFLINE": "1"}


def test_wheel_holds_the_sheets_and_the_types(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    sheets = {f"exapt/{path.relative_to(ROOT)}" for path in (ROOT / "conf").rglob("*.yaml")}
    assert sheets and sheets <= names
    assert "exapt/py.typed" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"exapt"}


def test_source_archive_holds_what_tests_and_builds_need(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.split("/", 1)[1] for name in opened.getnames() if "/" in name}
    assert {"pyproject.toml", "constraints.txt", "Makefile", "LICENSE", "README.md", "conf/run.yaml"} <= names
    assert not [name for name in names if name.startswith((".venv", "runs/", "experiments/"))]


def test_wheel_runs_the_quickstart_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    env = surroundings(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    origin = said(installed / "python", "-c", "import exapt; print(exapt.__file__)", cwd=work, env=env).strip()
    assert Path(origin).is_relative_to(installed.parent)
    page = said(installed / "exapt", "run", "experiment=quickstart", *TINY, cwd=work, env=env)
    (record,) = work.glob("runs/quickstart-*/record.json")
    assert set(json.loads(record.read_text())["scores"]) == {"text_match", *TARGETS}
    assert all(f"\n{name}" in page for name in ("text_match*", *TARGETS))
    assert page.rstrip().endswith(f"report: {(record.parent / 'report.md').relative_to(work)}")
    assert "## Results" in (record.parent / "report.md").read_text()
    assert {path.name for path in work.iterdir()} == {"runs"}


def test_wheel_answers_the_other_verbs(installed: Path, tmp_path: Path) -> None:
    env = surroundings(tmp_path)
    page = said(installed / "exapt", "doctor", cwd=tmp_path, env=env)
    assert "Versions" in page and "could not be looked at" not in page and "tiny" in page
    assert "quickstart" in said(installed / "exapt", "run", "--help", cwd=tmp_path, env=env)
