"""A small encoder of characters trained from scratch: no download, its weights drawn from a seed."""

from __future__ import annotations

from typing import Any, Literal

import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel, PreTrainedTokenizerFast

from exapt.errors import BadInput
from exapt.models.classifier import Classifier, Joint, Siamese
from exapt.settings import settings
from exapt.tokenizers.characters import characters


@settings
class Scratch:
    """A BERT-like encoder over characters, with weights drawn from `seeds.init`.

    Attributes:
        name: Short name for folders and reports.
        layers: Number of layers.
        width: Width of hidden states; a multiple of `heads`.
        heads: Attention heads a layer.
        max_length: Longest input in tokens.
        pair: `joint` or `siamese`. From scratch only siamese models compare two sequences after minutes of training.

    Raises:
        BadInput: If `width` is no multiple of `heads`.
    """

    name: str
    layers: int = 2
    width: int = 128
    heads: int = 4
    max_length: int = 256
    pair: Literal["joint", "siamese"] = "siamese"

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise BadInput(f"model.width: {self.width} is no multiple of model.heads={self.heads}.")

    @property
    def limit(self) -> int:
        """Longest input in tokens."""
        return self.max_length

    @property
    def backbone_depends_on_seed(self) -> bool:
        """Whether `seeds.init` changes features before training (here: always)."""
        return True

    def facts(self) -> dict[str, Any]:
        """What identifies the model."""
        return {
            "class": "scratch", "name": self.name, "layers": self.layers, "width": self.width, "heads": self.heads,
            "max_length": self.max_length, "pair": self.pair, "tokenizer": "characters",
        }  # fmt: skip

    def tokenizer(self) -> PreTrainedTokenizerFast:
        """The tokenizer of single characters."""
        return characters(self.max_length)

    def network(self, *, seed: int, paired: bool, dropout: float | None) -> Classifier:
        """The classifier, all of it drawn from a seed, in float32.

        Args:
            seed: `seeds.init`.
            paired: Whether examples have a right side.
            dropout: Dropout probability; None means 0.1.
        """
        tokenizer = self.tokenizer()
        rate = 0.1 if dropout is None else dropout
        config = BertConfig(
            vocab_size=len(tokenizer), hidden_size=self.width, num_hidden_layers=self.layers,
            num_attention_heads=self.heads, intermediate_size=4 * self.width, max_position_embeddings=self.max_length,
            hidden_dropout_prob=rate, attention_probs_dropout_prob=rate, pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
        config.num_labels = 2
        torch.manual_seed(seed)
        if self.pair == "joint":
            return Joint(BertForSequenceClassification(config), seed)
        return Siamese(BertModel(config, add_pooling_layer=False), seed, paired)
