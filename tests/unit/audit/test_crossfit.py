"""Folds, held-out scores and their bound: nothing leaks, nothing is pooled, chance is chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from exapt.audit import crossfit as module
from exapt.audit.crossfit import crossfit, deal, held_out, panel_of
from tests.unit.audit.planted import family, flag, view


def test_groups_stay_whole_and_classes_even():
    rng = np.random.default_rng(0)
    groups = np.unique(rng.integers(0, 400, 2000), return_inverse=True)[1]
    positive = rng.random(2000) < 0.3
    block, folds, notes = deal(positive, groups, seed=1)
    assert (folds, notes) == (5, [])
    assert all(len(set(block[groups == g])) == 1 for g in range(groups.max() + 1))
    for side in (positive, ~positive):
        count = np.bincount(block[side], minlength=10)
        assert count.max() - count.min() <= 0.1 * count.mean()
    assert (deal(positive, groups, 1)[0] == block).all()
    assert (deal(positive, groups, 2)[0] != block).any()


@pytest.mark.parametrize(
    ("positive", "groups", "folds", "word"),
    [
        (np.arange(100) < 50, np.arange(100) // 4, 2, "2 folds instead of 5"),
        (np.arange(100) < 50, np.zeros(100, dtype=int), 0, "1 groups only"),
        (np.zeros(100, dtype=bool), np.arange(100), 0, "0 groups only"),
        (np.arange(200) % 2 == 0, np.maximum(np.arange(200) - 119, 0), 5, "60% of the rows"),
    ],
    ids=["few groups", "one group", "one class", "a large group"],
)
def test_says_what_the_groups_do_not_allow(positive, groups, folds, word):
    block, made, notes = deal(positive, groups, 0)
    assert made == folds and any(word in note for note in notes)
    assert set(block.tolist()) == (set(range(2 * made)) if made else {-1})


def test_every_score_is_by_a_model_that_saw_neither_fold(monkeypatch):
    """The model in the test tells which rows it was given."""
    block = np.arange(10)

    def spy(matrix, positive, train):
        used = (train * 2.0**block).sum(axis=1)
        return np.where(train, np.nan, used[:, None])

    monkeypatch.setitem(module.MODELS, "spy", spy)
    scores, early = crossfit(np.zeros((10, 1)), "spy", block % 2 == 0, block, 5)
    assert np.isfinite(scores).all() and np.isfinite(early).all()
    for k in range(5):
        for row in range(10):
            used = [b for b in range(10) if int(scores[k, row]) >> b & 1]
            assert {b % 5 for b in used} == set(range(5)) - {k, row % 5}
    assert [int(e) for e in early[0]] == [2**b - 1 for b in range(10)]


def test_swap_blocks_give_one_half():
    """Each side stands under both labels within its group: one side alone must tell nothing, and not less."""
    rng = np.random.default_rng(5)
    texts = rng.integers(0, 200, size=(400, 30))
    left = np.repeat(texts, 4, axis=0)
    positive = np.tile([True, False, True, False], 400)
    bag = sparse.csr_matrix((np.ones(left.size), left.ravel(), np.arange(0, left.size + 1, 30)), shape=(1600, 200))
    groups = np.repeat(np.arange(400), 4)
    for model in ("linear", "trees"):
        task = view(positive)
        matrix = bag if model == "linear" else bag[:, :10].toarray()
        panel = panel_of(task, [family("left only", matrix, model=model)], groups)
        assert panel.held(panel.plain[0]).auroc == pytest.approx(0.5, abs=0.005)
        without = panel_of(task, [family("left only", matrix, model=model)], np.arange(1600))
        assert without.held(without.plain[0]).auroc < 0.49, "the trap is there to be fallen into"


def test_folds_are_not_pooled():
    positive = np.tile([True, False], 100)
    fold = np.repeat([0, 1], 100)
    score = positive + 10.0 * fold + 5.0 * (fold == 1) * ~positive
    held = held_out(positive, score, fold, np.arange(200))
    assert (held.auroc, held.folds) == (0.5, 2)  # 1 and 0
    assert held_out(positive, score, fold, np.arange(200), [0]).auroc == 1.0


def test_nothing_to_average_is_no_number_to_trust():
    held = held_out(np.ones(4, dtype=bool), np.zeros(4), np.zeros(4, dtype=int), np.arange(4))
    assert (held.auroc, held.standard_error, held.low) == (0.5, math.inf, 0.0)


@pytest.mark.parametrize("model", ["trees", "linear"])
@pytest.mark.parametrize("width", [0, 3])
def test_constant_and_empty_features_tell_nothing(model, width):
    positive = np.arange(200) % 3 == 0
    panel = panel_of(view(positive), [family("flat", np.ones((200, width)), model=model)], np.arange(200))
    assert np.isfinite(panel.scores).all()
    assert panel.held(panel.plain[0]).auroc == 0.5 and panel.low(0) == pytest.approx(0.5)


def test_missing_and_infinite_values_are_read():
    rng = np.random.default_rng(2)
    positive = rng.random(600) < 0.5
    matrix = np.where(positive, np.nan, rng.normal(size=600))[:, None] * np.ones((1, 2))
    matrix[::7, 1] = np.inf
    panel = panel_of(view(positive), [family("holes", matrix)], np.arange(600))
    assert np.isfinite(panel.scores).all() and panel.held(panel.plain[0]).auroc > 0.95


def test_linear_ranks_as_scikit_learn_does():
    rng = np.random.default_rng(4)
    positive = rng.random(1500) < 0.4
    counts = rng.poisson(np.where(positive[:, None], 1.0 + 0.15 * rng.normal(size=300), 1.0).clip(0.1))
    block, folds, _ = deal(positive, np.arange(1500), 0)
    scores, _ = crossfit(sparse.csr_matrix(counts), "linear", positive, block, folds)
    fold = block % folds
    ours, theirs = [], []
    for k in range(folds):
        out = fold == k
        logs = np.log1p(counts)
        table = logs / np.linalg.norm(logs, axis=1, keepdims=True)
        table = (table - table.mean(0)) / np.sqrt(((table - table.mean(0)) ** 2).sum(1).mean())
        fitted = LogisticRegression(C=1.0).fit(table[~out], positive[~out])
        theirs.append(roc_auc_score(positive[out], fitted.decision_function(table[out])))
        ours.append(roc_auc_score(positive[out], scores[k, out]))
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.02) and np.mean(ours) > 0.7


def test_large_tables_are_thinned_by_whole_groups(monkeypatch):
    monkeypatch.setattr(module, "ROWS", 300)
    rng = np.random.default_rng(1)
    positive = rng.random(1000) < 0.5
    groups = np.arange(1000) // 2
    panel = panel_of(view(positive, splits=600), [family("flag", flag(positive, 0.9, rng))], groups)
    assert len(panel.view) == len(panel.rows) == 300 and "300 of 1,000 rows" in panel.notes[0]
    assert (panel.view.positive == positive[panel.rows]).all()
    assert set(np.bincount(groups[panel.rows])) <= {0, 2}
    assert panel.held(panel.plain[0]).auroc > 0.8


def test_same_seed_same_numbers_and_families_that_do_not_apply_are_left_out():
    rng = np.random.default_rng(9)
    positive = rng.random(400) < 0.5
    families = [family("one", rng.normal(size=(400, 4))), family("none", np.ones((400, 1)), applies=False)]
    one, two = (panel_of(view(positive), families, np.arange(400)) for _ in range(2))
    assert (one.scores == two.scores).all() and (one.early == two.early).all()
    assert [f.name for f in one.families] == ["one"]


@pytest.mark.slow
def test_the_bound_alarms_as_often_as_it_says():
    """On nothing: plain cross-validation errs 1.4 times as far as its folds say; the bound's own scores do not."""
    plain, ordered = [], []
    for seed in range(40):
        rng = np.random.default_rng([seed, 7])
        positive = np.arange(400) % 2 == 0
        panel = panel_of(view(positive, seed=seed), [family("noise", rng.normal(size=(400, 2)))], np.arange(400))
        told = [(panel.plain[0], panel.fold, plain), *((one, panel.block, ordered) for one in panel.early[0])]
        for score, blocks, into in told:
            among = range(1, 10) if into is ordered else None
            held = held_out(positive, score, blocks, panel.groups, among)
            into.append((held.auroc - 0.5) / held.standard_error)
    assert np.std(ordered) < 1.3 and np.std(ordered) < 0.9 * np.std(plain)


