"""Splits: what a unit gets depends on its key and the seed alone, and shares are met as far as chance allows."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.splits import assign
from exapt.builders.units import keys_of
from exapt.errors import BadInput

FRACTIONS = [0.8, 0.1, 0.1]
keys = st.lists(st.text(max_size=6), max_size=40)


@given(keys, keys, st.integers(0, 2**40), st.randoms(use_true_random=False))
def test_adding_rows_moves_none(old: list[str], new: list[str], seed: int, random: object) -> None:
    alone = dict(zip(old, assign(old, FRACTIONS, seed).tolist(), strict=True))
    mixed = old + new
    random.shuffle(mixed)  # type: ignore[attr-defined]
    together = assign(mixed, FRACTIONS, seed).tolist()
    assert all(split == alone[key] for key, split in zip(mixed, together, strict=True) if key in alone)


@given(st.lists(st.tuples(st.integers(0, 9), st.text("ACGT", min_size=1, max_size=8)), min_size=1, max_size=30),
       st.lists(st.tuples(st.integers(0, 14), st.text("ACGT", min_size=1, max_size=8)), max_size=10))  # fmt: skip
def test_a_row_moves_only_if_its_own_unit_grows(old: list[tuple[int, str]], new: list[tuple[int, str]]) -> None:
    def dealt(rows: list[tuple[int, str]]) -> list[int]:
        return assign(keys_of(np.array([unit for unit, _ in rows]), [text for _, text in rows]), FRACTIONS, 3).tolist()

    grown = {unit for unit, _ in new}
    before, after = dealt(old), dealt(old + new)
    assert all(a == b for (unit, _), a, b in zip(old, before, after[: len(old)], strict=True) if unit not in grown)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("fractions", [[0.8, 0.1, 0.1], [0.5, 0.0, 0.5], [0.05, 0.9, 0.05]])
def test_shares_lie_within_binomial_error(fractions: list[float], seed: int) -> None:
    n = 20_000
    counts = np.bincount(assign([f"unit {i}" for i in range(n)], fractions, seed), minlength=3)
    for count, share in zip(counts, fractions, strict=True):
        assert abs(count - n * share) <= 4.5 * math.sqrt(n * share * (1 - share))


def test_seeds_are_independent_draws() -> None:
    names = [str(i) for i in range(20_000)]
    a, b = (assign(names, [0.5, 0.5], seed) for seed in (1, 2))
    assert abs((a == b).mean() - 0.5) < 4.5 * 0.5 / math.sqrt(len(names))


def test_equal_keys_are_not_divided_and_an_empty_split_stays_empty() -> None:
    names = [str(i % 50) for i in range(500)]
    split = assign(names, [0.4, 0.3, 0.3], 0)
    assert all(len(set(split[k::50].tolist())) == 1 for k in range(50))
    for fractions, held in (([1.0, 0.0, 0.0], {0}), ([0.0, 0.0, 1.0], {2}), ([0.1] * 10 + [0.0], set(range(10)))):
        assert set(assign([str(i) for i in range(5_000)], fractions, 0).tolist()) == held
    assert assign([], FRACTIONS, 0).tolist() == []


def test_the_draw_is_the_same_in_every_process() -> None:
    names = [f"k{i}" for i in range(64)]
    script = f"from exapt.builders.splits import assign; print(assign({names!r}, {FRACTIONS!r}, 7).tolist())"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert other.strip() == str(assign(names, FRACTIONS, 7).tolist())


@pytest.mark.parametrize("fractions", [[], [0.5, 0.4], [1.2, -0.2], [0.9, 0.2]])
def test_shares_that_are_none(fractions: list[float]) -> None:
    with pytest.raises(BadInput, match=r"fractions=.*add up to 1"):
        assign(["a"], fractions, 0)
    with pytest.raises(BadInput, match="seed=-1"):
        assign(["a"], [1.0], -1)


def test_the_draws_never_change() -> None:
    # else the splits of every built task would
    drawn = assign([f"NC_000913.3:{i}" for i in range(12)], [0.8, 0.1, 0.1], 0)
    assert "".join(map(str, drawn)) == "120100000000"
