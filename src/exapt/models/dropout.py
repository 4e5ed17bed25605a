"""Dropout of any architecture: set through its configuration, and drawn cheaply on a processor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

PARTS = 65_536  # of a probability: one draw of 64 bits decides on four numbers


def set_dropout(config: Any, dropout: float | None) -> None:
    """Set every dropout probability of a configuration, whatever the architecture calls it.

    Args:
        config: Of transformers; changed in place.
        dropout: From 0 to 1; None changes nothing.
    """
    if dropout is None:
        return
    for key, value in config.to_dict().items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and ("dropout" in key or key.endswith("_pdrop")):
            setattr(config, key, dropout)


class CheapDropout(TorchFunctionMode):
    """Inside this context dropout on a processor draws 16 bits a number instead of a double.

    torch's own draws take a tenth to a quarter of a training step there. Like torch's, these come from the global
    generator; on a GPU torch's own dropout stays.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is functional.dropout:
            return _dropout(*args, **kwargs)
        return func(*args, **kwargs)


def _dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    keep = round((1.0 - p) * PARTS)
    if not training or inplace or input.device.type != "cpu" or not 0 < keep < PARTS:
        return functional.dropout(input, p, training, inplace)
    draws = torch.empty((input.numel() + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
    kept = draws.view(torch.int16)[: input.numel()].view(input.shape) < keep - PARTS // 2
    # bytes become floats twice as fast as truth values; divided by the share that was meant to stay, as it was rounded
    return input * kept.view(torch.uint8).to(input.dtype).div_(keep / PARTS)
