"""Units: components of shared labels against an independent search, and keys that only their own members change."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.units import keys_of, merged

labels = st.integers(1, 30).flatmap(
    lambda n: st.lists(st.lists(st.lists(st.integers(0, 8), min_size=n, max_size=n), min_size=1, max_size=2),
                       min_size=1, max_size=3)
)  # fmt: skip


@given(labels)
def test_items_are_together_if_a_chain_of_shared_labels_joins_them(labellings: list[list[list[int]]]) -> None:
    found = merged([[np.array(column) for column in columns] for columns in labellings])
    n = len(found)
    own = [{(k, column[i]) for k, columns in enumerate(labellings) for column in columns} for i in range(n)]
    for i in range(n):
        reached, frontier = {i}, [i]
        while frontier:
            here = frontier.pop()
            new = [j for j in range(n) if j not in reached and own[here] & own[j]]
            reached.update(new)
            frontier += new
        assert set(np.flatnonzero(found == found[i])) == reached
    assert list(dict.fromkeys(found.tolist())) == list(range(found.max() + 1))


@given(st.lists(st.tuples(st.integers(0, 5), st.text("ACGT", max_size=4)), min_size=1, max_size=30), st.text("ACGT"))
def test_a_key_is_changed_by_its_own_members_only(items: list[tuple[int, str]], stranger: str) -> None:
    units, texts = np.array([unit for unit, _ in items]), [text for _, text in items]
    keys = keys_of(units, texts)
    assert keys_of(np.append(units, 99), [*texts, stranger])[:-1] == keys
    assert keys_of(units[::-1], texts[::-1]) == keys[::-1]
    assert keys_of(units + 7, texts) == keys
