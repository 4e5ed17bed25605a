"""Twins of the papers' models, the same classes with random weights, and of their data: generated, in real layouts."""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
)

from tests.unit.models.checkpoints import EOS, byte_level

KINDS = ("gpt2", "bert-base-uncased", "bert-base-cased", "bert-base-multilingual-cased")
WORDS, PLACES = 512, 1024  # what BERT and GPT-2 read at most, as in the originals
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
NAMES = {
    "en": ("Ann Bob Carl Dora Eve Finn Gwen Hugo Ida Jack", "saw met heard thanked called found", "in the park"),
    "fr": ("Anne Rémi Léa Hugo Zoé Noël Inès Paul Élise Luc", "voit entend appelle trouve aime suit", "dans le parc"),
    "de": ("Änne Jörg Käthe Uwe Grete Kurt Heidi Emil Ute Otto", "sieht hört ruft findet mag kennt", "im Garten"),
}
CARD = """---
configs:
- config_name: {name}
  data_files: [{{split: train, path: {name}/train.jsonl}}]
---
Generated.
"""


def twin(folder: Path, kind: str) -> Path:
    """A checkpoint of `kind`: its class and its tokenizer's, one layer, width 32, random weights."""
    torch.manual_seed(KINDS.index(kind))
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    if kind == "gpt2":
        vocab, merges = byte_level(EOS)
        tokenizer = GPT2Tokenizer(vocab=vocab, merges=merges, model_max_length=PLACES)
        model = GPT2LMHeadModel(
            GPT2Config(vocab_size=len(tokenizer), n_positions=PLACES, n_embd=32, n_layer=1, n_head=2)
        )
    else:
        lower = kind.endswith("uncased")
        letters = string.ascii_lowercase + string.digits + string.punctuation
        letters += "" if lower else string.ascii_uppercase
        letters += "éèàüöäßçñ中文" if "multilingual" in kind else ""
        pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
        tokenizer = BertTokenizer(
            vocab={piece: place for place, piece in enumerate(dict.fromkeys(pieces))}, do_lower_case=lower,
            model_max_length=WORDS,
        )  # fmt: skip
        model = BertForSequenceClassification(
            BertConfig(vocab_size=len(tokenizer), max_position_embeddings=WORDS, pad_token_id=0, **size)
        )
    with torch.no_grad():  # far enough from zero that every token tells
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.mul_(8)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def pawsx(folder: Path, train: int, held: int) -> dict[str, int]:
    """PAWS-X as its files lie, English with its training set, French and German without; rows generated.

    Returns:
        The rows of each split.
    """
    (folder / "pawsx").mkdir(parents=True)
    for number, (language, (names, verbs, place)) in enumerate(NAMES.items()):
        rng = np.random.default_rng(number)
        for stem, pairs in (("train", train), ("dev_2k", held), ("test_2k", held)):
            if stem == "train" and language != "en":
                continue
            rows = ["id\tsentence1\tsentence2\tlabel"]
            for row in range(pairs):
                one, other = rng.choice(names.split(), size=2, replace=False)
                verb, code = rng.choice(verbs.split()), rng.integers(10**6)
                turned = (one, other) if row % 2 else (other, one)
                right = f"{place} {code} {turned[0]} {verb} {turned[1]} ."
                rows.append(f"{row}\t{one} {verb} {other} {place} {code} .\t{right}\t{row % 2}")
            (folder / "pawsx" / f"{stem}.{language}.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return {"train": train, "dev": held, "test": held}


def similar_pairs(pairs: int, letters: int = 150) -> list[dict[str, object]]:
    """Pairs as in `dna_sim_pair_simple_150bp`: half with a tenth of the letters changed, half unrelated."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(pairs):
        left = rng.choice(list("ACGT"), size=letters)
        right = np.where(rng.random(letters) < 0.1, rng.choice(list("ACGT"), size=letters), left)
        if number % 2:
            right = rng.choice(list("ACGT"), size=letters)
        rows.append({"sentence1": "".join(left), "sentence2": "".join(right), "label": 1 - number % 2})
    return rows


def coding_pairs(pairs: int) -> list[dict[str, object]]:
    """DNA and protein, unrelated: what the published set looks like to a tokenizer, without its content."""
    rng = np.random.default_rng(1)
    return [
        {
            "sentence1": "".join(rng.choice(list("ACGT"), size=150)),
            "sentence2": "".join(rng.choice(list(RESIDUES), size=120)), "label": number % 2,
        }
        for number in range(pairs)
    ]  # fmt: skip


def hub_folder(folder: Path, config: str, rows: Sequence[dict[str, object]]) -> Path:
    """One configuration of a Hub data set, as the Hub lays it out: one undivided split."""
    (folder / config).mkdir(parents=True)
    (folder / "README.md").write_text(CARD.format(name=config), encoding="utf-8")
    lines(folder / config / "train.jsonl", rows)
    return folder


def lines(file: Path, rows: Sequence[dict[str, object]]) -> None:
    """Rows as JSON lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
