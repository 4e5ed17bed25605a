"""Matching takes a shortcut away and leaves the rest; selecting on the outcome does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from exapt.audit.crossfit import panel_of
from exapt.audit.reach import stacked
from exapt.audit.remainder import _matched, matched_remainder
from tests.unit.audit.planted import family, view


def _task(n=4000, seed=0):
    """A length shortcut on top of a real signal that has nothing to do with it."""
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.5
    length = np.round(50 + 10 * rng.normal(size=n) + 8 * positive)
    real = rng.normal(size=n) + 1.0 * positive
    return positive, length[:, None], real


def test_the_shortcut_goes_and_the_signal_stays():
    positive, length, real = _task()
    task = view(positive, splits=3000)
    panel = panel_of(task, [family("lengths", length)], np.arange(4000))
    score = stacked(panel, {"lengths"})
    assert panel.held(score).auroc > 0.68
    rows, finding = matched_remainder(task, score)
    assert rows is not None and (finding.check, finding.level) == ("matched remainder", "pass")
    assert abs(finding.value - 0.5) <= 0.02
    assert (np.diff(rows) > 0).all() and positive[rows].mean() == 0.5
    split = task.frame["split"].to_numpy()[rows]
    assert all(positive[rows][split == s].mean() == 0.5 for s in ("train", "test"))
    assert finding.facts["pairs"] == len(rows) // 2 >= 800 and sum(finding.facts["rows"].values()) == len(rows)
    # what was measured is not only the score that was matched: the length itself no longer tells, in any direction
    assert roc_auc_score(positive[rows], length[rows, 0]) == pytest.approx(0.5, abs=0.02)
    assert roc_auc_score(positive[rows], real[rows]) == pytest.approx(roc_auc_score(positive, real), abs=0.03)


def test_a_model_of_the_shortcut_trained_on_the_remainder_knows_nothing():
    positive, length, _ = _task(seed=1)
    task = view(positive)
    rows, _ = matched_remainder(task, stacked(panel_of(task, [family("lengths", length)], np.arange(4000))))
    again = panel_of(view(positive[rows]), [family("lengths", length[rows])], np.arange(len(rows)))
    assert again.held(again.plain[0]).auroc == pytest.approx(0.5, abs=0.035)


def test_selecting_on_the_outcome_is_the_trap():
    positive, length, _ = _task(seed=2)
    task = view(positive)
    score = stacked(panel_of(task, [family("lengths", length)], np.arange(4000)))
    unsolved = (score >= 0) != positive
    assert roc_auc_score(positive[unsolved], length[unsolved, 0]) < 0.25
    rows, _ = matched_remainder(task, score)
    assert roc_auc_score(positive[rows], length[rows, 0]) > 0.48


def test_a_pure_shortcut_leaves_nothing():
    positive = np.arange(1000) % 2 == 0
    score = np.where(positive, 1.0, -1.0)
    rows, finding = matched_remainder(view(positive), score)
    assert rows is None and finding.level == "warn" and finding.value is None and finding.facts["pairs"] == 0


def test_few_pairs_are_said():
    positive, length, _ = _task(n=300, seed=3)
    rows, finding = matched_remainder(view(positive), length[:, 0])
    assert rows is not None and len(rows) < 400
    assert finding.level == "warn" and "under 200" in finding.said


def test_ties_do_not_follow_the_file():
    """Sorted by class, with equal scores: who is kept among equals is drawn, and drawn alike each time."""
    positive = np.arange(1000) < 300
    rows, _ = matched_remainder(view(positive), np.zeros(1000))
    negatives = rows[~positive[rows]]
    assert len(negatives) == 300 and negatives.mean() == pytest.approx(650, abs=40)
    assert (matched_remainder(view(positive), np.zeros(1000))[0] == rows).all()


@pytest.mark.parametrize("score", [np.zeros(9), np.full(10, np.nan)], ids=["too short", "not a number"])
def test_refuses_scores_that_are_none(score):
    with pytest.raises(ValueError, match="finite score"):
        matched_remainder(view(np.arange(10) < 5), score)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=1, max_size=14), st.integers(0, 3))
def test_as_many_pairs_as_there_can_be(cells, width):
    """Against maximum bipartite matching by augmenting paths."""
    positive = np.array([c[0] for c in cells])
    score = np.array([float(c[1]) for c in cells])
    pairs = _matched(positive, score, np.arange(len(cells)), float(width), [0, 0])
    assert len(set(pairs.ravel().tolist())) == pairs.size
    assert all(positive[a] and not positive[b] and abs(score[a] - score[b]) <= width for a, b in pairs)
    partner: dict[int, int] = {}

    def augment(a, tried):
        for b in np.flatnonzero(~positive & (np.abs(score - score[a]) <= width)).tolist():
            if b not in tried:
                tried.add(b)
                if b not in partner or augment(partner[b], tried):
                    partner[b] = a
                    return True
        return False

    assert len(pairs) == sum(augment(a, set()) for a in np.flatnonzero(positive).tolist())
