"""Groups of rows that share a side; division and drawing by whole groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.tasks.groups import divide, draw, shared_sides

letters = st.sampled_from("abcdefgh")
pairs = st.lists(st.tuples(letters, st.one_of(st.none(), letters)), max_size=30)


def reached(rows: list[tuple[str, str | None]], start: int) -> set[int]:
    """Rows reached from one row by shared strings, found the slow way."""
    found, todo = {start}, [start]
    while todo:
        here = {s for s in rows[todo.pop()] if s is not None}
        new = {k for k, row in enumerate(rows) if k not in found and here & {s for s in row if s is not None}}
        found |= new
        todo += new
    return found


@given(pairs)
def test_groups_are_the_connected_components(rows: list[tuple[str, str | None]]) -> None:
    groups = shared_sides([a for a, _ in rows], [b for _, b in rows])
    assert len(groups) == len(rows)
    for k in range(len(rows)):
        assert {j for j, group in enumerate(groups) if group == groups[k]} == reached(rows, k)


def test_groups_are_numbered_by_first_appearance() -> None:
    assert shared_sides(["z", "m", "b"], ["y", "n", "z"]) == ["group-000001", "group-000002", "group-000001"]


def test_a_string_joins_across_sides_and_case_matters() -> None:
    assert len(set(shared_sides(["A", "B", "a"], ["B", "C", "d"]))) == 2


def test_sides_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        shared_sides(["a", "b"], ["c"])


def test_a_chain_of_all_rows_is_one_group() -> None:
    n = 50_000  # a recursive search, or one without shortened paths, fails here
    chain = [str(k) for k in range(n + 1)]
    assert set(shared_sides(chain[:-1][::-1], chain[1:][::-1])) == {"group-000001"}


group_lists = st.lists(st.sampled_from([f"g{k}" for k in range(12)]), min_size=1, max_size=60)


@given(group_lists, st.integers(0, 5))
def test_division_uses_every_row_once_and_parts_no_group(groups: list[str], seed: int) -> None:
    parts = divide(groups, {"train": 0.6, "dev": 0.2, "test": 0.2}, seed)
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(len(groups)))
    homes = [{groups[k] for k in rows} for rows in parts.values()]
    assert sum(map(len, homes)) == len(set(groups))


def test_division_keeps_the_shares_and_follows_the_seed() -> None:
    groups = [f"g{k // 3}" for k in range(3_000)]
    parts = divide(groups, {"train": 0.8, "dev": 0.1, "test": 0.1}, 1)
    assert {split: len(rows) for split, rows in parts.items()} == pytest.approx(
        {"train": 2400, "dev": 300, "test": 300}, abs=3
    )
    assert parts["test"].tolist() == divide(groups, {"train": 0.8, "dev": 0.1, "test": 0.1}, 1)["test"].tolist()
    assert parts["test"].tolist() != divide(groups, {"train": 0.8, "dev": 0.1, "test": 0.1}, 2)["test"].tolist()
    assert (np.diff(parts["train"]) > 0).all()


@given(group_lists, st.integers(1, 70), st.integers(0, 5))
def test_a_draw_takes_whole_groups_within_the_limit(groups: list[str], limit: int, seed: int) -> None:
    rows = draw(groups, limit, seed)
    taken = {groups[k] for k in rows}
    assert len(rows) <= limit
    assert rows.tolist() == [k for k, group in enumerate(groups) if group in taken]
    left = [groups.count(g) for g in set(groups) - taken]
    assert all(size > limit - len(rows) for size in left), "a group that would have fitted was left out"


def test_a_draw_is_random_and_follows_the_seed() -> None:
    groups = [f"g{k}" for k in range(1_000)]
    first = draw(groups, 100, 0)
    assert len(first) == 100
    assert first.tolist() == draw(groups, 100, 0).tolist() != draw(groups, 100, 1).tolist()
    assert first.max() > 800, "the rows at the end must have their chance: published files are sorted by label"
