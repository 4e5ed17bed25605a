"""A tokenizer of single characters, for models trained from scratch on text and sequences alike."""

from __future__ import annotations

import string

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
# after lower-casing; a, c, g and t are shared by English and DNA, which is the point
ALPHABET = string.ascii_lowercase + string.digits + " " + string.punctuation


def characters(limit: int) -> PreTrainedTokenizerFast:
    """A lower-casing tokenizer with one token a character, pairs as [CLS] a [SEP] b [SEP].

    Args:
        limit: Longest input in tokens, special tokens included.

    Returns:
        A fast tokenizer; characters outside printable ASCII are `[UNK]`.
    """
    vocabulary = {token: i for i, token in enumerate((*SPECIAL, *ALPHABET))}
    core = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    core.normalizer = normalizers.Lowercase()
    core.pre_tokenizer = pre_tokenizers.Split(Regex("(?m)."), behavior="isolated")
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        model_max_length=limit,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
