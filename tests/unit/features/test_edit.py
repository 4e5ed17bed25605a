"""Edit similarity against edlib and against a plain dynamic program."""

from __future__ import annotations

import edlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.features.edit import edit_similarity


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@given(st.lists(st.tuples(st.text("abé", max_size=12), st.text("abé", max_size=12)), max_size=6))
def test_equals_the_dynamic_program(pairs):
    found = edit_similarity([a for a, _ in pairs], [b for _, b in pairs])
    expected = [1 - distance(a, b) / max(len(a), len(b)) if a or b else 1.0 for a, b in pairs]
    assert found == pytest.approx(expected)
    assert found.shape == (len(pairs),) and found.dtype == np.float64


def test_equals_edlib_on_sequences():
    rng = np.random.default_rng(0)
    left = ["".join(rng.choice(list("ACGT"), 150)) for _ in range(50)]
    right = ["".join(rng.choice(list("ACGT"), int(n))) for n in rng.integers(100, 180, 50)]
    expected = [1 - edlib.align(a, b)["editDistance"] / max(len(a), len(b)) for a, b in zip(left, right, strict=True)]
    assert edit_similarity(left, right) == pytest.approx(expected)


def test_refuses_unequal_sides():
    with pytest.raises(ValueError, match="1 left sides but 2"):
        edit_similarity(["a"], ["a", "b"])
