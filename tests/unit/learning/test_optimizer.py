"""AdamW: the schedule against formulas written out, decay on matrices only, and a clip that bounds what a step does."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from exapt.learning.method import Method
from exapt.learning.module import Classification
from exapt.learning.optimizer import factor, optimizer
from tests.unit.learning.conftest import small_network


def test_ten_steps_written_out() -> None:
    def all_of(schedule: str, warmup: float = 0.2) -> list[float]:
        return [factor(step, 10, warmup, schedule) for step in range(10)]

    rise = [1 / 3, 2 / 3]
    assert all_of("constant") == pytest.approx(rise + [1.0] * 8)
    assert all_of("linear") == pytest.approx([*rise, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8])
    assert all_of("cosine") == pytest.approx(rise + [(1 + math.cos(math.pi * i / 8)) / 2 for i in range(8)])
    assert all_of("linear", warmup=0.0) == pytest.approx([1 - i / 10 for i in range(10)])
    assert all_of("constant", warmup=1.0) == pytest.approx([(i + 1) / 11 for i in range(10)])


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from(["constant", "linear", "cosine"]))
def test_every_schedule_rises_to_the_peak_and_then_never_rises(steps: int, warmup: float, schedule: str) -> None:
    values = [factor(step, steps, warmup, schedule) for step in range(steps)]
    rising = math.ceil(warmup * steps)
    assert all(0 < value <= 1 for value in values[: steps - 1])
    assert values[:rising] == sorted(values[:rising])
    assert values[rising:] == sorted(values[rising:], reverse=True)
    if rising < steps:
        assert values[rising] > 1 - 1 / max(steps - warmup * steps, 1) - 1e-9
    if schedule != "constant" and steps > rising:
        assert factor(steps, steps, warmup, schedule) == pytest.approx(0, abs=1e-9)


def test_decay_is_for_matrices_alone() -> None:
    network = small_network()
    frozen = next(network.backbone.parameters())
    frozen.requires_grad_(False)
    made = optimizer(network, Method(weight_decay=0.5, lr=0.1))
    names = {id(p): name for name, p in network.named_parameters()}
    decayed = {names[id(p)] for group in made.param_groups if group["weight_decay"] == 0.5 for p in group["params"]}
    plain = {names[id(p)] for group in made.param_groups if group["weight_decay"] == 0.0 for p in group["params"]}
    assert decayed | plain == set(names.values()) - {names[id(frozen)]}
    assert not decayed & plain
    assert {"head.weight", "head.bias"} == {n for n in decayed | plain if n.startswith("head")}
    assert all(name.endswith("bias") or "LayerNorm" in name for name in plain)
    assert not any(name.endswith("bias") or "LayerNorm" in name for name in decayed)


def test_a_step_without_gradients_shrinks_matrices_and_leaves_biases_and_norms() -> None:
    layer = nn.Linear(3, 2)
    nn.init.ones_(layer.bias)
    before = {name: p.detach().clone() for name, p in layer.named_parameters()}
    made = optimizer(layer, Method(weight_decay=0.5, lr=0.1))
    for p in layer.parameters():
        p.grad = torch.zeros_like(p)
    made.step()
    assert torch.allclose(layer.weight, before["weight"] * (1 - 0.1 * 0.5))
    assert torch.equal(layer.bias, before["bias"])


@pytest.mark.parametrize("clip", [0.25, None])
def test_the_norm_of_all_gradients_is_bounded(clip: float | None) -> None:
    network = small_network()
    module = Classification(network, Method(clip=clip), 1, None, 1, 0)  # type: ignore[arg-type]
    for p in network.parameters():
        p.grad = torch.full_like(p, 0.5)
    module.configure_gradient_clipping(None)
    norm = math.sqrt(sum(float((p.grad**2).sum()) for p in network.parameters() if p.grad is not None))
    assert norm == pytest.approx(0.25, rel=1e-4) if clip else norm > 1
