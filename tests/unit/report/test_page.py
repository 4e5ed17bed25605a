"""The page holds every number of the record, says how intervals were made, and escapes every name."""

from __future__ import annotations

import re

import pytest

from exapt.report.markdown import estimate
from exapt.report.page import page, write_page


@pytest.fixture
def record(make_record, make_score):
    return make_record(
        {
            "text": make_score("text_match", quality=3, role="source", generated=True),
            "dna": make_score("dna_synth", quality=-2, marks=["unknown tokens"], baseline=4),
        },
        accepted=["train shares sentences with test"],
        versions={"exapt": "0.1.0", "torch": "2.13.0"},
    )


def cells(text, *heads):
    """The cells of the first table line that begins with the given cells."""
    rows = [[c.strip() for c in line.strip("|").split(" | ")] for line in text.split("\n") if line.startswith("| ")]
    return next(row for row in rows if row[: len(heads)] == list(heads))


def test_every_estimate_and_count_is_shown(record):
    text = page(record)
    for name, score in record.scores.items():
        row = cells(text, name, score.role)
        assert row[3] == "400"
        assert [estimate(e) for e in score.trained.metrics.values()] == [c for c in row[5:10]]
        for kind, scores in score.baselines.items():
            shown = cells(text, name, kind)
            assert shown[4] == estimate(scores.metrics["auroc"])
        c = score.trained.confusion
        counts = [c.true_positive, c.false_positive, c.true_negative, c.false_negative]
        assert cells(text, name, "same")[4:] == list(map(str, counts))


def test_marks_are_shown_and_nothing_is_flipped(record):
    text = page(record)
    assert cells(text, "dna", "target")[2] == "inverted, unknown tokens"
    assert cells(text, "text", "source")[2] == "generated"
    assert cells(text, "dna", "target")[5].startswith("0.0")
    assert "nothing is flipped" in text


def test_setup_history_tokens_flaws_versions(record):
    text = page(record)
    assert (
        "Trained on english, train split, n = 1,200 in 600 groups, positive class 'same'; selected on english, dev "
        in text
    )
    assert "- dna (dna_synth, test split, n = 400 in 400 groups, positive class 'same')" in text
    assert "seeds: draw 7, init 7, order 7" in text
    assert cells(text, "kept") == ["kept", "2", "40", "0.5000", "0.4211", "0.9100", "0.8000"]
    assert cells(text, "score text", "text_match")[5:] == [
        "generated",
        "400",
        "400",
        "40.2",
        "&#60; 0.1%",
        "25.0%",
        "0.0%",
        "text_match",
    ]
    assert "- train shares sentences with test" in text
    assert cells(text, "torch") == ["torch", "2.13.0"]
    assert cells(text, "score text", "settings.identity") == ["score text", "settings.identity", "0.8"]


def test_the_page_is_written_whole_beside_the_record(record, tmp_path):
    path = write_page(tmp_path / "run", record)
    assert path == tmp_path / "run" / "report.md" and path.read_text(encoding="utf-8") == page(record)
    assert list(path.parent.iterdir()) == [path]


def test_prediction_files_are_named(record):
    assert cells(page(record), "dna", "dna_synth.parquet") == ["dna", "dna_synth.parquet", "pdna_synth0"]


def test_intervals_are_explained(record):
    text = page(record)
    assert "bootstrap over groups (1,000 draws" in text
    assert "the interval does not contain the spread between training seeds." in text


def test_names_cannot_break_out(make_record, make_score):
    evil = "x|y\n<img src=x onerror=alert(1)>`[a](javascript:b)"
    score = make_score(evil, quality=1, role="source")
    score = score.model_copy(update={"baselines": {evil: score.baselines["majority"]}})
    data = score.data.model_copy(
        update={"counts": {evil: 400, "b": 0}, "positive": evil, "facts": {evil: {evil: [evil]}}}
    )
    score = score.model_copy(update={"data": data})
    text = page(
        make_record(
            {evil: score},
            name=evil,
            accepted=[evil],
            model={"name": evil},
            method={"name": evil},
            versions={evil: evil},
            arm=evil,
        )
    )
    assert "<" not in text and "](" not in text
    blocks = re.findall(r"(?:^\|.*\n)+", text, flags=re.M)
    assert len(blocks) >= 7
    assert all(len({line.count("|") for line in block.strip().split("\n")}) == 1 for block in blocks)


def test_a_bare_record_still_has_a_page(make_record):
    record = make_record({})
    fit = record.fit.model_copy(update={"history": [], "best": {}})
    text = page(record.model_copy(update={"fit": fit}))
    assert "No evaluation on dev is recorded." in text and "None was declared." in text and "None was scored." in text
