"""The recipe: ranges, types, and what `auto` means."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from exapt.errors import BadInput
from exapt.learning import method
from exapt.learning.method import Method
from exapt.settings import one_line


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("epochs", 0), ("batch", 0), ("lr", 0.0), ("lr", -1e-3), ("lr", 11.0), ("lr", float("nan")), ("warmup", -0.1),
        ("warmup", 1.1), ("weight_decay", -0.1), ("clip", 0.0), ("dropout", -0.1), ("dropout", 1.0), ("max_length", 7),
        ("patience", 0), ("train_examples", 1),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_named(key: str, value: float) -> None:
    with pytest.raises((BadInput, ValidationError)) as caught:
        Method(**{key: value})
    assert (
        f"method.{key}: {value} is out of range" in one_line(caught.value)
        if isinstance(caught.value, ValidationError)
        else str(caught.value)
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [("epochs", "3"), ("epochs", 2.5), ("schedule", "step"), ("select", "f1"), ("precision", "16-mixed"), ("lr", "x")],
)
def test_a_value_of_a_wrong_kind_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Method(**{key: value})
    assert one_line(caught.value).startswith(f"Method: {key}: ")


def test_the_ends_of_ranges_and_none_are_taken() -> None:
    made = Method(epochs=1, batch=1, lr=10, warmup=1, weight_decay=0, clip=None, dropout=0, max_length=8, patience=1)
    assert (made.lr, made.warmup, made.clip) == (10.0, 1.0, None)


def test_auto_takes_bf16_only_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for has in (True, False):
        monkeypatch.setattr(method, "_cpu_has_bf16", lambda has=has: has)
        monkeypatch.setattr(method.torch.cuda, "is_bf16_supported", lambda has=has: not has)
        assert Method().resolved_precision("cpu") == ("bf16-mixed" if has else "32-true")
        assert Method().resolved_precision("gpu") == ("32-true" if has else "bf16-mixed")
        for given in ("32-true", "bf16-mixed"):
            assert Method(precision=given).resolved_precision("cpu") == given  # type: ignore[arg-type]


def test_the_processor_is_asked_about_both_instruction_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        for other in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
            monkeypatch.setattr(method.torch.cpu, other, lambda here=other == name: here, raising=False)
        assert method._cpu_has_bf16()
        monkeypatch.setattr(method.torch.cpu, name, lambda: False)
        assert not method._cpu_has_bf16()
