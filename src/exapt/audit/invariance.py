"""What must not change the tokens of an example: padding on either side and, for sequences, the case of letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exapt.audit.tokenized import Pieces
from exapt.tokenizers import Tokenizer

_SWAP = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)


def changed_by_case(tokenizer: Tokenizer, texts: Sequence[str], pieces: Pieces) -> np.ndarray:
    """Whether each text's tokens are others when capitals (A to Z) and small letters change places.

    Args:
        tokenizer: A fast tokenizer.
        texts: The texts, or as many of the first as are to be looked at.
        pieces: Their tokens.

    Returns:
        Bool of shape (texts,).
    """
    swapped = _encoded(tokenizer, [text.translate(_SWAP) for text in texts])
    starts = pieces.starts
    return np.array(
        [ids != pieces.ids[starts[i] : starts[i + 1]].tolist() for i, ids in enumerate(swapped)], dtype=bool
    )


def changed_by_padding(tokenizer: Tokenizer, texts: Sequence[str]) -> np.ndarray:
    """Whether padding a batch on the left or on the right changes the tokens that the attention mask leaves.

    A tokenizer without a pad token, or with one that the model has no row for, changes all. A text in which the pad
    token stands as content counts as changed, too: who reads a batch by the token and not by the mask loses it.

    Args:
        tokenizer: A fast tokenizer.
        texts: One side of some examples.

    Returns:
        Bool of shape (texts,).
    """
    pad = tokenizer.pad_token_id
    if not isinstance(pad, int) or not 0 <= pad < len(tokenizer):
        return np.ones(len(texts), dtype=bool)
    core: Any = tokenizer.backend_tokenizer
    alone = _encoded(tokenizer, texts)
    changed = np.array([pad in ids for ids in alone], dtype=bool)
    special = [e.ids for e in _batch(core, texts)]
    for direction in ("left", "right"):
        core.enable_padding(direction=direction, pad_id=pad, pad_token=tokenizer.pad_token)
        padded = _batch(core, texts)
        core.no_padding()
        for row, encoding in enumerate(padded):
            left = [i for i, mask in zip(encoding.ids, encoding.attention_mask, strict=True) if mask]
            changed[row] |= left != special[row]
    return changed


def _encoded(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    core: Any = tokenizer.backend_tokenizer
    core.no_padding()
    core.no_truncation()
    return [e.ids for e in core.encode_batch_fast(list(texts), add_special_tokens=False)]


def _batch(core: Any, texts: Sequence[str]) -> list[Any]:
    found: list[Any] = core.encode_batch(list(texts))
    return found
