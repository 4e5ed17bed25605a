"""The one error of users, and hints for misspelled names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput, did_you_mean

NAMES = st.lists(
    st.text(st.characters(codec="ascii", categories=("Ll",)), min_size=1, max_size=8), min_size=1, unique=True
)


def test_bad_input_is_a_value_error() -> None:
    """So that pydantic hands it on from a check across fields."""
    assert issubclass(BadInput, ValueError)


def test_the_nearest_name_is_offered() -> None:
    assert did_you_mean("text_mach", ["dna_synth", "text_match"]) == " Did you mean 'text_match'?"


def test_otherwise_all_names_are_listed_in_order() -> None:
    assert did_you_mean("zzz", iter(["b", "a"])) == " There is: a, b."
    assert did_you_mean("zzz", []) == ""


@given(NAMES)
def test_a_known_name_is_its_own_nearest(names: list[str]) -> None:
    assert did_you_mean(names[0], names) == f" Did you mean '{names[0]}'?"
