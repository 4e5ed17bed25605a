"""Where a model's files come from."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from exapt.errors import BadInput
from exapt.models.place import find_files, tensor_names
from tests.unit.models.checkpoints import checkpoint


def test_a_folder_comes_first(tmp_path: Path) -> None:
    assert find_files(str(tmp_path), None, "exapt/models", False) == (tmp_path, None)


def test_an_installed_package_carries_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "exapt_test_weights"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_files("no/such-model", None, "exapt_test_weights/model", False) == (package / "model", None)
    assert "exapt_test_weights" not in sys.modules  # its code is not run


@pytest.mark.parametrize(
    ("name", "revision", "package"),
    [
        ("exapt/no-such-model", None, None),
        ("exapt/no-such-model", "a" * 40, None),
        ("exapt/no-such-model", None, "exapt_no_such_package/model"),
        ("no such name!", None, None),
        ("./no/such/folder", None, None),
    ],
)
def test_an_unknown_model_is_one_line_at_once(name: str, revision: str | None, package: str | None) -> None:
    began = time.monotonic()
    with pytest.raises(BadInput) as caught:
        find_files(name, revision, package, False)
    assert time.monotonic() - began < 10
    assert f"'{name}'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_hubs_cache_is_used_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub._snapshot_download.constants.HF_HUB_CACHE", str(tmp_path))
    commit = "0123456789abcdef" * 2 + "01234567"
    repository = tmp_path / "models--exapt--cached"
    folder = checkpoint(repository / "snapshots" / commit, "bert")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    for revision in (None, "main", commit):
        assert find_files("exapt/cached", revision, None, False) == (folder, commit)
    with pytest.raises(BadInput, match="local cache"):
        find_files("exapt/cached", "other", None, False)


def test_names_of_tensors(tmp_path: Path) -> None:
    file = checkpoint(tmp_path, "gpt2") / "model.safetensors"
    assert "wte.weight" in tensor_names(file)
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(BadInput, match=r"model\.safetensors"):
        tensor_names(file)
