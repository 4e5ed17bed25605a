"""Tests run apart from the user: a cache of their own, no network, one thread."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from exapt.cache import cache_dir


def test_the_cache_is_a_temporary_one() -> None:
    place = cache_dir()
    assert place.parent == Path(tempfile.gettempdir()) and place.name.startswith("exapt-tests-")


def test_the_network_is_closed() -> None:
    with socket.socket() as asking, pytest.raises(OSError, match="tests have no network"):
        asking.connect(("192.0.2.1", 80))  # an address for documentation, which nobody has
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["HF_DATASETS_OFFLINE"] == "1"


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as asking:
        asking.connect(server.getsockname())
