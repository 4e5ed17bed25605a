"""The small encoder from scratch is drawn from its seed."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from exapt.models.scratch import Scratch
from exapt.settings import one_line


def tiny(pair: str) -> Scratch:
    return Scratch(name="tiny", layers=1, width=16, heads=2, max_length=32, pair=pair)  # type: ignore[arg-type]


@pytest.mark.parametrize("pair", ["joint", "siamese"])
def test_all_weights_come_from_the_seed(pair: str) -> None:
    first, same, other = (tiny(pair).network(seed=s, paired=True, dropout=None).state_dict() for s in (1, 1, 2))
    assert all(torch.equal(first[name], same[name]) for name in first)
    matrices = [name for name in first if first[name].dim() > 1]
    assert matrices and not any(torch.equal(first[name], other[name]) for name in matrices)
    assert tiny(pair).backbone_depends_on_seed


@pytest.mark.parametrize("dropout", [0.0, 0.3, None])
def test_dropout_is_set(dropout: float | None) -> None:
    network = tiny("joint").network(seed=0, paired=True, dropout=dropout)
    rates = {m.p for m in network.modules() if isinstance(m, torch.nn.Dropout)}
    assert rates == {0.1 if dropout is None else dropout}


def test_limit_is_the_last_position() -> None:
    network = tiny("joint").network(seed=0, paired=True, dropout=None).eval()
    ids = torch.full((1, tiny("joint").limit), 5)
    network({"input_ids": ids, "attention_mask": torch.ones_like(ids)})
    ids = torch.full((1, tiny("joint").limit + 1), 5)
    with pytest.raises((IndexError, RuntimeError)):
        network({"input_ids": ids, "attention_mask": torch.ones_like(ids)})
    assert tiny("joint").tokenizer().model_max_length == tiny("joint").limit


def test_facts_hold_every_setting() -> None:
    base = tiny("joint").facts()
    changes: list[dict[str, object]] = [
        {"layers": 2}, {"width": 32}, {"heads": 4}, {"max_length": 64}, {"pair": "siamese"},
    ]  # fmt: skip
    for change in changes:
        settings = {"name": "tiny", "layers": 1, "width": 16, "heads": 2, "max_length": 32, "pair": "joint", **change}
        assert Scratch(**settings).facts() != base  # type: ignore[arg-type]


def test_width_that_heads_do_not_divide() -> None:
    with pytest.raises(ValidationError) as caught:
        Scratch(name="tiny", width=130, heads=4)
    assert "no multiple" in one_line(caught.value)
