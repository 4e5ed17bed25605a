"""Committed records hold: every printed number is computed again from the predictions that lie beside them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from exapt.estimates import Metric
from exapt.evaluation.heads import heads
from exapt.evaluation.predictions import read_predictions
from exapt.evaluation.rescore import differences
from exapt.evaluation.scores import scores
from exapt.features.trivial import trivial_scores
from exapt.record import RECORD, Record, Score, read_record
from exapt.report.markdown import estimate
from exapt.report.page import page
from exapt.report.table import find_records, summary, tidy, to_csv, to_markdown
from exapt.tasks.pawsx import PawsX

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
RECORDS = sorted(EXPERIMENTS.glob(f"*/records/**/{RECORD}"))
LINEAR = ("feature_transfer", "bag_of_words")  # arms without a network, which have no untrained heads and no epochs
STUDIES = sorted({file.relative_to(EXPERIMENTS).parts[0] for file in RECORDS})


def named(file: Path) -> str:
    return str(file.parent.relative_to(EXPERIMENTS))


def test_there_are_records_of_the_main_job() -> None:
    runs = [read_record(file) for file in RECORDS if named(file).startswith("minilm_ecoli")]
    tasks = {"dna_pair", "dna_protein_150", "pawsx_de", "pawsx_fr", "pawsx_en"}
    assert runs and all(tasks <= set(run.scores) for run in runs)


@pytest.mark.parametrize("file", RECORDS, ids=named)
def test_scores_follow_from_the_predictions(file: Path) -> None:
    record = read_record(file)
    assert differences(record, file.parent) == []
    for score in record.scores.values():
        if record.fit.arm in LINEAR:
            assert not score.untrained.auroc and not score.untrained.accuracy
            continue
        # the first of the untrained heads is kept with the predictions; the others stand in the record
        rows = read_predictions(file.parent / score.predictions).query("phase == 'untrained'")
        again = heads((rows["label"] == score.data.positive).to_numpy(bool), rows["score"].to_numpy()[None])
        assert len(score.untrained.auroc) == len(score.untrained.accuracy) == 100
        assert again.auroc[0] == pytest.approx(score.untrained.auroc[0], abs=1e-9)
        assert again.accuracy[0] == pytest.approx(score.untrained.accuracy[0], abs=1e-9)


@pytest.mark.parametrize("file", RECORDS, ids=named)
def test_pages_say_what_the_records_hold(file: Path) -> None:
    assert (file.parent / "report.md").read_text(encoding="utf-8") == page(read_record(file))


@pytest.mark.parametrize("study", STUDIES)
def test_reports_say_what_the_records_hold(study: str) -> None:
    frame = tidy(record for _, record in find_records([EXPERIMENTS / study / "records"]))
    made = f"{summary(frame)}\n\n{to_markdown(frame)}\n"
    assert (EXPERIMENTS / study / "report.md").read_text(encoding="utf-8") == made
    assert (EXPERIMENTS / study / "report.csv").read_text(encoding="utf-8") == to_csv(frame)


@pytest.mark.parametrize("study", STUDIES)
def test_the_table_in_the_readme_is_that_of_the_records(study: str) -> None:
    """Rows `| run | epochs | train n | seed | target | AUROC | accuracy |` of the README, against the records.

    Every score of every treatment has its row; those of a claim's other arms may stand in its verdict alone.
    """
    text = (EXPERIMENTS / study / "README.md").read_text(encoding="utf-8")
    pattern = r"^\| ([\w-]+) \| (\d+) \| ([\d,]+) \| (\d+) \| (\w+) \| (.+?) \| (.+?) \|$"
    found = re.findall(pattern, text, re.MULTILINE)
    rows: dict[str, list[tuple[str, ...]]] = {"treatment": [], "control": []}
    for record in (record for _, record in find_records([EXPERIMENTS / study / "records"])):
        arm = "treatment" if record.fit.arm == "treatment" else "control"
        for name, score in record.scores.items():
            rows[arm].append((*which(record), name, *(shown(score, metric) for metric in ("auroc", "accuracy"))))
    assert len(found) == len(set(found))
    assert sorted(row for row in found if row not in rows["control"]) == sorted(rows["treatment"])


@pytest.mark.parametrize("study", STUDIES)
def test_intervals_in_the_readme_stand_in_a_page_that_is_made(study: str) -> None:
    """A number with its interval, in a sentence too, perhaps with the other sign or to two digits."""
    known = {
        rounded
        for page in (EXPERIMENTS / study).rglob("*.md")
        if page.name != "README.md"
        for value, low, high in intervals(page)
        for turned in ((value, low, high), (-value, -high, -low))
        for rounded in (turned, tuple(round(number, 2) for number in turned))
    }
    told = intervals(EXPERIMENTS / study / "README.md")
    assert told and not [one for one in told if one not in known]


def intervals(page: Path) -> list[tuple[float, ...]]:
    """Every `value [low, high]` of a page."""
    found = re.findall(r"(-?\d\.\d+) \[(-?\d\.\d+), (-?\d\.\d+)\]", page.read_text(encoding="utf-8"))
    return [tuple(map(float, one)) for one in found]


def which(record: Record) -> tuple[str, str, str, str]:
    """The fit's cells in a table: its name after the experiment's, epochs, training examples, seed."""
    fit = record.fit
    name = record.name.partition("-")[2]
    return name, str(fit.method.get("epochs", "none")), f"{fit.train.examples:,}", str(fit.seeds["init"])


def shown(score: Score, metric: Metric) -> str:
    return estimate(score.trained.metrics[metric])


def test_baselines_follow_from_the_data(data_dir: Path) -> None:
    """The trivial baselines need the examples themselves: computed again for the small tasks of the main job."""
    file = next(file for file in RECORDS if named(file).startswith("minilm_ecoli"))
    record = read_record(file)
    tasks = {
        "pawsx_en": PawsX(language="en", data_dir=str(data_dir), train="12k"),
        "pawsx_de": PawsX(language="de", data_dir=str(data_dir)),
    }
    for name, task in tasks.items():
        examples, told = task.load("test"), record.scores[name]
        assert examples.digest == told.data.digest
        groups = examples.frame["group"].tolist()
        for baseline, values in trivial_scores(examples).items():
            threshold = record.fit.thresholds[baseline]
            again = scores(examples.positive, values, groups, threshold=threshold, probability=False)
            for metric, made in again.metrics.items():
                known = told.baselines[baseline].metrics[metric]
                assert np.allclose(
                    np.array([made.value, made.low, made.high], float),
                    np.array([known.value, known.low, known.high], float), equal_nan=True, atol=1e-9,
                ), f"{name}: {baseline}: {metric}"  # fmt: skip
