"""A run killed at any moment and started again leaves what an uninterrupted one leaves, byte for byte."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from exapt.models.pretrained import Pretrained
from tests.slow.children import call
from tests.slow.moments import MOMENTS
from tests.slow.small import contents, only_run, small_run
from tests.unit.models.checkpoints import checkpoint

pytestmark = pytest.mark.slow


def work(out: Path, moment: str | None, pretrained: Path | None = None) -> None:
    if moment is not None:
        MOMENTS[moment]()
    model = {} if pretrained is None else {"model": Pretrained(name="small", name_or_path=str(pretrained))}
    small_run(out, **model).execute()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an uninterrupted run leaves."""
    out = tmp_path_factory.mktemp("whole")
    assert call(work, out, None) == 0
    left = contents(only_run(out))
    assert {"record.json", "report.md", "metrics.csv", "checkpoint/model.safetensors"} <= set(left)
    # dev loss moves and a later epoch is best, else a lost or repeated step would show less
    fit = json.loads(left["fit.json"])
    assert len(fit["history"]) == 3
    assert fit["best"]["epoch"] > 1
    return left


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_ends_as_an_uninterrupted_one(moment: str, whole: dict[str, bytes], tmp_path: Path) -> None:
    assert call(work, tmp_path, moment) == -signal.SIGKILL, "the moment was never reached"
    assert call(work, tmp_path, None) == 0
    found = contents(only_run(tmp_path))
    assert sorted(found) == sorted(whole)
    assert [name for name in whole if found[name] != whole[name]] == []


def test_a_run_killed_again_and_again_ends_as_an_uninterrupted_one(whole: dict[str, bytes], tmp_path: Path) -> None:
    for moment in ("middle of an epoch, after its state", "last step of an epoch", "weights copied, fit not written"):
        assert call(work, tmp_path, moment) == -signal.SIGKILL, moment
    assert call(work, tmp_path, None) == 0
    assert contents(only_run(tmp_path)) == whole


def test_a_killed_run_of_a_pretrained_model_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    """Joint input and parts that come with dropout of their own: a BERT with its pooler, opened from a folder."""
    folder = checkpoint(tmp_path / "bert", "bert")
    assert call(work, tmp_path / "whole", None, folder) == 0
    for moment in ("middle of an epoch, after its state", "first step after an epoch"):
        assert call(work, tmp_path / "killed", moment, folder) == -signal.SIGKILL
    assert call(work, tmp_path / "killed", None, folder) == 0
    assert contents(only_run(tmp_path / "killed")) == contents(only_run(tmp_path / "whole"))
