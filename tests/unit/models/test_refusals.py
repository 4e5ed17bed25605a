"""What is no usable model is refused in one line; pickles are not read, foreign code does not run unasked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from exapt.errors import BadInput
from exapt.models.pretrained import Pretrained
from exapt.settings import one_line
from tests.unit.models.checkpoints import checkpoint
from tests.unit.models.test_pretrained import opened


def refused(model: Pretrained) -> str:
    with pytest.raises(BadInput) as caught:
        model.facts()
        model.network(seed=0, paired=True, dropout=None)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("pair", ["joint", "siamese"])
def test_a_checkpoint_that_lacks_a_tensor_of_the_backbone(pair: str, tmp_path: Path) -> None:
    file = checkpoint(tmp_path, "bert") / "model.safetensors"
    gone = "encoder.layer.0.output.dense.weight"
    save_file({k: v for k, v in load_file(file).items() if k != gone}, file, metadata={"format": "pt"})
    assert gone in refused(opened(tmp_path, pair))


def test_a_checkpoint_with_a_tensor_of_another_shape(tmp_path: Path) -> None:
    file = checkpoint(tmp_path, "bert") / "model.safetensors"
    odd = "encoder.layer.0.output.dense.weight"
    save_file({**load_file(file), odd: torch.zeros(3, 3)}, file, metadata={"format": "pt"})
    assert odd in refused(opened(tmp_path))


def test_a_checkpoint_of_another_architecture(tmp_path: Path) -> None:
    checkpoint(tmp_path / "bert", "bert")
    checkpoint(tmp_path / "gpt2", "gpt2")
    shutil.copy(tmp_path / "gpt2" / "model.safetensors", tmp_path / "bert")
    assert "not of this architecture" in refused(opened(tmp_path / "bert"))


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    file = checkpoint(tmp_path, "bert") / "model.safetensors"
    torch.save(load_file(file), tmp_path / "pytorch_model.bin")
    file.unlink()
    assert "no model*.safetensors" in refused(opened(tmp_path))
    with pytest.raises(BadInput):
        opened(tmp_path).network(seed=0, paired=True, dropout=None)


@pytest.mark.parametrize(
    ("name", "said"),
    [("config.json", "config.json"), ("tokenizer.json", "tokenizer"), ("model.safetensors", "model.safetensors")],
)
def test_a_broken_file(name: str, said: str, tmp_path: Path) -> None:
    file = checkpoint(tmp_path, "bert") / name
    file.write_bytes(file.read_bytes()[:50])
    assert said in refused(opened(tmp_path))


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    assert "no model*.safetensors" in refused(opened(tmp_path))
    checkpoint(tmp_path, "bert")
    (tmp_path / "config.json").unlink()
    assert "config.json" in refused(opened(tmp_path))


def test_an_architecture_without_a_classifier(tmp_path: Path) -> None:
    config = checkpoint(tmp_path, "bert") / "config.json"
    config.write_text(json.dumps({"model_type": "vit", "hidden_size": 16, "num_hidden_layers": 1}))
    assert "vit" in refused(opened(tmp_path))


@pytest.mark.parametrize("revision", [None, "main", "abcdef0", "g" * 40])
def test_remote_code_needs_a_pinned_revision(revision: str | None) -> None:
    with pytest.raises(ValidationError) as caught:
        Pretrained(name="it", name_or_path="some/model", revision=revision, trust_remote_code=True)
    assert "40 digits" in one_line(caught.value)


CODE = """
from transformers import BertConfig, BertForSequenceClassification

class OwnConfig(BertConfig):
    model_type = "exapt-test-own"

class OwnModel(BertForSequenceClassification):
    config_class = OwnConfig
"""


def test_remote_code_runs_only_where_it_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    folder = checkpoint(tmp_path / "model", "bert", headed=True)
    (folder / "own.py").write_text(CODE)
    file = folder / "config.json"
    config = json.loads(file.read_text())
    names = {"AutoConfig": "own.OwnConfig", "AutoModelForSequenceClassification": "own.OwnModel"}
    file.write_text(json.dumps({**config, "model_type": "exapt-test-own", "auto_map": names}))
    monkeypatch.setattr("builtins.input", lambda *_: "y")  # transformers asks on a terminal; nobody is to be asked
    assert "config.json" in refused(opened(folder))
    assert not (tmp_path / "modules").exists()
    trusted = opened(folder, trust_remote_code=True, revision="a" * 40)
    network = trusted.network(seed=0, paired=True, dropout=None)
    assert type(network.backbone).__name__ == "OwnModel"
    # code of another repository is looked for at the pinned commit, never at its newest
    elsewhere = {kind: f"other/repository--{name}" for kind, name in names.items()}
    file.write_text(json.dumps({**config, "model_type": "exapt-test-own", "auto_map": elsewhere}))
    asked: list[str | None] = []

    def look(*_: object, revision: str | None = None, **__: object) -> None:
        asked.append(revision)
        raise OSError("no such file there")

    monkeypatch.setattr("transformers.dynamic_module_utils.cached_file", look)
    refused(opened(folder, trust_remote_code=True, revision="a" * 40))
    assert set(asked) == {"a" * 40}


def test_a_folder_without_a_tokenizer(tmp_path: Path) -> None:
    """transformers makes an empty one, which would read every letter as unknown."""
    folder = checkpoint(tmp_path, "bert")
    for file in (*folder.glob("tokenizer*"), *folder.glob("vocab*"), *folder.glob("special_tokens*")):
        file.unlink()
    assert "tokenizer" in refused(opened(tmp_path, "joint"))
