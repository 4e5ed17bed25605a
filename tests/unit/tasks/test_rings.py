"""Rings: every sequence stands once under each label."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from exapt.example import LabelSpace
from exapt.tasks.rings import ring_table

SPACE = LabelSpace(("no", "yes"), "yes")


@given(st.lists(st.integers(2, 5), max_size=8))
def test_every_side_stands_once_under_each_label(sizes: list[int]) -> None:
    count = sum(sizes)
    left, right = [f"l{k}" for k in range(count)], [f"r{k}" for k in range(count)]
    frame, i, j = ring_table(left, right, sizes, SPACE, "dev")
    for column, sides in (("left", left), ("right", right)):
        for label in SPACE.names:
            assert Counter(frame[column][frame["label"] == label]) == Counter(sides)
    assert frame["left"].tolist() == [left[k] for k in i]
    assert frame["right"].tolist() == [right[k] for k in j]
    assert ((i == j) == (frame["label"] == "yes")).all()
    assert frame["id"].is_unique
    ring_of = {
        f"l{k}": g for k, g in zip(range(count), [g for g, m in enumerate(sizes) for _ in range(m)], strict=True)
    }
    assert all(group == f"dev-ring-{ring_of[a]:06d}" for a, group in zip(frame["left"], frame["group"], strict=True))
    assert all(ring_of["l" + b[1:]] == ring_of[a] for a, b in zip(frame["left"], frame["right"], strict=True))


def test_two_pairs_make_a_swap_block() -> None:
    frame, _, _ = ring_table(["a", "b"], ["A", "B"], [2], SPACE, "train")
    rows = frame[["id", "left", "right", "label"]].to_numpy().tolist()
    assert rows == [
        ["train-000000", "a", "A", "yes"],
        ["train-000001", "b", "B", "yes"],
        ["train-000002", "a", "B", "no"],
        ["train-000003", "b", "A", "no"],
    ]
