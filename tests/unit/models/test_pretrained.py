"""Pretrained models: what a seed changes, what a limit is, what the facts say, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoConfig, AutoModel, BertForMaskedLM

from exapt.errors import BadInput
from exapt.models.classifier import Classifier
from exapt.models.dropout import set_dropout
from exapt.models.pretrained import Pretrained
from exapt.settings import one_line
from tests.unit.models.checkpoints import KINDS, LIMIT, checkpoint, config_of
from tests.unit.models.test_checkpoint import batch_of


def opened(folder: Path, pair: str = "joint", **options: object) -> Pretrained:
    return Pretrained(name="it", name_or_path=str(folder), pair=pair, **options)  # type: ignore[arg-type]


def differing(one: Classifier, other: Classifier) -> set[str]:
    a, b = one.state_dict(), other.state_dict()
    assert a.keys() == b.keys()
    return {name for name in a if not torch.equal(a[name], b[name])}


# --- seeds


@pytest.mark.parametrize("pair", ["joint", "siamese"])
@pytest.mark.parametrize("kind", KINDS)
def test_seed_draws_the_head_and_nothing_else(kind: str, pair: str, tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path, kind, headed=pair == "joint"), pair)
    first = model.network(seed=1, paired=True, dropout=None)
    torch.rand(3)  # whatever was drawn before
    assert differing(first, model.network(seed=1, paired=True, dropout=None)) == set()
    changed = differing(first, model.network(seed=2, paired=True, dropout=None))
    assert changed and all(name.startswith("head.") for name in changed)
    assert not model.backbone_depends_on_seed
    assert "drawn" not in model.facts()


@pytest.mark.parametrize(("kind", "part"), [("bert", "bert.pooler.dense"), ("distilbert", "pre_classifier")])
def test_a_part_that_the_checkpoint_lacks_is_drawn_and_said(kind: str, part: str, tmp_path: Path) -> None:
    """Features then depend on the seed, and so do untrained heads on them."""
    folder = checkpoint(tmp_path, kind)
    if kind == "bert":  # as pretrained by masked language modelling: no pooler
        BertForMaskedLM.from_pretrained(folder).save_pretrained(folder)
    model = opened(folder)
    assert model.backbone_depends_on_seed
    assert model.facts()["drawn"] == [f"{part}.bias", f"{part}.weight"]
    first, same, other = (model.network(seed=s, paired=True, dropout=None) for s in (1, 1, 2))
    assert differing(first, same) == set()
    changed = {name for name in differing(first, other) if not name.startswith("head.")}
    assert changed == {f"backbone.{part}.weight"}
    # means over tokens pass no such part
    assert not opened(folder, "siamese").backbone_depends_on_seed


def test_weights_are_those_of_the_checkpoint(tmp_path: Path) -> None:
    stored = load_file(checkpoint(tmp_path, "bert") / "model.safetensors")
    found = opened(tmp_path).network(seed=0, paired=True, dropout=None).backbone.state_dict()
    for name, tensor in stored.items():
        assert torch.equal(found[f"bert.{name}"], tensor)


def test_weights_in_several_files(tmp_path: Path) -> None:
    whole, parts = checkpoint(tmp_path / "whole", "bert"), checkpoint(tmp_path / "parts", "bert")
    (parts / "model.safetensors").unlink()
    AutoModel.from_pretrained(whole).save_pretrained(parts, max_shard_size="5KB")
    assert len(list(parts.glob("model-*.safetensors"))) > 1
    networks = [opened(folder).network(seed=0, paired=True, dropout=None) for folder in (whole, parts)]
    assert differing(*networks) == set()
    assert not opened(parts).backbone_depends_on_seed


def test_a_head_of_another_task_is_replaced(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, "bert", headed=True)
    file = folder / "model.safetensors"
    save_file({**load_file(file), "classifier.weight": torch.ones(5, 16), "classifier.bias": torch.ones(5)}, file)
    network = opened(folder).network(seed=0, paired=True, dropout=None)
    assert network.head.weight.shape == (2, 16)
    assert network.head.bias.abs().max() == 0


# --- dropout


@pytest.mark.parametrize("pair", ["joint", "siamese"])
@pytest.mark.parametrize("kind", KINDS)
def test_dropout_reaches_every_layer(kind: str, pair: str, tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path, kind, headed=True), pair)
    batch = batch_of(model)

    def twice(dropout: float | None) -> tuple[set[float], bool]:
        network = model.network(seed=0, paired=True, dropout=dropout).train()
        rates = {m.p for m in network.modules() if isinstance(m, nn.Dropout)}
        return rates, torch.equal(network.features(batch), network.features(batch))

    assert twice(0.25)[0] == {0.25}
    assert twice(0.0) == ({0.0}, True)  # attention drops without a layer of its own: the features tell
    rates, equal = twice(None)
    assert 0.1 in rates and not equal


@pytest.mark.parametrize("kind", KINDS)
def test_set_dropout_leaves_no_probability_behind(kind: str) -> None:
    config = config_of(kind, 10)
    before = config.to_dict()
    set_dropout(config, None)
    assert config.to_dict() == before
    set_dropout(config, 0.25)
    after = config.to_dict()
    named = {key for key in before if "dropout" in key or "pdrop" in key}
    assert {after[key] for key in named} <= {0.25, None}
    assert len([key for key in named if after[key] == 0.25]) >= 2
    assert {key: v for key, v in after.items() if key not in named} == {
        key: v for key, v in before.items() if key not in named
    }


def test_set_dropout_sees_a_zero_written_without_a_point() -> None:
    config = config_of("bert", 10)
    config.hidden_dropout_prob = 0
    set_dropout(config, 0.25)
    assert config.hidden_dropout_prob == 0.25


# --- limits, facts


@pytest.mark.parametrize("kind", KINDS)
def test_limit_is_what_the_model_can_read(kind: str, tmp_path: Path) -> None:
    """RoBERTa's table has two rows that no token stands at."""
    folder = checkpoint(tmp_path, kind)
    file = folder / "tokenizer_config.json"
    told = json.loads(file.read_text())
    file.write_text(json.dumps({**told, "model_max_length": 10**30}))
    model = opened(folder)
    assert model.limit == LIMIT
    network = model.network(seed=0, paired=True, dropout=None).eval()

    def run(tokens: int) -> None:
        ids = torch.full((1, tokens), 5)
        with torch.no_grad():
            network({"input_ids": ids, "attention_mask": torch.ones_like(ids)})

    run(LIMIT)
    with pytest.raises((IndexError, RuntimeError)):
        run(LIMIT + 1)
    file.write_text(json.dumps({**told, "model_max_length": 40}))
    assert opened(folder).limit == 40


