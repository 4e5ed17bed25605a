"""Holm against statsmodels; a claim of several tests holds its level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from exapt.evaluation.multiple import all_needed, holm


@settings(max_examples=8)  # the reference takes a sixth of a second a call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_statsmodels(p: list[float]) -> None:
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1].tolist(), abs=1e-12)


def test_all_needed_is_the_largest_and_holds_its_level() -> None:
    assert all_needed([0.01, 0.2, 0.04]) == 0.2
    with pytest.raises(ValueError, match="at least one"):
        all_needed([])
    rng = np.random.default_rng(0)  # one hypothesis is just true, the others far from it: the worst case
    claimed = [all_needed([float(rng.random()), 1e-9, 1e-9]) <= 0.05 for _ in range(4000)]
    assert np.mean(claimed) == pytest.approx(0.05, abs=0.015)
