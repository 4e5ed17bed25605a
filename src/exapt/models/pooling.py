"""From hidden states of tokens to one vector an input, whatever padding stands around the tokens."""

from __future__ import annotations

import torch
from torch import Tensor


def positions(mask: Tensor) -> Tensor:
    """Position of every attended token among the attended ones.

    Args:
        mask: Shape (n, tokens), 1 where a token is attended.

    Returns:
        Shape (n, tokens), counting from 0; 0 under padding.
    """
    return (mask.long().cumsum(dim=1) - 1).clamp(min=0)


def tokens_first(batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Move padding behind the tokens, whose order stays.

    Args:
        batch: Tensors of shape (n, tokens), `attention_mask` among them.

    Returns:
        The same tensors, row by row in the new order; equal ones where padding stands behind already.
    """
    order = (1 - batch["attention_mask"].long()).argsort(dim=1, stable=True)
    return {name: values.gather(1, order) for name, values in batch.items()}


def last_token(hidden: Tensor, mask: Tensor) -> Tensor:
    """Hidden state of the last attended token: (n, tokens, width) to (n, width)."""
    steps = torch.arange(mask.shape[1], device=mask.device)
    last = (mask.long() * steps).argmax(dim=1)
    return hidden[torch.arange(len(hidden), device=hidden.device), last]


def mean_tokens(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean over attended tokens: (n, tokens, width) to (n, width), summed in float32."""
    weight = mask.unsqueeze(-1).float()
    return (hidden.float() * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1)