def test_word_limit_is_raised_and_said(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, "bert")
    raised, left = opened(folder), opened(folder, word_limit=None)
    assert raised.facts()["word_limit_raised"] == {"from": 100, "to": 10_000}
    assert left.facts()["word_limit_raised"] is None
    assert raised.facts()["tokenizer"] != left.facts()["tokenizer"]
    assert opened(checkpoint(tmp_path / "gpt2", "gpt2")).facts()["word_limit_raised"] is None


def test_facts_tell_content_and_no_place(tmp_path: Path) -> None:
    here = opened(checkpoint(tmp_path / "here", "bert"))
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    there = opened(tmp_path / "there")
    assert here.facts() == there.facts()
    assert str(tmp_path) not in json.dumps(here.facts())
    file = tmp_path / "there" / "model.safetensors"
    tensors = load_file(file)
    tensors[min(tensors)][0] += 1
    save_file(tensors, file, metadata={"format": "pt"})
    assert opened(tmp_path / "there").facts()["weights"] != here.facts()["weights"]
    config = tmp_path / "there" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "hidden_act": "relu"}))
    assert opened(tmp_path / "there").facts()["config"] != here.facts()["config"]


# --- refusals


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


# --- silence


def test_loading_and_saving_say_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = checkpoint(tmp_path, "distilbert")  # lacks a part: transformers would report it
    capfd.readouterr()
    opened(folder).network(seed=0, paired=True, dropout=None).save(tmp_path / "to")
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_config_of_the_checkpoint_is_left_alone(tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path, "bert"))
    before = AutoConfig.from_pretrained(tmp_path).to_dict()
    model.network(seed=0, paired=True, dropout=0.4)
    assert model.network(seed=0, paired=True, dropout=None).backbone.config.hidden_dropout_prob == 0.1
    assert AutoConfig.from_pretrained(tmp_path).to_dict() == before
