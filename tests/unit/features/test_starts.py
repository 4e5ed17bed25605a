"""Start and stop codons of a few sequences by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exapt.features.starts import begins_with_methionine, coding_marks


def test_marks():
    found = coding_marks(["ATGCCCTAA", "augccc", "GTGTAGCCC", "TTAGGGCAT", "TTGCCCC", ""])
    assert found[:, :5].tolist() == [
        [1, 0, 0, 1, 0],
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 1],
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    assert found[3, 5:10].tolist() == [1, 0, 0, 1, 0]  # ATGCCCTAA on the other strand
    assert found[:, 10].tolist() == [1, 1, 1, 1, 0, 0]
    assert found[:, 11].tolist() == [1, 0, 0, 0, 0, 0]


def test_methionine():
    assert begins_with_methionine(["MK", "m", "KM", ""]).tolist() == [[1], [1], [0], [0]]


@given(st.lists(st.text(max_size=8), max_size=5))
def test_any_text_gives_flags(texts):
    found = coding_marks(texts)
    assert found.shape == (len(texts), 12) and set(found.ravel().tolist()) <= {0, 1}
