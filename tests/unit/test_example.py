"""Label spaces and checked tables of examples: every fault is one line with the table and the row."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput
from exapt.example import COLUMNS, Example, Examples, LabelSpace

SPACE = LabelSpace(("no", "yes"), "yes")
TEXT = st.text(min_size=1, max_size=6)
ROWS = st.lists(st.tuples(TEXT, TEXT, st.sampled_from(SPACE.names), TEXT), min_size=1, max_size=8).map(
    lambda rows: [Example(f"e{i}", left, right, label, group) for i, (left, right, label, group) in enumerate(rows)]
)


def frame(**columns: list[object]) -> pd.DataFrame:
    """Three good rows, with columns changed."""
    good: dict[str, list[object]] = {
        "id": ["a", "b", "c"], "left": ["A", "C", "G"], "right": ["A", "A", "T"], "label": ["yes", "no", "yes"],
        "group": ["1", "1", "2"],
    }  # fmt: skip
    return pd.DataFrame(good | columns)


def made(rows: list[Example]) -> Examples:
    return Examples(pd.DataFrame([{name: getattr(row, name) for name in COLUMNS} for row in rows]), SPACE)


@pytest.mark.parametrize(
    ("names", "positive", "said"),
    [
        (("a",), "a", "exactly two distinct class names"),
        (("a", "a"), "a", "exactly two distinct class names"),
        (("a", "b", "c"), "a", "exactly two distinct class names"),
        (("match", "other"), "mach", "'mach' is not a class. Did you mean 'match'?"),
    ],
)
def test_a_label_space_has_two_classes_and_a_positive_one(names: tuple[str, ...], positive: str, said: str) -> None:
    with pytest.raises(BadInput, match=said.replace("?", r"\?")):
        LabelSpace(names, positive)  # type: ignore[arg-type]


def test_the_negative_class_is_the_other_one() -> None:
    assert SPACE.negative == "no"
    assert LabelSpace(("yes", "no"), "yes").negative == "no"
    assert LabelSpace(["no", "yes"], "yes") == SPACE  # type: ignore[arg-type]


@given(ROWS)
def test_rows_come_back_as_they_went_in(rows: list[Example]) -> None:
    examples = made(rows)
    assert list(examples) == rows and len(examples) == len(rows)
    assert examples.positive.tolist() == [row.label == "yes" for row in rows]
    assert examples.paired


@given(ROWS, st.data())
def test_the_digest_is_of_the_content(rows: list[Example], data: st.DataObject) -> None:
    assert made(rows).digest == made(list(rows)).digest
    place = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from(["left", "right", "group"]))
    other = [
        Example(**{name: getattr(row, name) + ("x" if (i, name) == (place, field) else "") for name in COLUMNS})
        for i, row in enumerate(rows)
    ]
    assert made(other).digest != made(rows).digest


def test_the_digest_tells_apart_what_is_joined_differently() -> None:
    one = Examples(frame(left=["AB", "C", "G"], right=["A", "A", "T"]), SPACE)
    two = Examples(frame(left=["A", "C", "G"], right=["BA", "A", "T"]), SPACE)
    turned = Examples(frame(), LabelSpace(("no", "yes"), "no"))
    single = Examples(frame(right=[None] * 3), SPACE)
    assert len({one.digest, two.digest, turned.digest, single.digest, Examples(frame(), SPACE).digest}) == 5


def test_the_digest_is_that_of_another_process() -> None:
    code = (
        "import pandas as pd; from exapt.example import *; print(Examples(pd.DataFrame({'id': ['a'], 'left': ['ü'], "
        "'right': [None], 'label': ['yes'], 'group': ['g']}), LabelSpace(('no', 'yes'), 'yes')).digest)"
    )
    here = Examples(
        pd.DataFrame({"id": ["a"], "left": ["ü"], "right": [None], "label": ["yes"], "group": ["g"]}), SPACE
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert there == here.digest


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": ["a", "", "c"]}, "t.csv: row 2 has an empty id"),
        ({"id": ["a", "b", None]}, "t.csv: row 3 has an empty id"),
        ({"id": ["a", "b", "a"]}, "t.csv: row 3 repeats the id 'a'"),
        ({"id": ["a", 2, "c"]}, "t.csv: row 2 has an empty id"),
        ({"left": ["A", float("nan"), "G"]}, "t.csv: row 2 has an empty left"),
        ({"right": ["A", None, "G"]}, "t.csv: row 2 has no right side while others do"),
        ({"label": ["yes", "maybe", "no"]}, "t.csv: row 2 has the label 'maybe'; the task's classes are no, yes"),
        ({"label": ["yes", "no", ""]}, "t.csv: row 3 has an empty label"),
        ({"group": ["1", "", "2"]}, "t.csv: row 2 has an empty group"),
    ],
)
def test_a_fault_names_the_table_and_the_row(changed: dict[str, list[object]], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        Examples(frame(**changed), SPACE, "t.csv")
    assert str(caught.value).startswith(said) and "\n" not in str(caught.value)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadInput, match="t: column 'group' is missing; there is: id, left, right, label"):
        Examples(frame().drop(columns="group"), SPACE, "t")


def test_further_columns_stay_and_the_index_is_renewed() -> None:
    given_frame = frame(identity=[0.9, 0.8, 0.7]).set_index(pd.Index([7, 8, 9]))[["identity", *COLUMNS]]
    examples = Examples(given_frame, SPACE)
    assert list(examples.frame.columns) == [*COLUMNS, "identity"]
    assert examples.frame.index.tolist() == [0, 1, 2]
    assert given_frame.index.tolist() == [7, 8, 9]  # what was handed in is as it was


def test_single_sequences_have_no_right_side() -> None:
    examples = Examples(frame(right=[None, float("nan"), pd.NA]), SPACE)
    assert not examples.paired and [row.right for row in examples] == [None] * 3


def test_take_keeps_the_order_asked_for() -> None:
    taken = Examples(frame(), SPACE, "t").take(np.array([2, 0]))
    assert [row.id for row in taken] == ["c", "a"] and taken.origin == "t" and taken.space == SPACE


def test_an_empty_table_is_one() -> None:
    empty = Examples(frame().iloc[:0], SPACE)
    assert len(empty) == 0 and not empty.paired and empty.positive.shape == (0,)
