"""Many heads at once equal one head at a time; their spread equals numpy's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from exapt.errors import BadInput
from exapt.evaluation import heads as module
from exapt.evaluation.heads import heads, spread


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_to_one_at_a_time(dtype, monkeypatch):
    monkeypatch.setattr(module, "CELLS", 700)  # several chunks, the last one smaller
    rng = np.random.default_rng(0)
    positive = rng.random(200) < 0.3
    table = np.round(rng.normal(size=(11, 200)), 1).astype(dtype)
    found = heads(positive, table)
    assert found.auroc == pytest.approx([roc_auc_score(positive, row) for row in table])
    assert found.accuracy == pytest.approx([np.mean((row >= 0) == positive) for row in table])


def test_random_heads_spread_around_chance_and_are_not_flipped():
    rng = np.random.default_rng(1)
    positive = rng.random(400) < 0.5
    found = heads(positive, rng.normal(size=(100, 400)))
    assert np.mean(found.auroc) == pytest.approx(0.5, abs=0.02)
    assert min(found.auroc) < 0.5 < max(found.auroc)
    assert found.auroc == pytest.approx([1 - a for a in heads(positive, -rng_table(1)).auroc])


def rng_table(seed):
    rng = np.random.default_rng(seed)
    rng.random(400)
    return rng.normal(size=(100, 400))


def test_one_class_leaves_auroc_out():
    found = heads(np.ones(4, dtype=bool), np.zeros((3, 4)))
    assert found.auroc == [] and found.accuracy == [1.0, 1.0, 1.0]
    assert spread(found.auroc) == {}


def test_bad_tables_are_one_line():
    with pytest.raises(BadInput, match=r"\(2, 3\).*\(4,\)"):
        heads(np.ones(4, dtype=bool), np.zeros((2, 3)))
    table = np.zeros((3, 4))
    table[1, 2] = np.nan
    with pytest.raises(BadInput, match="head 2"):
        heads(np.array([True, False, True, False]), table)


def test_spread():
    values = [0.1, 0.9, 0.4, 0.6, 0.5]
    found = spread(values)
    assert list(found) == ["mean", "sd", "min", "p5", "p25", "p50", "p75", "p95", "max"]
    assert found["mean"] == pytest.approx(0.5) and found["sd"] == pytest.approx(np.std(values, ddof=1))
    assert (found["min"], found["p25"], found["p50"], found["max"]) == pytest.approx((0.1, 0.4, 0.5, 0.9))
    assert found["p5"] == pytest.approx(np.percentile(values, 5)) and found["p95"] == pytest.approx(0.84)
    assert spread([0.7])["sd"] == 0
