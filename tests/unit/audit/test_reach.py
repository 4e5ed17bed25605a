"""All families together: more than the best of them, and no more than there is."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from exapt.audit.crossfit import panel_of
from exapt.audit.reach import clustered_share, reach, stacked
from tests.unit.audit.planted import family, flag, view


def test_two_halves_of_the_truth_add_up():
    rng = np.random.default_rng(0)
    positive = rng.random(3000) < 0.5
    families = [family(name, rng.normal(size=(3000, 1)) + positive[:, None]) for name in ("one", "two")]
    panel = panel_of(view(positive), families, np.arange(3000))
    found = reach(panel)
    alone = max(panel.held(score).auroc for score in panel.plain)
    # two shifts of one standard deviation: Phi(1) of the area, Phi(1 / sqrt 2) right
    assert found.value == pytest.approx(0.841, abs=0.02) and found.value > alone + 0.05
    accuracy = found.facts["accuracy"]
    assert accuracy["value"] == pytest.approx(0.760, abs=0.02) and accuracy["low"] < 0.760 < accuracy["high"]
    assert found.low < found.value < found.high and found.facts["auroc"]["low"] == found.low
    assert (found.check, found.family, found.level) == ("reach", "reach", "pass") and "at least" in found.said


def test_nothing_adds_up_to_nothing():
    """Fitted to the rows that it is read on, a stack of noise would look like something."""
    values, leaky = [], []
    for seed in range(5):
        rng = np.random.default_rng([seed, 77])
        positive = rng.random(400) < 0.5
        families = [family(str(k), rng.normal(size=(400, 2))) for k in range(5)]
        panel = panel_of(view(positive, seed=seed), families, np.arange(400))
        values.append(reach(panel).value)
        fitted = LogisticRegression().fit(panel.plain.T, positive)
        leaky.append(roc_auc_score(positive, fitted.decision_function(panel.plain.T)))
    assert abs(np.mean(values) - 0.5) < 0.03 and np.mean(leaky) > 0.54


def test_some_families_only():
    rng = np.random.default_rng(1)
    positive = rng.random(800) < 0.5
    families = [family("told", flag(positive, 0.9, rng)), family("noise", rng.normal(size=(800, 1)))]
    panel = panel_of(view(positive), families, np.arange(800))
    assert panel.held(stacked(panel, {"told"})).auroc > 0.85
    assert panel.held(stacked(panel, {"noise"})).auroc < 0.6
    assert not stacked(panel, []).any()


def test_skips_where_nothing_can_be_held_out():
    positive = np.arange(20) % 2 == 0
    found = reach(panel_of(view(positive), [family("one", np.ones((20, 1)))], np.zeros(20, dtype=int)))
    assert found.level == "skip" and found.value is None


def test_a_share_of_dependent_rows():
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(200), 5)
    hit = np.repeat(rng.random(200) < 0.7, 5)
    share, error = clustered_share(hit, groups)
    assert share == hit.mean() and error == pytest.approx(np.sqrt(share * (1 - share) / 199), rel=1e-6)
    assert clustered_share(hit, np.zeros(1000, dtype=int))[1] == np.inf
