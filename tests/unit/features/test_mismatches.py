"""Prefixes, suffixes and equal places against loops."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exapt.features.mismatches import LIMIT, mismatches

TEXTS = st.one_of(st.text("ab", max_size=6), st.text(max_size=4))


def common(a, b):
    return max(n for n in range(min(len(a), len(b)) + 1) if a[:n] == b[:n])


def by_hand(a, b):
    prefix, suffix = (common(*pair) for pair in ((a, b), (a[::-1], b[::-1])))
    longer, shorter = max(len(a), len(b)), min(len(a), len(b))
    equal = sum(x == y for x, y in zip(a, b, strict=False))
    share = equal / shorter if shorter else float(not longer)
    return [prefix, suffix, prefix / longer if longer else 1, share if len(a) == len(b) else -1, share]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
@example([("", ""), ("", "a"), ("abc", "abd"), ("ab", "abc")])
def test_equals_loops(pairs):
    found = mismatches([a for a, _ in pairs], [b for _, b in pairs])
    assert found.shape == (len(pairs), 5)
    for row, pair in zip(found.tolist(), pairs, strict=True):
        assert row == pytest.approx(by_hand(*pair))


def test_beyond_the_limit_nothing_is_read():
    text = "acgt" * LIMIT
    assert mismatches([text], [text])[0].tolist() == [LIMIT, LIMIT, 1, 1, 1]
    assert mismatches([text], ["t" + text[1:]])[0, :2].tolist() == [0, LIMIT]
