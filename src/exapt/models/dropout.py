"""Dropout of any architecture, set through its configuration."""

from __future__ import annotations

from typing import Any


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
