"""A last layer past its attention for one token: the same features and gradients, less arithmetic."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig, AutoModelForSequenceClassification, DistilBertConfig, PreTrainedModel

from exapt.models.classifier import Joint
from exapt.models.first_token import KINDS, only_first_token


def model_of(kind: str) -> PreTrainedModel:
    config = AutoConfig.for_model(
        kind, vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        embedding_size=16, max_position_embeddings=40, pad_token_id=1, mask_token_id=2, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, classifier_dropout=0.0,
    )  # fmt: skip
    torch.manual_seed(0)
    return AutoModelForSequenceClassification.from_config(config, attn_implementation="eager")


def passed(model: PreTrainedModel) -> tuple[torch.Tensor, dict[str, torch.Tensor], int]:
    """Logits, gradients and arithmetic (FLOP) of a forward and a backward pass over rows of two lengths."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(3, 40, (4, 20), generator=generator)
    mask = torch.ones_like(ids)
    mask[2:, 15:] = 0
    with FlopCounterMode(display=False) as counter:
        logits = model(input_ids=ids.masked_fill(mask == 0, 1), attention_mask=mask).logits
        (logits * torch.randn(4, 2, generator=generator)).sum().backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    return logits.detach(), gradients, counter.get_total_flops()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_same_logits_and_gradients_for_less(kind: str) -> None:
    whole = model_of(kind).eval()
    short = copy.deepcopy(whole)
    assert only_first_token(short)
    (logits, gradients, work), (logits_, gradients_, work_) = passed(whole), passed(short)
    torch.testing.assert_close(logits_, logits, atol=1e-6, rtol=1e-5)
    assert gradients_.keys() == gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradients_[name], gradient, atol=1e-6, rtol=1e-4, msg=name)
    assert work_ < 0.75 * work  # three quarters of one layer of two, less attention
    assert short.state_dict().keys() == whole.state_dict().keys()


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_joint_classifiers_take_it(kind: str) -> None:
    ids = torch.randint(3, 40, (4, 20), generator=torch.Generator().manual_seed(1))
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    whole = model_of(kind).eval()
    with FlopCounterMode(display=False) as plain, torch.no_grad():
        logits = whole(**batch).logits
    joint = Joint(copy.deepcopy(whole), seed=0).eval()
    joint.head.load_state_dict(getattr(whole, joint.head_name).state_dict())
    with FlopCounterMode(display=False) as short, torch.no_grad():
        torch.testing.assert_close(joint(batch), logits, atol=1e-6, rtol=1e-5)
    assert short.get_total_flops() < 0.75 * plain.get_total_flops()


def test_other_models_stay_whole() -> None:
    class Own(nn.Module):
        """A model with code of its own, whose class is not the library's."""

        config: Any = AutoConfig.for_model("bert")

    assert not only_first_token(Own())  # type: ignore[arg-type]
    assert not only_first_token(AutoModelForSequenceClassification.from_config(DistilBertConfig(n_layers=1, dim=24)))
    chunked = model_of("bert")
    chunked.config.chunk_size_feed_forward = 5
    assert not only_first_token(chunked)
