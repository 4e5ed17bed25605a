"""Shuffles: exact counts, and every Euler walk equally likely, against a list of all of them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from exapt.builders.negatives import euler
from exapt.builders.negatives.euler import shuffle_pairs, shuffle_units


def pairs(text: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(text))


def all_walks(text: str) -> list[str]:
    """Every text with the same pairs and the same first letter, by trying all orders of the letters."""
    found = {text[0] + "".join(rest) for rest in permutations(text[1:])}
    return sorted(other for other in found if pairs(other) == pairs(text))


@pytest.mark.parametrize("text", ["ACACGACTA", "AACAGCAT", "ACCGCATC", "GATTACAGA"])
def test_every_walk_is_equally_likely(text: str) -> None:
    walks = all_walks(text)
    assert len(walks) > 5
    n = 400 * len(walks)
    counts = Counter(shuffle_pairs([text] * n, np.random.default_rng(8)))
    assert sorted(counts) == walks
    assert chisquare([counts[walk] for walk in walks]).pvalue > 1e-3


def test_the_check_of_uniformity_sees_one_tree_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "ACACGACTA"
    walks = all_walks(text)
    drawn = euler._trees

    def one_tree(roots: Any, target: Any, count: Any, kinds: int, rng: np.random.Generator) -> Any:
        last = drawn(roots, target, count, kinds, rng).reshape(-1, kinds)
        edges = len(text) - 1
        return np.where(last[:1] < 0, -1, last[:1] + edges * np.arange(len(last))[:, None]).ravel()

    monkeypatch.setattr(euler, "_trees", one_tree)
    counts = Counter(shuffle_pairs([text] * 4000, np.random.default_rng(8)))
    assert set(counts) <= set(walks)
    assert chisquare([counts[walk] for walk in walks]).pvalue < 1e-6


@given(st.lists(st.text("ACGT", min_size=1, max_size=60), min_size=1, max_size=8), st.integers(0, 2**32))
def test_pairs_ends_and_order_of_texts_stay(texts: list[str], seed: int) -> None:
    made = shuffle_pairs(texts, np.random.default_rng(seed))
    for old, new in zip(texts, made, strict=True):
        assert pairs(old) == pairs(new)
        assert (old[0], old[-1], len(old)) == (new[0], new[-1], len(new))


@given(st.lists(st.text("ACDEFGHIKLMNPQRSTVWY", min_size=1, max_size=40), min_size=1, max_size=5), st.integers(0, 99))
def test_proteins_keep_their_dipeptides(texts: list[str], seed: int) -> None:
    made = shuffle_pairs(texts, np.random.default_rng(seed))
    assert [pairs(old) for old in texts] == [pairs(new) for new in made]


def test_a_low_complexity_text_is_soon_done() -> None:
    """Many edges back and one on: a draw with rejection would try for ever."""
    text = "A" * 3000 + "C" * 3000 + "G" * 3000 + "ACGT"
    assert pairs(shuffle_pairs([text], np.random.default_rng(0))[0]) == pairs(text)


@given(st.lists(st.text("ACGT", max_size=20), max_size=6), st.integers(0, 99))
def test_units_stay_whole(texts: list[str], seed: int) -> None:
    texts = [text * 3 for text in texts]
    for unit in (1, 3):
        made = shuffle_units(texts, unit, np.random.default_rng(seed))
        for old, new in zip(texts, made, strict=True):
            units = [Counter(t[k : k + unit] for k in range(0, len(t), unit)) for t in (old, new)]
            assert units[0] == units[1]


def test_every_order_of_codons_is_equally_likely() -> None:
    counts = Counter(shuffle_units(["AAACCCGGG"] * 6000, 3, np.random.default_rng(1)))
    assert len(counts) == 6
    assert chisquare(list(counts.values())).pvalue > 1e-3


def test_nothing_is_no_fault() -> None:
    assert shuffle_pairs([], np.random.default_rng(0)) == shuffle_units([], 1, np.random.default_rng(0)) == []
