"""Settings classes: frozen, by keyword, types checked, unknown keys refused, faults in one line."""

import dataclasses
from typing import Any

import pydantic
import pytest

from exapt.errors import BadInput
from exapt.settings import one_line, settings


@settings
class Inner:
    """Part of `Outer`."""

    size: int = 1


@settings
class Outer:
    """A settings class with a check across fields."""

    rate: float
    name: str = "x"
    inner: Inner = dataclasses.field(default_factory=Inner)
    sizes: dict[str, int] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise BadInput(f"outer.rate: {self.rate} is below 0.")


def fault(**given: Any) -> str:
    with pytest.raises(pydantic.ValidationError) as caught:
        Outer(**given)
    line = one_line(caught.value)
    assert "\n" not in line
    return line


def test_an_int_is_a_float_but_text_is_no_number() -> None:
    made = Outer(rate=1)
    assert made.rate == 1.0 and isinstance(made.rate, float)
    assert fault(rate="1") == "Outer: rate: Input should be a valid number (got '1')."


def test_a_number_is_no_text_and_a_flag_no_int() -> None:
    assert fault(rate=1.0, name=5) == "Outer: name: Input should be a valid string (got 5)."
    with pytest.raises(pydantic.ValidationError):
        Inner(size=True)
    with pytest.raises(pydantic.ValidationError):
        Inner(size=1.0)


def test_settings_are_frozen_and_given_by_name() -> None:
    made = Outer(rate=1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.rate = 2.0  # type: ignore[misc]
    with pytest.raises((pydantic.ValidationError, TypeError)):
        Outer(1.0)  # type: ignore[misc]
    assert dataclasses.replace(made, rate=2.0) == Outer(rate=2.0)


def test_an_unknown_key_names_the_nearest() -> None:
    assert fault(rate=1.0, nam="y") == "Outer: nam: there is no such key. Did you mean 'name'?"
    assert fault(rate=1.0, zzz=1) == "Outer: zzz: there is no such key. There is: inner, name, rate, sizes."


def test_a_missing_key_is_named() -> None:
    assert fault() == "Outer: rate is missing; give it a value."


def test_a_fault_inside_a_mapping_has_its_place() -> None:
    assert fault(rate=1.0, sizes={"a": "b"}) == "Outer: sizes.a: Input should be a valid integer (got 'b')."


def test_a_check_across_fields_speaks_for_itself() -> None:
    assert fault(rate=-1.0) == "outer.rate: -1.0 is below 0."


def test_a_long_value_is_cut() -> None:
    line = fault(rate="x" * 500)
    assert line.endswith("...).") and len(line) < 120
