"""Classification heads drawn from a seed, so that equal seeds give equal heads whatever else was drawn before."""

from __future__ import annotations

import copy

import torch
from torch import nn


def redraw(head: nn.Module, seed: int, deviation: float) -> None:
    """Draw a head's linear layers anew, in place: weights from N(0, deviation²), biases zero.

    Args:
        head: The head; every parameter must belong to an `nn.Linear`.
        seed: Seed of a generator of its own; the global generator is left alone.
        deviation: Standard deviation of the weights (a model's `initializer_range`).

    Raises:
        TypeError: If a parameter of the head is not part of a linear layer.
    """
    generator = torch.Generator().manual_seed(seed)
    layers = [m for m in head.modules() if isinstance(m, nn.Linear)]
    owned = {id(p) for layer in layers for p in layer.parameters()}
    if any(id(p) not in owned for p in head.parameters()):
        raise TypeError(f"{type(head).__name__} has parameters outside linear layers: it cannot be drawn from a seed.")
    with torch.no_grad():
        for layer in layers:
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator) * deviation)
            if layer.bias is not None:
                layer.bias.zero_()


@torch.no_grad()
def untrained_scores(
    head: nn.Module, features: torch.Tensor, heads: int, deviation: float, positive: int
) -> torch.Tensor:
    """Scores of many heads drawn from the seeds 0 to heads - 1, on features computed once.

    Args:
        head: A head to copy; itself unchanged.
        features: Float tensor of shape (n, ...) as `Classifier.features` gives them.
        heads: How many heads.
        deviation: As in `redraw`.
        positive: Index of the positive class.

    Returns:
        Float tensor of shape (heads, n): log-odds of the positive class.
    """
    # the head of the network may be in training mode or on an accelerator; the copy is neither
    drawn = copy.deepcopy(head).cpu().float().eval()
    rows = []
    for seed in range(heads):
        redraw(drawn, seed, deviation)
        rows.append(log_odds(drawn(features.float()), positive))
    return torch.stack(rows)


def log_odds(logits: torch.Tensor, positive: int) -> torch.Tensor:
    """Log-odds of the positive class from two logits, shape (n, 2) to (n,), in float32."""
    logits = logits.float()
    return logits[:, positive] - logits[:, 1 - positive]
