"""The bootstrap over groups against a plain loop and against scipy; its coverage; what it must not depend on."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from exapt.evaluation import intervals
from exapt.evaluation.intervals import bootstrap, estimates, group_draws, group_numbers
from exapt.evaluation.metrics import accuracy, auroc, confusion
from exapt.evaluation.scores import scores


def mean_of(value):
    return lambda weight: {"mean": weight @ value / weight.sum(axis=1)}


def test_draws_are_multinomial_and_the_same_on_every_call():
    draws = np.stack(list(group_draws(50, 4000)))
    assert (draws.sum(axis=1) == 50).all()
    assert np.array_equal(draws, np.stack(list(group_draws(50, 4000))))
    # a multinomial count over 50 cells has mean 1 and variance 49/50
    assert draws.mean(axis=0) == pytest.approx(np.ones(50), abs=0.08)
    assert draws.var() == pytest.approx(49 / 50, abs=0.02)
    assert not np.array_equal(draws, np.stack(list(group_draws(50, 4000, seed=1))))


def test_the_stream_is_pinned():
    """A change of numpy, or of the seed, that moved committed intervals would be seen here."""
    assert next(group_draws(8)).tolist() == [1, 0, 1, 0, 3, 1, 1, 1]


def test_equals_a_plain_loop_over_resampled_rows():
    rng = np.random.default_rng(3)
    group = [f"g{i}" for i in rng.integers(0, 30, 200)]
    positive = rng.random(200) < 0.5
    score = rng.normal(size=200) + positive

    def measure(weight):
        return {
            "auroc": auroc(positive, score, weight),
            "accuracy": accuracy(confusion(positive, score >= 0.5, weight)),
        }

    found = bootstrap(measure, group, draws=60)
    names = sorted(set(group))
    for draw, count in enumerate(group_draws(len(names), 60)):
        rows = [
            i
            for name, times in zip(names, count, strict=True)
            for _ in range(times)
            for i in range(200)
            if group[i] == name
        ]
        assert found["auroc"][draw] == pytest.approx(roc_auc_score(positive[rows], score[rows]))
        assert found["accuracy"][draw] == pytest.approx(np.mean((score[rows] >= 0.5) == positive[rows]))


def test_equals_scipy_where_every_example_is_its_own_group():
    value = np.random.default_rng(5).exponential(size=300)
    own = estimates(mean_of(value), [str(i) for i in range(300)], draws=20_000)["mean"]
    other = stats.bootstrap((value,), np.mean, n_resamples=20_000, method="percentile", rng=1).confidence_interval
    assert own.value == pytest.approx(value.mean())
    assert own.low == pytest.approx(other.low, abs=0.01)
    assert own.high == pytest.approx(other.high, abs=0.01)


def test_memory_chunks_change_no_bit(monkeypatch):
    rng = np.random.default_rng(0)
    value, group = rng.integers(0, 99, 90).astype(float), [str(i % 17) for i in range(90)]
    whole = bootstrap(mean_of(value), group, draws=101)["mean"]
    monkeypatch.setattr(intervals, "CELLS", 1000)
    assert np.array_equal(whole, bootstrap(mean_of(value), group, draws=101)["mean"])


def test_row_order_changes_no_bit():
    rng = np.random.default_rng(1)
    positive, score = rng.random(300) < 0.4, rng.normal(size=300).astype(np.float32)
    group = np.array([f"block {i}" for i in rng.integers(0, 60, 300)])
    rows = rng.permutation(300)
    assert scores(positive, score, group.tolist()) == scores(positive[rows], score[rows], group[rows].tolist())


def test_groups_of_duplicates_widen_the_interval_as_much_as_theory_says():
    rng = np.random.default_rng(2)
    value = np.repeat(rng.normal(size=400), 4)
    alone = estimates(mean_of(value), [str(i) for i in range(1600)])["mean"]
    together = estimates(mean_of(value), [str(i // 4) for i in range(1600)])["mean"]
    assert (together.high - together.low) / (alone.high - alone.low) == pytest.approx(2.0, rel=0.15)


def test_coverage_of_the_auroc_interval_with_dependent_examples():
    """In 200 worlds, the interval holds the true AUROC about 95% of the time; without groups it does not."""
    truth = stats.norm.cdf(1 / np.sqrt(2 * (1 + 1)))  # difference of means 1, variance 1 within and 1 between groups
    hit = {"groups": 0, "examples": 0}
    for world in range(200):
        rng = np.random.default_rng([9, world])
        group = np.repeat(np.arange(60), 6)
        positive = (np.arange(360) // 6) % 2 == 0
        score = rng.normal(size=60)[group] + rng.normal(size=360) + positive
        for kind, names in (("groups", group), ("examples", np.arange(360))):
            found = estimates(lambda w, p=positive, s=score: {"a": auroc(p, s, w)}, [str(g) for g in names], draws=300)[
                "a"
            ]
            hit[kind] += found.low <= truth <= found.high
    assert 0.88 <= hit["groups"] / 200 <= 0.99
    assert hit["examples"] / 200 < 0.8


def test_one_group_has_no_interval():
    found = estimates(mean_of(np.array([1.0, 3.0])), ["a", "a"])["mean"]
    assert (found.value, found.low, found.high) == (2.0, None, None)


def test_numbers_follow_sorted_names():
    assert group_numbers(["b", "a", "b"]).tolist() == [1, 0, 1]
