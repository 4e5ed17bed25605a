"""Tokenizers: training and repair. `Tokenizer` is the kind that the rest of the house speaks of."""

from transformers import PreTrainedTokenizerFast as Tokenizer

__all__ = ["Tokenizer"]
