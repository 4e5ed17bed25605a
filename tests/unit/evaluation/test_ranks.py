"""Mid-ranks are those of scipy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from exapt.evaluation.ranks import midranks


@given(st.lists(st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0, 1.0, np.inf]), max_size=60))
def test_equal_values_share_their_ranks(values: list[float]) -> None:
    column = np.array(values, dtype=np.float64)
    assert np.array_equal(midranks(column), rankdata(column))
    assert np.isnan(midranks(np.append(column, np.nan))).all()
