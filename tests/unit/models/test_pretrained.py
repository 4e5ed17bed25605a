"""Pretrained models: what a seed changes, what a limit is, what the facts say."""

from __future__ import annotations

import io
import json
import logging
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertForMaskedLM

from exapt.models.classifier import Classifier
from exapt.models.pretrained import Pretrained
from tests.unit.models.checkpoints import KINDS, LIMIT, checkpoint


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


@pytest.mark.parametrize("pair", ["joint", "siamese"])
@pytest.mark.parametrize("kind", KINDS)
def test_drawn_anew_it_keeps_its_architecture_tokenizer_and_head(kind: str, pair: str, tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path, kind, headed=pair == "joint"), pair)
    anew = model.drawn_anew()
    learned, drawn = (one.network(seed=1, paired=True, dropout=None) for one in (model, anew))
    changed = differing(learned, drawn)
    matrices = {name for name, value in learned.state_dict().items() if value.ndim == 2 and "head" not in name}
    assert matrices and matrices <= changed and not any(name.startswith("head.") for name in changed)
    assert differing(drawn, anew.network(seed=1, paired=True, dropout=None)) == set()
    assert matrices <= differing(drawn, anew.network(seed=2, paired=True, dropout=None))
    assert anew.backbone_depends_on_seed
    assert anew.facts() == model.facts() | {"weights": "drawn from seeds.init"}


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


def test_a_repair_is_part_of_the_facts_and_the_default_is_as_ever(tmp_path: Path) -> None:
    """Fits finished before there were repairs by name keep their identity."""
    folder = checkpoint(tmp_path, "bert")
    facts = opened(folder).facts()
    assert facts == opened(folder, repair="raise_limit", kmer=3).facts()
    assert set(facts) == {
        "class", "name", "hub", "weights", "config", "tokenizer", "pair", "limit", "word_limit_raised", "pad_token",
    }  # fmt: skip
    assert opened(folder, repair=None).facts() == opened(folder, word_limit=None).facts()
    cut = [opened(folder, repair="space_kmers", kmer=k).facts() for k in (3, 6)]
    single = opened(folder, repair="characters").facts()
    assert [f["sequence_words"]["letters"] for f in (*cut, single)] == [3, 6, 1]
    assert len({f["tokenizer"] for f in (facts, *cut, single)}) == 4
    assert opened(folder, repair=None).repaired("space_kmers", 10_000).facts() == cut[1]


@pytest.mark.parametrize("repair", ["space_kmers", "characters"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_fit_reads_sequences_as_its_training_did(kind: str, repair: str, tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path / "from", kind), repair=repair)
    model.network(seed=0, paired=True, dropout=None).save(tmp_path / "to")
    model.tokenizer().save_pretrained(tmp_path / "to")
    again = AutoTokenizer.from_pretrained(tmp_path / "to")
    for text in ("ACGTTGCA" * 20, "the cat sat", "acgtgca, the cat"):
        assert again(text, "a dog")["input_ids"] == model.tokenizer()(text, "a dog")["input_ids"]


def test_words_of_one_letter_have_their_own_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"model\.repair=characters"):
        opened(tmp_path, kmer=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("headed", [False, True])
@pytest.mark.parametrize("pair", ["joint", "siamese"])
def test_embeddings_are_those_that_the_network_reads(kind: str, headed: bool, pair: str, tmp_path: Path) -> None:
    """Whatever prefix the file's names have, in half precision too."""
    model = opened(checkpoint(tmp_path, kind, headed=headed, dtype=torch.bfloat16), pair)
    network = model.network(seed=0, paired=True, dropout=None)
    table = network.backbone.get_input_embeddings().weight.detach()
    found = model.embeddings()
    assert found.dtype == "float32" and torch.equal(torch.from_numpy(found), table)


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


# --- silence


def test_loading_and_saving_say_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = checkpoint(tmp_path, "distilbert")  # lacks a part: transformers would report it
    logged = io.StringIO()  # its own handler keeps the stream of its first import
    handler = logging.StreamHandler(logged)
    logging.getLogger("transformers").addHandler(handler)
    capfd.readouterr()
    try:
        opened(folder).network(seed=0, paired=True, dropout=None).save(tmp_path / "to")
    finally:
        logging.getLogger("transformers").removeHandler(handler)
    said = capfd.readouterr()
    assert (said.out, said.err, logged.getvalue()) == ("", "", "")


def test_config_of_the_checkpoint_is_left_alone(tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path, "bert"))
    before = AutoConfig.from_pretrained(tmp_path).to_dict()
    model.network(seed=0, paired=True, dropout=0.4)
    assert model.network(seed=0, paired=True, dropout=None).backbone.config.hidden_dropout_prob == 0.1
    assert AutoConfig.from_pretrained(tmp_path).to_dict() == before
