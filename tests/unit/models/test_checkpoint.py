"""A checkpoint is tensors and text: it opens with transformers' own classes, and is read back strictly."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from exapt.data.batching import collate
from exapt.data.encode import encode
from exapt.errors import BadInput
from exapt.models.classifier import SIAMESE_HEAD, Classifier
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from tests.unit.models.checkpoints import KINDS, checkpoint
from tests.unit.models.test_padding import PAIRS, examples_of

Model = Pretrained | Scratch


def model_of(folder: Path, kind: str, pair: str, **options: object) -> Model:
    if kind == "tiny":
        return Scratch(name="tiny", layers=1, width=16, heads=2, pair=pair)  # type: ignore[arg-type]
    place = checkpoint(folder, kind, **options)  # type: ignore[arg-type]
    return Pretrained(name=kind, name_or_path=str(place), pair=pair)  # type: ignore[arg-type]


def batch_of(model: Model) -> dict[str, torch.Tensor]:
    encoded = encode(examples_of(PAIRS), model.tokenizer(), model.pair, model.limit)
    return collate(encoded, torch.arange(len(PAIRS)).numpy())


def changed(network: Classifier) -> Classifier:
    """Every weight moved, as training would."""
    generator = torch.Generator().manual_seed(8)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.1)
    return network.eval()


@torch.no_grad()
def logits(network: Classifier, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    return network(batch)


@pytest.mark.parametrize("pair", ["joint", "siamese"])
@pytest.mark.parametrize("kind", [*KINDS, "tiny"])
def test_comes_back_whole(kind: str, pair: str, tmp_path: Path) -> None:
    model = model_of(tmp_path / "from", kind, pair)
    network = changed(model.network(seed=1, paired=True, dropout=None))
    expected = logits(network, batch_of(model))
    network.save(tmp_path / "to")
    assert torch.equal(logits(network, batch_of(model)), expected)  # saving leaves the network as it was
    fresh = model.network(seed=2, paired=True, dropout=None).eval()
    assert not torch.equal(logits(fresh, batch_of(model)), expected)
    fresh.load(tmp_path / "to")
    assert torch.equal(logits(fresh, batch_of(model)), expected)
    assert {p.suffix for p in (tmp_path / "to").iterdir()} == {".json", ".safetensors"}
    for file in (tmp_path / "to").glob("*.safetensors"):
        assert {t.dtype for t in load_file(file).values()} == {torch.float32}


@pytest.mark.parametrize("kind", [*KINDS, "tiny"])
def test_joint_opens_as_a_classification_model_of_the_hub(kind: str, tmp_path: Path) -> None:
    model = model_of(tmp_path / "from", kind, "joint")
    network = changed(model.network(seed=1, paired=True, dropout=None))
    network.save(tmp_path / "to")
    theirs, info = AutoModelForSequenceClassification.from_pretrained(tmp_path / "to", output_loading_info=True)
    assert not any(info.values()), info
    batch = batch_of(model)
    with torch.no_grad():
        found = theirs.eval()(**batch).logits
    torch.testing.assert_close(found, logits(network, batch), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("kind", [*KINDS, "tiny"])
def test_siamese_opens_as_a_backbone_with_its_head_beside(kind: str, paired: bool, tmp_path: Path) -> None:
    model = model_of(tmp_path / "from", kind, "siamese")
    network = changed(model.network(seed=1, paired=paired, dropout=None))
    network.save(tmp_path / "to")
    theirs, info = AutoModel.from_pretrained(tmp_path / "to", output_loading_info=True)
    left_over = {name for names in info.values() for name in names}
    assert all("pooler" in name for name in left_over), left_over  # tiny has none, BertModel would like one
    head = load_file(tmp_path / "to" / SIAMESE_HEAD)
    batch = batch_of(model)
    if not paired:
        batch = {name: values[: len(PAIRS)] for name, values in batch.items()}
    with torch.no_grad():
        hidden = theirs.eval()(**batch).last_hidden_state
    pooled = torch.stack([h[m.bool()].mean(dim=0) for h, m in zip(hidden, batch["attention_mask"], strict=True)])
    if paired:
        a, b = pooled[: len(PAIRS)], pooled[len(PAIRS) :]
        pooled = torch.cat([(a - b).abs(), a * b], dim=1)
    expected = pooled @ head["weight"].T + head["bias"]
    torch.testing.assert_close(logits(network, batch), expected, atol=1e-5, rtol=1e-5)


def test_stored_half_precision_is_trained_and_saved_in_full(tmp_path: Path) -> None:
    model = model_of(tmp_path / "from", "bert", "joint", dtype=torch.bfloat16)
    assert {t.dtype for t in load_file(tmp_path / "from" / "model.safetensors").values()} == {torch.bfloat16}
    network = model.network(seed=1, paired=True, dropout=None)
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    network.save(tmp_path / "to")
    assert {t.dtype for t in load_file(tmp_path / "to" / "model.safetensors").values()} == {torch.float32}
    theirs = AutoModelForSequenceClassification.from_pretrained(tmp_path / "to")
    assert theirs.dtype == torch.float32


@pytest.mark.parametrize("pair", ["joint", "siamese"])
def test_old_names_of_tensors_come_back_new(pair: str, tmp_path: Path) -> None:
    """bert-base on the Hub says LayerNorm.gamma; transformers would write that again, and a strict load fail."""
    model = model_of(tmp_path / "from", "bert", pair)
    file = tmp_path / "from" / "model.safetensors"
    old = {
        "bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): t
        for name, t in load_file(file).items()
    }
    assert any("gamma" in name for name in old)
    save_file(old, file, metadata={"format": "pt"})
    network = changed(model.network(seed=1, paired=True, dropout=None))
    expected = logits(network, batch_of(model))
    network.save(tmp_path / "to")
    fresh = model.network(seed=2, paired=True, dropout=None).eval()
    fresh.load(tmp_path / "to")
    assert torch.equal(logits(fresh, batch_of(model)), expected)


def test_tokenizer_beside_the_weights_keeps_its_repairs(tmp_path: Path) -> None:
    model = model_of(tmp_path / "from", "bert", "joint")
    model.network(seed=1, paired=True, dropout=None).save(tmp_path / "to")
    model.tokenizer().save_pretrained(tmp_path / "to")
    opened = AutoTokenizer.from_pretrained(tmp_path / "to")
    dna = "acgt" * 35
    assert opened(dna)["input_ids"] == model.tokenizer()(dna)["input_ids"]
    assert opened.unk_token_id not in opened(dna)["input_ids"]
    assert opened(*PAIRS[0])["token_type_ids"] == model.tokenizer()(*PAIRS[0])["token_type_ids"]
    assert opened.model_max_length == model.limit


Fault = dict[str, torch.Tensor]


def without_one(tensors: Fault) -> Fault:
    return {name: t for name, t in tensors.items() if name != min(tensors)}


def with_one_more(tensors: Fault) -> Fault:
    return {**tensors, "more": torch.zeros(1)}


def with_another_shape(tensors: Fault) -> Fault:
    return {**tensors, min(tensors): torch.zeros(3, 3, 3)}


@pytest.mark.parametrize("fault", [without_one, with_one_more, with_another_shape])
@pytest.mark.parametrize(
    ("pair", "name"), [("joint", "model.safetensors"), ("siamese", "model.safetensors"), ("siamese", SIAMESE_HEAD)]
)
def test_wrong_weights_are_refused(fault: object, pair: str, name: str, tmp_path: Path) -> None:
    model = model_of(tmp_path, "tiny", pair)
    network = model.network(seed=1, paired=True, dropout=None)
    network.save(tmp_path)
    file = tmp_path / name
    tensors = fault(load_file(file))  # type: ignore[operator]
    save_file(tensors, file)
    with pytest.raises(BadInput) as caught:
        network.load(tmp_path)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_load_that_fails_leaves_a_joint_network_usable(tmp_path: Path) -> None:
    model = model_of(tmp_path, "tiny", "joint")
    network = model.network(seed=1, paired=True, dropout=None).eval()
    expected = logits(network, batch_of(model))
    with pytest.raises(BadInput, match=r"no such weights"):
        network.load(tmp_path / "nowhere")
    assert torch.equal(logits(network, batch_of(model)), expected)


@pytest.mark.parametrize("name", ["model.safetensors", SIAMESE_HEAD])
def test_weights_broken_off_or_gone_are_one_line(name: str, tmp_path: Path) -> None:
    model = model_of(tmp_path, "tiny", "siamese")
    network = model.network(seed=1, paired=True, dropout=None)
    network.save(tmp_path)
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(BadInput, match="do not fit") as caught:
        network.load(tmp_path)
    assert "\n" not in str(caught.value)
    file.unlink()
    with pytest.raises(BadInput, match="no such weights") as caught:
        network.load(tmp_path)
    assert str(file) in str(caught.value)


def test_a_head_for_pairs_does_not_fit_one_for_single_sequences(tmp_path: Path) -> None:
    model = model_of(tmp_path, "tiny", "siamese")
    model.network(seed=1, paired=True, dropout=None).save(tmp_path)
    with pytest.raises(BadInput, match=SIAMESE_HEAD):
        model.network(seed=1, paired=False, dropout=None).load(tmp_path)


def test_saved_files_say_that_they_are_of_torch(tmp_path: Path) -> None:
    """Older readers refuse a file without this word."""
    model_of(tmp_path, "tiny", "joint").network(seed=1, paired=True, dropout=None).save(tmp_path)
    with safe_open(tmp_path / "model.safetensors", framework="pt") as file:
        assert file.metadata() == {"format": "pt"}
