"""The recipe of a fit: every setting of training that can change a number."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

import torch

from exapt.errors import BadInput
from exapt.settings import settings

Precision = Literal["32-true", "bf16-mixed"]


@settings
class Method:
    """How a model is fine-tuned.

    Attributes:
        epochs: Passes over the source's train split.
        batch: Examples a step over all devices together.
        lr: Peak learning rate of AdamW.
        schedule: After warm-up: `constant`, `linear` or `cosine` to zero.
        warmup: Share (0 to 1) of all steps over which the rate rises linearly from zero.
        weight_decay: On matrices; never on biases and norms.
        clip: Largest norm of the gradient; None leaves it.
        dropout: Replaces every dropout probability of the model; None keeps them.
        max_length: Longest input in tokens, if shorter than the model's own limit.
        select: The source's dev metric whose best epoch is kept (ties: the earlier).
        patience: Stop after so many epochs without a better one; None never stops early.
        keep_epoch: Keep this epoch, whatever dev says of it, and stop there; None lets `select` choose.
        precision: `auto` takes bf16-mixed where the processor has bf16 arithmetic and 32-true elsewhere; weights are
            float32.
        train_examples: Train on so many examples, drawn whole groups at a time with `seeds.draw`; None takes all.

    Raises:
        BadInput: For a value out of range.
    """

    epochs: int = 3
    batch: int = 32
    lr: float = 1e-4
    schedule: Literal["constant", "linear", "cosine"] = "linear"
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip: float | None = 1.0
    dropout: float | None = None
    max_length: int | None = None
    select: Literal["auroc", "accuracy", "loss"] = "accuracy"
    patience: int | None = None
    keep_epoch: int | None = None
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"
    train_examples: int | None = None

    def __post_init__(self) -> None:
        for key, low, high in (
            ("epochs", 1, 10_000), ("batch", 1, 1_000_000), ("lr", 1e-12, 10.0), ("warmup", 0.0, 1.0),
            ("weight_decay", 0.0, 10.0), ("clip", 1e-9, 1e9), ("dropout", 0.0, 0.99), ("max_length", 8, 1_000_000),
            ("patience", 1, 10_000), ("keep_epoch", 1, self.epochs), ("train_examples", 2, 10**9),
        ):  # fmt: skip
            value = getattr(self, key)
            if value is not None and not low <= value <= high:
                raise BadInput(f"method.{key}: {value} is out of range ({low:g} to {high:g}).")

    def facts(self) -> dict[str, Any]:
        """The recipe as a record holds it; `keep_epoch` only where one is set, so that older fits stay the same."""
        return {k: v for k, v in asdict(self).items() if k != "keep_epoch" or v is not None}

    def resolved_precision(self, accelerator: str) -> Precision:
        """The precision that `auto` means on this machine.

        Args:
            accelerator: `cpu` or `gpu`.
        """
        if self.precision != "auto":
            return self.precision
        if accelerator == "gpu":
            return "bf16-mixed" if torch.cuda.is_bf16_supported() else "32-true"
        return "bf16-mixed" if _cpu_has_bf16() else "32-true"


def _cpu_has_bf16() -> bool:
    # emulated bf16 is slower than float32; torch.cpu has names for both instruction sets
    probes = [getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")]
    return any(bool(probe()) for probe in probes if probe is not None)
