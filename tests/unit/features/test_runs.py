"""Hashes of runs against the runs themselves."""

from __future__ import annotations

import re
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from exapt.features.runs import Texts

TEXTS = st.lists(st.one_of(st.text("ab c", max_size=12), st.text(max_size=10)), max_size=8)


def same_partition(codes, things):
    """Equal codes stand for equal things, and different for different."""
    return len(set(codes)) == len(set(things)) == len(set(zip(codes, things, strict=True)))


@given(TEXTS, st.integers(1, 5))
def test_kmers_are_those_of_slices(texts, k):
    runs = Texts(texts).kmers(k)
    expected = [(i, t[j : j + k]) for i, t in enumerate(texts) for j in range(len(t) - k + 1)]
    assert runs.owner.tolist() == [i for i, _ in expected]
    assert same_partition(runs.code.tolist(), [run for _, run in expected])


@given(TEXTS, st.integers(1, 3))
def test_words_are_those_of_a_pattern(texts, together):
    runs = Texts(texts).words(together)
    expected = []
    for i, text in enumerate(texts):
        words = "".join(c if c.isalnum() else " " for c in text).split(" ")
        words = [word for word in words if word]
        expected += [(i, tuple(words[j : j + together])) for j in range(len(words) - together + 1)]
    assert runs.owner.tolist() == [i for i, _ in expected]
    assert same_partition(runs.code.tolist(), [run for _, run in expected])


@given(TEXTS, st.integers(1, 4))
def test_ends(texts, k):
    long = [i for i, text in enumerate(texts) if len(text) >= k]
    for runs, part in zip(Texts(texts).ends(k), (slice(k), slice(-k, None)), strict=True):
        assert runs.owner.tolist() == long
        assert same_partition(runs.code.tolist(), [texts[i][part] for i in long])


def test_a_run_hashes_alike_wherever_it_stands_and_in_every_process():
    first, second = Texts(["acgt", "ttacg", ""]).kmers(3), Texts(["xxacg"]).kmers(3)
    assert first.code[0] == first.code[4] == second.code[2]
    program = "from exapt.features.runs import Texts; print(Texts(['acgt']).kmers(3).code.tolist())"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert [int(number) for number in re.findall(r"\d+", found)] == first.code[:2].tolist()
