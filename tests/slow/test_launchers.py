"""Sweeps whose cells run in processes of their own on this machine: the same records, and nothing else is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from exapt.cli.main import main
from tests.slow.children import call
from tests.slow.small import contents, only_run
from tests.slow.test_commands import run

pytestmark = pytest.mark.slow

WORDS = ["method.epochs=1", "-m"]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a sweep of one cell leaves when it runs in the process that was started."""
    out = tmp_path_factory.mktemp("here")
    assert call(main, run(out, *WORDS)) == 0
    return contents(only_run(out))


def by_joblib(words: list[str]) -> int:
    from joblib.externals.loky import get_reusable_executor

    code = main([*words, "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"])
    get_reusable_executor().shutdown()  # its processes outlive a parent that ends at once
    return code


def test_joblib(here: dict[str, bytes], tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher", reason="needs the extra `sweep`")
    said = tmp_path / "said"
    assert call(by_joblib, run(tmp_path / "runs", *WORDS, "seed=0,abc"), said=said) == 2
    lines = [line for line in said.read_text().splitlines() if line.startswith("exapt: ")]
    assert lines == ["exapt: seed=abc: seed: Input should be a valid integer (got 'abc')."]
    assert "Traceback" not in said.read_text() and said.read_text().count("report: ") == 1
    assert contents(only_run(tmp_path / "runs")) == here


def test_submitit(here: dict[str, bytes], tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher", reason="needs the extra `sweep`")
    said = tmp_path / "said"
    assert call(main, run(tmp_path / "runs", *WORDS, "hydra/launcher=submitit_local"), said=said) == 0
    assert "exapt: " not in said.read_text() and said.read_text().count("report: ") == 1
    assert contents(only_run(tmp_path / "runs")) == here  # the only folder: the jobs' own is gone
