"""Opens the tokenizer of a pretrained model's folder, and refuses what cannot be checked for erased input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerFast

from exapt.errors import BadInput


def open_tokenizer(folder: Path, name: str, **code: Any) -> PreTrainedTokenizerFast:
    """A folder's tokenizer as it stands.

    Args:
        folder: The model's files.
        name: The model's name, for messages.
        **code: What transformers is told about remote code.

    Raises:
        BadInput: If there is none, it is broken, or it is no fast tokenizer.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **code)
    except Exception as error:  # the tokenizers library raises bare exceptions
        said = " ".join(str(error).split())[:160]
        raise BadInput(f"model {name}: no usable tokenizer in {folder} ({said}).") from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise BadInput(f"model {name}: only fast tokenizers (tokenizer.json) can be checked for erased input.")
    if len(tokenizer) <= len(tokenizer.all_special_tokens):  # what transformers makes of a folder without one
        raise BadInput(f"model {name}: no tokenizer in {folder}; copy tokenizer.json there.")
    return tokenizer
