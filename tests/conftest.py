"""What every test shares: no network, one thread, a cache of its own, and the place of the real data."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# Set before anything of the Hub is imported: without network a tokenizer otherwise retries for most of a minute.
for name, value in {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
}.items():
    os.environ.setdefault(name, value)

# Workers of pytest-xdist inherit the controller's folder: one cache a test session, never the user's own.
_MADE_CACHE = "EXAPT_CACHE" not in os.environ
if _MADE_CACHE:
    os.environ["EXAPT_CACHE"] = tempfile.mkdtemp(prefix="exapt-tests-")

settings.register_profile("exapt", deadline=None, derandomize=True)
settings.load_profile("exapt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, so that no worker starts one when the other has finished."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _MADE_CACHE and not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["EXAPT_CACHE"], ignore_errors=True)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Real data beside the repository; a clone elsewhere does not have it, and the test is skipped."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real data in ../shared/data, which is not here")
    return folder
