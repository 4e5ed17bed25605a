"""Dropout reaches every layer of every architecture."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from exapt.models.dropout import set_dropout
from tests.unit.models.checkpoints import KINDS, checkpoint, config_of
from tests.unit.models.test_checkpoint import batch_of
from tests.unit.models.test_pretrained import opened


@pytest.mark.parametrize("pair", ["joint", "siamese"])
@pytest.mark.parametrize("kind", KINDS)
def test_dropout_reaches_every_layer(kind: str, pair: str, tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path, kind, headed=True), pair)
    batch = batch_of(model)

    def twice(dropout: float | None) -> tuple[set[float], bool]:
        network = model.network(seed=0, paired=True, dropout=dropout).train()
        rates = {m.p for m in network.modules() if isinstance(m, nn.Dropout)}
        return rates, torch.equal(network.features(batch), network.features(batch))

    assert twice(0.25)[0] == {0.25}
    assert twice(0.0) == ({0.0}, True)  # attention drops without a layer of its own: the features tell
    rates, equal = twice(None)
    assert 0.1 in rates and not equal


@pytest.mark.parametrize("kind", KINDS)
def test_set_dropout_leaves_no_probability_behind(kind: str) -> None:
    config = config_of(kind, 10)
    before = config.to_dict()
    set_dropout(config, None)
    assert config.to_dict() == before
    set_dropout(config, 0.25)
    after = config.to_dict()
    named = {key for key in before if "dropout" in key or "pdrop" in key}
    assert {after[key] for key in named} <= {0.25, None}
    assert len([key for key in named if after[key] == 0.25]) >= 2
    assert {key: v for key, v in after.items() if key not in named} == {
        key: v for key, v in before.items() if key not in named
    }


def test_set_dropout_sees_a_zero_written_without_a_point() -> None:
    config = config_of("bert", 10)
    config.hidden_dropout_prob = 0
    set_dropout(config, 0.25)
    assert config.hidden_dropout_prob == 0.25
