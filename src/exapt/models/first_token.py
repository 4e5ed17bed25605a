"""The last layer of an encoder, past its attention, for the one token that the head reads."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from transformers import PreTrainedModel

# whose head reads the first token alone, and whose last layer hands (attended, residual) to `attention.output`
KINDS = {"bert", "camembert", "electra", "ernie", "esm", "roberta", "xlm-roberta"}


def only_first_token(model: PreTrainedModel) -> bool:
    """Let the last layer of a joint classifier compute its first token and no other.

    The other tokens of that layer feed nothing: their output projection and feed-forward are three quarters of the
    layer's arithmetic. With dropout off, what the head sees is the same up to the rounding of products of another
    shape; with dropout it is another draw.

    Args:
        model: A classifier of one input; changed in place, its weights are not.

    Returns:
        Whether the model's class is known to allow it; others stay as they are.
    """
    known = type(model).__module__.startswith("transformers.models.")  # a model's own code may pack its tokens
    chunked = vars(model.config).get("chunk_size_feed_forward", 0) > 0
    if not known or model.config.model_type not in KINDS or chunked:
        return False
    encoder: Any = model.base_model.encoder
    encoder.layer[-1].attention.output.register_forward_pre_hook(_first)
    return True


def _first(module: Any, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(state[:, :1] for state in states)
