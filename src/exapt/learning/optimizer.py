"""AdamW with warm-up."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from exapt.learning.method import Method


def optimizer(network: nn.Module, method: Method) -> torch.optim.AdamW:
    """AdamW over the trainable parameters; weight decay on matrices only."""
    trainable = [p for p in network.parameters() if p.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in trainable if p.dim() > 1], "weight_decay": method.weight_decay},
        {"params": [p for p in trainable if p.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=method.lr, fused=True)


def factor(step: int, steps: int, warmup: float, schedule: str) -> float:
    """Learning rate of a step as a share (0 to 1) of the peak.

    Args:
        step: Counted from 0.
        steps: All steps of the fit.
        warmup: Share of the steps over which the rate rises linearly.
        schedule: `constant`, `linear` (to zero) or `cosine` (half a wave, to zero).
    """
    rising = warmup * steps
    if step < rising:
        return (step + 1) / (rising + 1)
    done = (step - rising) / max(steps - rising, 1)
    if schedule == "constant":
        return 1.0
    return 1.0 - done if schedule == "linear" else 0.5 * (1.0 + math.cos(math.pi * done))
