"""Heads are functions of their seed alone."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import RobertaConfig
from transformers.models.roberta.modeling_roberta import RobertaClassificationHead

from exapt.models.heads import log_odds, redraw, untrained_scores


def heads() -> list[nn.Module]:
    return [
        nn.Linear(8, 2),
        nn.Linear(8, 2, bias=False),
        RobertaClassificationHead(RobertaConfig(hidden_size=8, num_labels=2)),
    ]


def weights(head: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in head.parameters()]).clone()


@pytest.mark.parametrize("head", heads(), ids=["linear", "without bias", "two layers"])
def test_redraw_depends_on_the_seed_alone(head: nn.Module) -> None:
    redraw(head, 3, 0.02)
    first = weights(head)
    torch.manual_seed(99)
    state = torch.get_rng_state()
    redraw(head, 4, 0.02)
    other = weights(head)
    redraw(head, 3, 0.02)
    assert torch.equal(weights(head), first)
    assert not torch.equal(other, first)
    assert torch.equal(torch.get_rng_state(), state)


def test_redraw_has_the_deviation_asked_for_and_no_bias() -> None:
    head = nn.Linear(20_000, 2)
    redraw(head, 0, 0.5)
    assert head.weight.std().item() == pytest.approx(0.5, rel=0.02)
    assert head.weight.mean().item() == pytest.approx(0.0, abs=0.02)
    assert head.bias.abs().max() == 0


@pytest.mark.parametrize("odd", [nn.LayerNorm(8), nn.Conv1d(8, 8, 1), nn.Bilinear(8, 8, 8)])
def test_redraw_refuses_what_it_cannot_draw(odd: nn.Module) -> None:
    head = nn.Sequential(odd, nn.Linear(8, 2))
    before = weights(head)
    with pytest.raises(TypeError, match="outside linear layers"):
        redraw(head, 0, 0.02)
    assert torch.equal(weights(head), before)


@pytest.mark.parametrize("head", heads(), ids=["linear", "without bias", "two layers"])
@pytest.mark.parametrize("positive", [0, 1])
def test_untrained_scores_against_a_loop(head: nn.Module, positive: int) -> None:
    shape = (5, 1, 8) if isinstance(head, RobertaClassificationHead) else (5, 8)
    features = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    before = weights(head)
    head.train()  # its dropout must not touch the scores
    found = untrained_scores(head, features, 4, 0.7, positive)
    assert torch.equal(weights(head), before)
    assert head.training
    assert found.shape == (4, 5)
    for seed in range(4):
        redraw(head.eval(), seed, 0.7)
        with torch.no_grad():
            for row in range(5):
                logits = head(features[row : row + 1])[0]
                expected = (logits[positive] - logits[1 - positive]).item()
                assert found[seed, row].item() == pytest.approx(expected, abs=1e-5)
    assert found.std(dim=0).min() > 0.01  # heads differ


def test_untrained_scores_of_half_precision_features_are_float32() -> None:
    features = torch.randn(3, 8).bfloat16()
    assert untrained_scores(nn.Linear(8, 2), features, 2, 0.02, 1).dtype == torch.float32


def test_log_odds_point_to_the_positive_class() -> None:
    logits = torch.tensor([[2.0, -1.0], [0.0, 4.0]])
    assert log_odds(logits, 0).tolist() == [3.0, -4.0]
    assert log_odds(logits, 1).tolist() == [-3.0, 4.0]
    probability = logits.softmax(dim=1)[:, 1]
    torch.testing.assert_close(torch.sigmoid(log_odds(logits, 1)), probability)
    assert log_odds(logits.bfloat16(), 1).dtype == torch.float32
