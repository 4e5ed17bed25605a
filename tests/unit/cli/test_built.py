"""What a configuration names is built while nobody looks for garbage, and it is looked for again afterwards."""

from __future__ import annotations

import gc

import pytest
from hydra.errors import InstantiationException

from exapt.cli.built import built


def watched(fail: bool = False) -> bool:
    """Whether garbage is looked for while this is built."""
    if fail:
        raise ValueError("it cannot be built")
    return gc.isenabled()


HERE = {"_target_": f"{__name__}.watched"}


def test_nobody_looks_for_garbage_meanwhile() -> None:
    assert gc.isenabled()
    assert built(HERE) is False
    assert gc.isenabled()


def test_the_collector_is_back_after_a_fault() -> None:
    with pytest.raises(InstantiationException, match="it cannot be built"):
        built(HERE | {"fail": True})
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        built(HERE)
        assert not gc.isenabled()
    finally:
        gc.enable()
