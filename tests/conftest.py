"""What every test shares: no network, one thread, a cache of its own, and the place of the real data."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# Set before anything of the Hub is imported: without network a tokenizer otherwise retries for most of a minute.
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "TOKENIZERS_PARALLELISM": "false",
    "MPLBACKEND": "Agg",
}
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell that starts the tests in the background lets them ignore interrupts, which some of them are about.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# One cache a test session, never the user's own; workers of pytest-xdist inherit the controller's.
if CONTROLLER := "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["EXAPT_CACHE"] = tempfile.mkdtemp(prefix="exapt-tests-")

settings.register_profile("exapt", deadline=None, derandomize=True)
settings.load_profile("exapt")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, so that no worker starts one when the other has finished; notebooks are slow."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and collected stays: nobody need look for garbage in it, then or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        gc.enable()


def pytest_unconfigure() -> None:
    if CONTROLLER:
        shutil.rmtree(os.environ["EXAPT_CACHE"], ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Nothing but this machine can be reached: a test that needs the network fails wherever it runs."""
    connect = socket.socket.connect

    def local(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path is a socket of this machine
        if str(host) not in {"localhost", "127.0.0.1", "::1", "0.0.0.0", socket.gethostname()}:
            raise OSError(f"tests have no network: {host}")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local)
        yield


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
