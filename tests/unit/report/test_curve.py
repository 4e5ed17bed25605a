"""Scores by level in reports: under the score on the page, in the table and the CSV, and nowhere without levels."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from exapt.estimates import Estimate, Level, Psychometric
from exapt.report.curve import curves, sentence
from exapt.report.markdown import estimate
from exapt.report.page import page
from exapt.report.table import summary, tidy, to_csv, to_markdown


def est(value, width=0.02):
    return Estimate(value=value, low=value - width, high=value + width)


LEVELS = [
    Level(level="0.05", n=100, groups=50, auroc=est(0.97), accuracy=est(0.91)),
    Level(level="0.40 | x", n=300, groups=150, auroc=est(0.45), accuracy=est(0.52)),
]
FITTED = Psychometric(threshold=est(0.21), slope=est(-3.25), ceiling=est(0.95), reason=None)


@pytest.fixture
def plain(make_record, make_score):
    return make_record({"text": make_score("text", quality=3, role="source"), "dna": make_score("dna", quality=1)})


@pytest.fixture
def leveled(plain):
    score = plain.scores["dna"].model_copy(update={"levels": LEVELS, "psychometric": FITTED})
    return plain.model_copy(update={"scores": plain.scores | {"dna": score}})


def test_without_levels_nothing_is_added(plain, leveled):
    assert curves(plain) == []
    assert "level" not in tidy([plain]).columns
    assert "By level" not in to_markdown(tidy([plain]))
    with_levels = page(leveled)
    start, end = with_levels.index("## Scores by level"), with_levels.index("## Trivial baselines")
    assert with_levels[:start] + with_levels[end:] == page(plain)


def test_the_page_shows_each_level_with_n_and_intervals_and_the_fit(leveled):
    text = page(leveled)
    assert "| 0.05 | 100 | 50 | 0.970 [0.950, 0.990] | 0.910 [0.890, 0.930] |" in text
    assert "| 0.40 &#124; x | 300 | 150 | 0.450 [0.430, 0.470] (inverted) | 0.520 [0.500, 0.540] |" in text
    assert (
        "Accuracy crosses midway between chance (0.5) and its ceiling (0.950 [0.930, 0.970]) at level 0.210 "
        "[0.190, 0.230], where it changes by -3.250 [-3.270, -3.230] per unit of level; n = 400" in text
    )
    assert "Wichmann and Hill, 2001" in text


def test_what_the_fit_does_not_tell_has_its_reason():
    none = Psychometric(threshold=None, slope=None, ceiling=None, reason="the levels are no numbers")
    assert sentence(none, 4000) == "No threshold is told (n = 4,000): the levels are no numbers."
    part = Psychometric(threshold=est(0.21), slope=None, ceiling=est(0.95), reason="the slope is left out: too steep")
    said = sentence(part, 40)
    assert "at level 0.210 [0.190, 0.230] (the slope is left out: too steep); n = 40" in said
    assert "per unit" not in said


def test_the_tidy_table_has_a_row_per_level_under_the_score(leveled):
    frame = tidy([leveled])
    assert frame["target"].tolist() == ["dna", "dna", "dna", "text"]
    assert frame["level"].tolist() == [None, "0.05", "0.40 | x", None]
    row = frame.iloc[2].to_dict()
    assert (row["n"], row["groups"], row["auroc"], row["accuracy_high"]) == (300, 150, 0.45, 0.54)
    assert row["marks"] == "inverted" and row["f1"] is None and row["best_baseline"] is None
    assert row["run"] == frame["run"][0] and row["seed_init"] == 7
    whole = frame.iloc[0].to_dict()
    assert (whole["psychometric_threshold"], whole["psychometric_slope_low"]) == (0.21, -3.27)
    assert whole["auroc"] == leveled.scores["dna"].trained.metrics["auroc"].value
    again = pd.read_csv(io.StringIO(to_csv(frame)))
    assert again["level"].isna().tolist() == [True, False, False, True]
    assert again["auroc_low"].tolist() == frame["auroc_low"].tolist()


def test_markdown_has_the_levels_in_a_table_of_their_own(leveled, plain):
    text = to_markdown(tidy([leveled]))
    main, levels = text.split("\n\nBy level:\n\n")
    assert main == to_markdown(tidy([plain]))
    assert len(levels.split("\n")) == 4
    assert f"| 0.05 | none | 100 | 50 | {estimate(est(0.97))} | {estimate(est(0.91))} |" in levels
    assert "| inverted | 300 |" in levels


def test_the_summary_is_over_whole_tasks(leveled, plain):
    assert summary(tidy([leveled])) == summary(tidy([plain]))
