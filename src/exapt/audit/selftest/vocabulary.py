"""A tokenizer and embeddings made on the spot: WordPiece over the words or k-mers of a base; nothing is downloaded."""

from __future__ import annotations

import itertools
import json
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer as Core
from tokenizers import models, pre_tokenizers, processors

from exapt.audit.selftest.rows import Base, Kind
from exapt.models.pretrained import Pretrained
from exapt.tokenizers import Tokenizer

LIMIT = 128  # tokens
WORD = 100  # letters; a longer word is one unknown token, as in BERT's own WordPiece
FREE, WIDTH = 20, 16
KMER: Mapping[Kind, int] = {"text": 1, "dna": 4, "coding": 3}  # letters of a piece of upper-case DNA
_LETTERS = string.ascii_letters + string.digits + string.punctuation


@dataclass(frozen=True)
class Vocabulary:
    """What a tokenizer knows beside single letters.

    Attributes:
        words: Whole words.
        kmer: All k-mers of A, C, G and T of this length are pieces; none if it is 1.
        pad: The pad token.
        untrained: Pieces whose embeddings were never trained.
    """

    words: tuple[str, ...] = ()
    kmer: int = 1
    pad: str = "[PAD]"
    untrained: tuple[str, ...] = ()


def vocabulary_of(base: Base) -> Vocabulary:
    """The one that suits a clean base: its words, or k-mers of its DNA."""
    return Vocabulary(words_of(base) if base.kind == "text" else (), KMER[base.kind])


def words_of(base: Base) -> tuple[str, ...]:
    """All words of a base's sides."""
    return tuple(
        sorted({word for side in ("left", "right") for text in base.frame[side].dropna() for word in text.split()})
    )


def write_model(folder: Path, vocabulary: Vocabulary) -> Pretrained:
    """Write a folder as the Hub has them (configuration, tokenizer, embeddings) and name it as a model.

    Args:
        folder: An empty or missing folder.
        vocabulary: What the tokenizer knows.

    Returns:
        The model's settings: a joint BERT of 128 tokens that reads cases apart, its tokenizer unrepaired.
    """
    special = [vocabulary.pad, "[UNK]", "[CLS]", "[SEP]"]
    words = {word: None for word in (*special, *(f"[unused{i}]" for i in range(FREE)), *_pieces(_LETTERS))}
    if vocabulary.kmer > 1:
        words |= dict.fromkeys(_pieces(map("".join, itertools.product("ACGT", repeat=vocabulary.kmer))))
    words |= dict.fromkeys(vocabulary.words)
    number = {word: i for i, word in enumerate(words)}
    core = Core(models.WordPiece(number, unk_token="[UNK]", max_input_chars_per_word=WORD))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", number["[CLS]"]), ("[SEP]", number["[SEP]"])],
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    Tokenizer(
        tokenizer_object=core, model_max_length=LIMIT, pad_token=vocabulary.pad, unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)  # fmt: skip
    config = {
        "model_type": "bert", "architectures": ["BertModel"], "vocab_size": len(number), "hidden_size": WIDTH,
        "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": WIDTH, "max_position_embeddings": LIMIT,
        "pad_token_id": 0,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file({"embeddings.word_embeddings.weight": _embeddings(number, vocabulary)}, folder / "model.safetensors")
    return Pretrained(name="self-test", name_or_path=str(folder), repair=None)


def _pieces(parts: Iterable[str]) -> list[str]:
    """Each part at the head of a word and inside one."""
    return [piece for part in parts for piece in (part, f"##{part}")]


def _embeddings(number: Mapping[str, int], vocabulary: Vocabulary) -> np.ndarray:
    """Rows drawn as BERT draws them (0.02); those that were trained have moved away from there."""
    drawn = np.random.default_rng(0).normal(size=(len(number), WIDTH)).astype(np.float32)
    trained = np.array([not word.startswith("[unused") for word in number])
    trained[[number[piece] for piece in vocabulary.untrained]] = False
    return np.where(trained[:, None], 0.3, 0.02).astype(np.float32) * drawn
