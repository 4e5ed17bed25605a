"""The conclusions, each on a score for which it holds and one for which it does not."""

from __future__ import annotations

from exapt.estimates import Heads
from exapt.report import judgement


def test_best_baseline_is_the_highest_auroc_and_never_a_flipped_one(make_score):
    name, _ = judgement.best_baseline(make_score("t", quality=1, baseline=2))
    assert name == "edit similarity"
    # an inverted baseline is far from 0.5, but not better than the constant
    name, _ = judgement.best_baseline(make_score("t", quality=1, baseline=-3))
    assert name == "majority"
    assert judgement.best_baseline(make_score("t", quality=1, share=1.0)) is None


def test_marks(make_score):
    assert judgement.marks(make_score("t", quality=2)) == []
    assert judgement.marks(make_score("t", quality=-2, marks=["truncated"])) == ["inverted", "truncated"]
    assert judgement.marks(make_score("t", quality=-2, marks=["inverted"], generated=True)) == ["inverted", "generated"]


def test_ranking_is_judged_by_bound_and_heads(make_score):
    assert judgement.ranks_above_heads(make_score("t", quality=2)) is True
    assert judgement.ranks_above_heads(make_score("t", quality=0)) is False
    # a good AUROC is no transfer where untrained heads reach it
    assert judgement.ranks_above_heads(make_score("t", quality=1, heads_sd=2)) is False
    # nor where the sample is too small to tell
    assert judgement.ranks_above_heads(make_score("t", quality=3, n=12)) is None  # too few groups
    bare = make_score("t", quality=2).model_copy(update={"untrained": Heads(auroc=[], accuracy=[])})
    assert judgement.ranks_above_heads(bare) is None
    assert judgement.ranks_above_heads(make_score("t", quality=2, share=1.0)) is None


def test_wrong_way_needs_the_whole_interval(make_score):
    assert judgement.ranks_wrong_way(make_score("t", quality=-2))
    assert not judgement.ranks_wrong_way(make_score("t", quality=2))
    slight = make_score("t", quality=-0.05, n=30)
    assert not judgement.ranks_wrong_way(slight)


def test_threshold_is_judged_against_the_larger_class(make_score):
    assert judgement.beats_larger_class(make_score("t", quality=3)) is True
    # the ranking is as good, but every score lies on one side of the threshold
    assert judgement.beats_larger_class(make_score("t", quality=3, shift=6)) is False
    # an accuracy of 0.85 is nothing where nine of ten are of one class
    score = make_score("t", quality=2, share=0.9)
    assert judgement.larger_share(score) == 0.9 and judgement.accuracy(score.trained).value > 0.75
    assert judgement.beats_larger_class(score) is False


def test_baseline_as_good(make_score):
    assert judgement.baseline_as_good(make_score("t", quality=1, baseline=3)) is True
    assert judgement.baseline_as_good(make_score("t", quality=3, baseline=0.5)) is False
    assert judgement.baseline_as_good(make_score("t", quality=0, baseline=0)) is True
    assert judgement.baseline_as_good(make_score("t", quality=3, share=1.0)) is None


def test_names(make_record, make_score):
    record = make_record({"t": make_score("t", quality=1)}, name="n", identity="0123456789abcdef")
    assert judgement.run_name(record) == "n-0123456789"
    assert judgement.model_name(record) == "tiny" and judgement.method_name(record) == "quick"
    plain = make_record({}, method={"batch": 32, "epochs": 3, "lr": 1e-4, "clip": 1.0})
    assert judgement.method_name(plain) == "epochs 3, lr 0.0001, batch 32"
