"""Planted shortcuts are found, chance is not; the strongest family is not flattered."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.audit.crossfit import panel_of
from exapt.audit.shortcuts import shortcut_findings, strongest
from tests.unit.audit.planted import family, flag, view

N = 2000


def _panel(positive, matrices, seed=0, signal=(), kind="content"):
    families = [family(name, matrix, kind) for name, matrix in matrices.items()]
    return panel_of(view(positive, signal=signal, seed=seed), families, np.arange(len(positive)))


def test_weak_flags_are_found_nine_times_in_ten_and_strong_ones_always():
    weak = strong = 0
    for seed in range(12):
        rng = np.random.default_rng([seed, 1])
        positive = rng.permutation(N) % 2 == 0
        panel = _panel(positive, {"weak": flag(positive, 0.56, rng), "strong": flag(positive, 0.70, rng)}, seed)
        one, other = shortcut_findings(panel)
        weak += one.level == "fail"
        strong += other.level == "fail"
        assert other.value == pytest.approx(0.70, abs=0.04) and other.low < other.value
    assert weak >= 9 and strong == 12  # 11 expected


def test_chance_is_not_a_shortcut():
    alarms = []
    for seed in range(8):
        rng = np.random.default_rng([seed, 2])
        positive = rng.permutation(N) % 2 == 0
        panel = _panel(positive, {"flag": flag(positive, 0.5, rng), "few": rng.normal(size=(N, 6))}, seed)
        alarms += [f.check for f in shortcut_findings(panel) if f.level != "pass"]
    assert alarms == []


def test_a_signal_warns_and_a_format_never_is_one():
    rng = np.random.default_rng(0)
    positive = rng.random(600) < 0.5
    matrices = {"overlap": flag(positive, 0.9, rng)}
    (content,) = shortcut_findings(_panel(positive, matrices))
    (signal,) = shortcut_findings(_panel(positive, matrices, signal=["overlap"]))
    (form,) = shortcut_findings(_panel(positive, matrices, signal=["overlap"], kind="format"))
    assert [(f.level, f.stops, f.facts["signal"]) for f in (content, signal, form)] == [
        ("fail", False, False), ("warn", False, True), ("fail", True, False),
    ]  # fmt: skip
    assert content.remedy == "mend overlap" and "overlap tells the label" in signal.said and signal.remedy == ""
    assert content.facts | {"notes": []} == {
        "signal": False, "folds": 5, "groups": 600, "features": 1, "model": "trees", "notes": [],
    }  # fmt: skip


def test_the_threshold_counts():
    rng = np.random.default_rng(3)
    positive = rng.random(N) < 0.5
    panel = _panel(positive, {"flag": flag(positive, 0.65, rng)})
    assert [shortcut_findings(panel, threshold=t)[0].level for t in (0.5, 0.7)] == ["fail", "pass"]


def test_too_few_groups_are_skipped_aloud():
    positive = np.arange(40) % 2 == 0
    panel = panel_of(view(positive), [family("told", positive[:, None] * 1.0)], np.zeros(40, dtype=int))
    (finding,) = shortcut_findings(panel)
    assert finding.level == "skip" and "1 groups only" in finding.said and finding.value is None
    assert strongest(panel).level == "skip"


def test_dependent_rows_do_not_alarm():
    """Ten copies of each row: as many rows as would make chance significant, if they were independent."""
    alarms = 0
    for seed in range(12):
        rng = np.random.default_rng([seed, 4])
        positive = np.repeat(rng.permutation(200) % 2 == 0, 10)
        matrix = np.repeat(rng.normal(size=(200, 3)), 10, axis=0)
        panel = panel_of(view(positive, seed=seed), [family("noise", matrix)], np.repeat(np.arange(200), 10))
        alarms += shortcut_findings(panel)[0].level == "fail"
    assert alarms == 0


def test_the_strongest_is_named_and_the_largest_of_many_is_not_believed():
    rng = np.random.default_rng(8)
    positive = rng.random(600) < 0.5
    noise = {f"noise {k}": rng.normal(size=(600, 2)) for k in range(4)}
    named = strongest(_panel(positive, {**noise, "lengths": flag(positive, 0.8, rng)}))
    assert named.facts["strongest"] == "lengths" and named.value == pytest.approx(0.8, abs=0.05)
    nested, largest = [], []
    for seed in range(5):
        panel = _panel(positive, {k: rng.normal(size=(600, 2)) for k in noise}, seed)
        nested.append(strongest(panel).value)
        largest.append(max(f.value for f in shortcut_findings(panel)))
    assert abs(np.mean(nested) - 0.5) < 0.03 and np.mean(largest) - np.mean(nested) > 0.02
