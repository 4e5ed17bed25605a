"""Many records: found, tidied, summed up over seeds; and nothing is skipped in silence."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from exapt.errors import BadInput
from exapt.record import write_record
from exapt.report.table import find_records, summary, tidy, to_csv, to_markdown


@pytest.fixture
def seeds(make_record, make_score):
    """Three fits that differ in their seed, each scored on its source and one target."""
    return [
        make_record(
            {
                "text": make_score("text", quality=3, role="source", seed=seed),
                "dna": make_score("dna", quality=1 + seed, baseline=4, seed=seed, marks=["truncated"]),
            },
            seed=seed,
            name="sweep",
        )
        for seed in (2, 0, 1)
    ]


def test_find_records_searches_folders_and_reads_each_once(tmp_path, seeds):
    for number, record in enumerate(seeds):
        write_record(tmp_path / "runs" / f"{number}" / "deep", record)
    (tmp_path / "runs" / "0" / "other.json").write_text("{}")
    one = tmp_path / "runs" / "1" / "deep" / "record.json"
    found = find_records([tmp_path / "runs", one, one.parent / ".." / "deep"])
    assert [record.fit.seeds["init"] for _, record in found] == [2, 0, 1]
    assert found[1] == (one, seeds[1])


def test_find_records_skips_nothing(tmp_path, seeds):
    write_record(tmp_path / "good", seeds[0])
    with pytest.raises(BadInput, match="none: no such file or folder"):
        find_records([tmp_path / "good", tmp_path / "none"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match=r"empty: holds no record\.json"):
        find_records([tmp_path / "empty"])
    bad = tmp_path / "runs" / "b" / "record.json"
    bad.parent.mkdir(parents=True)
    for content in ("", '{"name": "x"}', "[1"):
        bad.write_text(content)
        with pytest.raises(BadInput) as caught:
            find_records([tmp_path])
        assert str(bad) in str(caught.value) and "\n" not in str(caught.value)


def test_tidy_has_a_row_per_fit_and_task_with_the_records_numbers(seeds):
    frame = tidy(seeds)
    assert len(frame) == 6
    assert frame["target"].tolist() == ["dna"] * 3 + ["text"] * 3 and frame["seed_init"].tolist() == [0, 1, 2] * 2
    for row in frame.to_dict("records"):
        record = next(r for r in seeds if r.fit.identity == row["identity"])
        score = record.scores[row["target"]]
        for metric, found in score.trained.metrics.items():
            assert (row[metric], row[f"{metric}_low"], row[f"{metric}_high"]) == (found.value, found.low, found.high)
        assert row["heads_auroc_mean"] == pytest.approx(np.mean(score.untrained.auroc))
        assert row["heads_accuracy_sd"] == pytest.approx(np.std(score.untrained.accuracy, ddof=1))
        assert row["source"] == "text" and row["n"] == 400 and row["train_n"] == 1200
    assert frame["best_baseline"].tolist()[:3] == ["edit similarity"] * 3


def test_csv_keeps_every_digit(seeds):
    frame = tidy(seeds)
    again = pd.read_csv(io.StringIO(to_csv(frame)))
    assert list(again.columns) == list(frame.columns)
    assert again["auroc_low"].tolist() == frame["auroc_low"].tolist()
    assert again["target"].tolist() == frame["target"].tolist()


def test_order_of_records_does_not_matter(seeds):
    assert to_csv(tidy(seeds)) == to_csv(tidy(reversed(seeds)))


def test_a_fit_found_twice_stands_once_and_a_contradiction_is_refused(seeds, make_score):
    assert len(tidy([*seeds, seeds[0].model_copy(update={"name": "copy"})])) == 6
    other = seeds[0].scores | {"dna": make_score("dna", quality=0, seed=2)}
    with pytest.raises(BadInput, match=r"task 'dna' has other numbers than in the record sweep-2000000000"):
        tidy([*seeds, seeds[0].model_copy(update={"scores": other})])


def test_markdown_has_intervals_n_and_controls(seeds):
    text = to_markdown(tidy(seeds))
    lines = text.split("\n")
    assert len(lines) == 8 and len({line.count("|") for line in lines}) == 1
    found = seeds[1].scores["dna"].trained.metrics["auroc"]
    line = next(line for line in lines if line.startswith("| sweep-0000000000 ") and "| dna |" in line)
    assert f"| {found.value:.3f} [{found.low:.3f}, {found.high:.3f}] |" in line
    assert "| truncated | 0 | 400 | 400 |" in line and " ± " in line and "edit similarity: " in line


def test_summary_over_seeds(seeds):
    text = summary(tidy(seeds))
    lines = [line for line in text.split("\n") if "| dna | AUROC |" in line]
    assert len(lines) == 1
    values = {r.fit.seeds["init"]: r.scores["dna"].trained.metrics["auroc"] for r in seeds}
    middle, least, most = np.median([e.value for e in values.values()]), values[0].value, values[2].value
    assert lines[0].endswith(f"| 1200 | 400 | 3 | {middle:.3f} | {least:.3f} | {most:.3f} |")
    each = "; ".join(f"seed {s}: {e.value:.3f} [{e.low:.3f}, {e.high:.3f}]" for s, e in sorted(values.items()))
    assert each in lines[0]
    assert "Note:" not in text


def test_summary_keeps_apart_what_differs_in_more_than_seeds(seeds, make_record):
    slower = make_record(seeds[0].scores, seed=2, name="sweep", method={"name": "quick", "lr": 1e-4}, identity="e" * 64)
    lines = [line for line in summary(tidy([*seeds, slower])).split("\n") if "| dna | AUROC |" in line]
    assert sorted(line.split(" | ")[-4] for line in lines) == ["1", "3"]
    other_arm = make_record(seeds[0].scores, seed=2, arm="random", identity="d" * 64)
    lines = [line for line in summary(tidy([*seeds, other_arm])).split("\n") if "| dna | AUROC |" in line]
    assert len(lines) == 2


def test_summary_says_when_seeds_repeat_or_examples_differ(seeds, make_record, make_score):
    again = make_record(seeds[0].scores, seed=2, name="sweep", identity="c" * 64)
    assert "tiny, text to dna: several fits have the same seeds" in summary(tidy([*seeds, again]))
    score = seeds[0].scores["dna"]
    moved = score.model_copy(update={"data": score.data.model_copy(update={"digest": "another"})})
    other = make_record(seeds[0].scores | {"dna": moved}, seed=9, name="sweep")
    assert "tiny, text to dna: the seeds were scored on different examples" in summary(tidy([*seeds, other]))


def test_summary_marks_inverted_and_generated(make_record, make_score):
    text = summary(tidy([make_record({"t": make_score("t", quality=-2, generated=True)})]))
    assert "| t (generated) | AUROC (inverted) |" in text
    assert "(inverted)" not in summary(tidy([make_record({"t": make_score("t", quality=2)})]))


def test_what_is_not_defined_is_empty_or_said(make_record, make_score):
    frame = tidy([make_record({"t": make_score("t", quality=1, share=1.0)})])
    row = frame.to_dict("records")[0]
    assert row["auroc"] is None and row["best_baseline"] is None and row["heads_auroc_mean"] is None
    assert "not defined" in to_markdown(frame) and "none defined" in to_markdown(frame)
    assert "1 (0 defined)" in summary(frame)


def test_no_score_at_all(make_record):
    assert summary(tidy([make_record({})])) == "No score is recorded."
