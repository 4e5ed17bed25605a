"""Panels of many rows: fewer folds, which find what they must, and tables that a model leaves as they were."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from exapt.audit.crossfit import FEW_FOLDS, FOLDS, MANY, panel_of
from exapt.audit.small_models import linear
from tests.unit.audit.planted import family, flag, view


def test_many_rows_are_dealt_to_fewer_folds_and_weak_marks_are_still_found():
    rng = np.random.default_rng(1)
    positive = rng.random(MANY) < 0.5
    marks = [family("mark", flag(positive, 0.53, rng)), family("nothing", flag(positive, 0.5, rng))]
    panel = panel_of(view(positive), marks, np.arange(MANY))
    assert panel.folds == FEW_FOLDS
    assert panel.held(panel.plain[0]).auroc == pytest.approx(0.53, abs=0.015)
    assert panel.low(0) > 0.507 > panel.low(1)
    fewer = panel_of(view(positive[:2000]), marks[:1], np.arange(2000))
    assert fewer.folds == FOLDS


def test_a_table_of_counts_is_not_changed_by_the_model_that_reads_it():
    rng = np.random.default_rng(2)
    table = sparse.random(300, 50, 0.2, "csr", dtype=np.float32, rng=rng)
    before = table.copy()
    linear(table, rng.random(300) < 0.5, rng.random((3, 300)) < 0.7)
    assert (table != before).nnz == 0
