"""Tiny random checkpoints of real architectures with tokenizers made on the spot: a Hub folder without a Hub."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    BertConfig,
    BertTokenizer,
    DistilBertConfig,
    DistilBertTokenizer,
    GPT2Config,
    GPT2Tokenizer,
    PreTrainedConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaTokenizer,
)

KINDS = ("bert", "distilbert", "roberta", "gpt2")
LIMIT = 160
EOS = "<|endoftext|>"
TEXTS = [
    "the cat sat on the mat", "a dog barks at the cat", "acgtacgt tgcatgca", "the sea meets the land, a town grew",
    "one two three four five six seven", "she said nothing", "nothing was said by her", "rivers run",
]  # fmt: skip


def wordpiece() -> PreTrainedTokenizerFast:
    """BERT's kind: lower case, letters and their continuations as pieces, words over 100 letters unknown."""
    letters = string.ascii_lowercase + string.digits + string.punctuation
    words = sorted({w for text in TEXTS for w in text.replace(",", "").split()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), *words]
    return BertTokenizer(vocab={p: i for i, p in enumerate(dict.fromkeys(pieces))}, model_max_length=LIMIT)


def byte_level(*special: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges over bytes, trained on `TEXTS`."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    core.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(
            vocab_size=300, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False
        ),
    )
    merges = json.loads(core.to_str())["model"]["merges"]
    return core.get_vocab(), [tuple(m) for m in merges]


def tokenizer_of(kind: str) -> PreTrainedTokenizerFast:
    """An architecture's own tokenizer. GPT-2's has no specials around a text, no pad, and its end token for unknown."""
    if kind == "gpt2":
        vocab, merges = byte_level(EOS)
        return GPT2Tokenizer(vocab=vocab, merges=merges, model_max_length=LIMIT)
    if kind == "roberta":
        vocab, merges = byte_level("<s>", "<pad>", "</s>", "<unk>", "<mask>")
        return RobertaTokenizer(vocab=vocab, merges=merges, model_max_length=LIMIT)
    if kind == "distilbert":
        return DistilBertTokenizer(vocab=wordpiece().get_vocab(), model_max_length=LIMIT)
    return wordpiece()


def config_of(kind: str, words: int) -> PreTrainedConfig:
    """One layer, width 16."""
    size: dict[str, Any] = {
        "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32,
    }  # fmt: skip
    if kind == "bert":
        return BertConfig(vocab_size=words, max_position_embeddings=LIMIT, pad_token_id=0, **size)
    if kind == "roberta":
        # as its authors count: two places more than tokens
        return RobertaConfig(vocab_size=words, max_position_embeddings=LIMIT + 2, pad_token_id=1, **size)
    if kind == "distilbert":
        return DistilBertConfig(
            vocab_size=words,
            max_position_embeddings=LIMIT,
            dim=16,
            n_layers=1,
            n_heads=2,
            hidden_dim=32,
            pad_token_id=0,
        )
    return GPT2Config(vocab_size=words, n_positions=LIMIT, n_embd=16, n_layer=1, n_head=2)


def checkpoint(folder: Path, kind: str, *, headed: bool = False, dtype: torch.dtype = torch.float32) -> Path:
    """Save a checkpoint whose weights are far enough from zero that every position, type and token tells.

    Args:
        folder: Where to.
        kind: Of `KINDS`.
        headed: Save a classification model (with DistilBERT's and RoBERTa's parts between backbone and head).
        dtype: Of the stored weights.
    """
    tokenizer = tokenizer_of(kind)
    config = config_of(kind, len(tokenizer))
    config.num_labels = 2
    opener = AutoModelForSequenceClassification if headed else AutoModel
    torch.manual_seed(1)
    model = opener.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.copy_(torch.randn(parameter.shape) * 0.4)
    model.to(dtype).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    # as all-MiniLM-L6-v2 ships it: settings that must not leak into ours
    file = folder / "tokenizer.json"
    stored = json.loads(file.read_text())
    stored["truncation"] = {"direction": "Left", "max_length": 9, "strategy": "OnlySecond", "stride": 0}
    stored["padding"] = {
        "strategy": {"Fixed": 9}, "direction": "Left", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0,
        "pad_token": "!",
    }  # fmt: skip
    file.write_text(json.dumps(stored))
    return folder