def test_a_mark_in_few_rows_is_heard_among_thousands_of_columns():
    """A ridge over all of them drowns it; plain scores and bound both have it from the single split."""
    low, plain, ridge = [], [], []
    for seed in range(3):
        rng = np.random.default_rng([seed, 11])
        positive = rng.permutation(2000) < 1000
        counts = sparse.random(2000, 4000, 0.02, "csr", np.float32, rng, data_rvs=np.ones)
        mark = sparse.csr_matrix((positive & (rng.random(2000) < 0.12))[:, None].astype(np.float32))
        panel = panel_of(
            view(positive, seed=seed),
            [family("bag", sparse.hstack([counts, mark], "csr"), model="linear")], np.arange(2000),
        )  # fmt: skip
        low.append(panel.low(0))
        plain.append(panel.held(panel.plain[0]).auroc)
        own = held_out(positive, panel.early[0, 0], panel.block, panel.groups, range(1, 10))
        ridge.append(own.auroc - 3.09 * own.standard_error)
    assert min(low) > 0.52 > 0.507 > max(ridge)
    assert min(plain) > 0.54


def test_the_own_model_speaks_where_it_tells_more():
    rng = np.random.default_rng(12)
    positive = rng.random(1000) < 0.5
    matrix = rng.normal(size=(1000, 12)) + 0.4 * positive[:, None]
    panel = panel_of(view(positive), [family("many", matrix)], np.arange(1000))
    block, folds, _ = deal(positive, np.arange(1000), 0)
    train = np.stack([block % folds != k for k in range(folds)])
    own = module.MODELS["trees"](matrix, positive, train)
    assert np.allclose(panel.plain[0], own[panel.fold, np.arange(1000)])
