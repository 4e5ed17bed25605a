"""Dropout reaches every layer of every architecture."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from exapt.models.dropout import CheapDropout, set_dropout
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


@given(
    p=st.floats(0.01, 0.95),
    shape=st.lists(st.integers(1, 30), min_size=1, max_size=3),
    kind=st.sampled_from([torch.float32, torch.bfloat16]),
    seed=st.integers(0, 2**32),
)
def test_cheap_dropout_keeps_or_zeroes_each_number(p: float, shape: list[int], kind: torch.dtype, seed: int) -> None:
    torch.manual_seed(seed)
    x = torch.full(shape, 2.0, dtype=kind, requires_grad=True)
    with CheapDropout():
        y = functional.dropout(x, p)
    y.sum().backward()
    assert y.dtype is kind and y.shape == x.shape and x.grad is not None
    kept = y != 0
    torch.testing.assert_close(y[kept].double(), torch.full_like(y[kept].double(), 2 / (1 - p)), rtol=0.01, atol=0)
    assert torch.equal(x.grad * 2, y.detach())  # what was dropped gets no gradient


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_cheap_dropout_draws_independently_with_the_probability_asked_for(p: float) -> None:
    torch.manual_seed(0)
    with CheapDropout():
        kept = (functional.dropout(torch.ones(1000, 1000), p) != 0).double()
    sd = (p * (1 - p)) ** 0.5
    assert abs(kept.mean() - (1 - p)) < 5 * sd / 1000
    flat = (kept - (1 - p)).flatten()
    for lag in (1, 2, 3, 4, 8, 1000):  # four numbers share a draw
        assert abs((flat[lag:] * flat[:-lag]).mean()) < 5 * sd**2 / 1000
    assert abs(kept.mean(dim=0).var() / (sd**2 / 1000) - 1) < 0.25


def test_cheap_dropout_is_torchs_own_where_nothing_is_dropped() -> None:
    x = torch.randn(5, 7)
    with CheapDropout():
        assert torch.equal(functional.dropout(x, 0.5, training=False), x)
        assert torch.equal(functional.dropout(x, 0.0), x)
        assert not functional.dropout(x, 1.0).any()
        assert torch.equal(nn.Dropout(0.4).eval()(x), x)


class Operations(TorchDispatchMode):
    """Names of all that torch computes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("kind", KINDS)
def test_cheap_dropout_reaches_layers_and_attention(kind: str, tmp_path: Path) -> None:
    model = opened(checkpoint(tmp_path, kind, headed=True), "joint")
    network, batch = model.network(seed=0, paired=True, dropout=0.3).train(), batch_of(model)

    def draw(mode: AbstractContextManager[Any]) -> tuple[set[str], torch.Tensor]:
        torch.manual_seed(1)
        with Operations() as seen, mode:
            return seen.names, network.features(batch)

    torchs, first = draw(nullcontext())
    names, cheap = draw(CheapDropout())
    assert {"bernoulli_", "native_dropout"} & torchs and not {"bernoulli_", "native_dropout"} & names
    assert "random_" in names
    assert torch.equal(cheap, draw(CheapDropout())[1]) and not torch.equal(cheap, first)
