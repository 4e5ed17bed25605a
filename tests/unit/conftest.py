"""What unit tests share: an ear for what exapt says."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What exapt says, whoever listens else."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    lines: list[str] = []
    ear, logger = Ear(), logging.getLogger("exapt")
    level, disabled = logger.level, logger.disabled
    logger.addHandler(ear)
    logger.setLevel(logging.INFO)
    logger.disabled = False
    yield lines
    logger.removeHandler(ear)
    logger.setLevel(level)
    logger.disabled = disabled
