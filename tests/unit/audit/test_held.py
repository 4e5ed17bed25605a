"""AUROCs on held-out rows: how sure a bound is where a class is rare and scores are tied."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.audit.held import held_out
from exapt.evaluation.clustered import clustered_auroc, permuted_error


def test_a_few_alike_rows_of_a_rare_class_are_no_proof() -> None:
    """Two positives that share a flag by chance have placements without any spread."""
    fold, group = np.repeat(np.arange(10), 20), np.arange(200)
    positive = np.tile(np.arange(20) < 2, 10)
    score = np.tile((np.arange(20) < 8).astype(float), 10)
    held = held_out(positive, score, fold, group)
    told = clustered_auroc(positive[:20], score[:20], group[:20])[1] / np.sqrt(10)
    chance = permuted_error(positive[:20], score[:20]) / np.sqrt(10)
    assert held.standard_error == pytest.approx(chance)
    assert chance > 2 * told > 0


def test_the_error_still_knows_who_depends_on_whom() -> None:
    rng = np.random.default_rng(6)
    positive, score = np.tile([True, False], 100), rng.normal(size=200)
    fold = np.zeros(200, dtype=np.intp)
    single = held_out(positive, score, fold, np.arange(200)).standard_error
    twice = held_out(np.tile(positive, 2), np.tile(score, 2), np.tile(fold, 2), np.tile(np.arange(200), 2))
    assert twice.standard_error == pytest.approx(single, rel=0.02)
