"""The record: strict when read, whole when written, equal bytes for equal content."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput
from exapt.estimates import Confusion, Estimate, Heads, Level, Psychometric, Scores
from exapt.findings import Passport
from exapt.record import RECORD, Data, Fit, Record, Score, Tokens, canonical, read_record, write_record

TOKENS = Tokens(mean=9.5, unknown_tokens=0.0, unknown_characters=0.0, truncated=0.25)
DATA = Data(
    task="t", split="test", digest="ab", examples=4, groups=2, counts={"no": 2, "yes": 2}, positive="yes",
    tokens=TOKENS, facts={"rows": {"dropped": 1}, "language": "en"},
)  # fmt: skip
SCORES = Scores(
    metrics={"auroc": Estimate(value=0.75, low=0.5, high=1.0), "mcc": Estimate(value=None, low=None, high=None)},
    confusion=Confusion(true_positive=1, false_positive=0, true_negative=2, false_negative=1),
    threshold=0.0,
)
FIT = Fit(
    identity="cd" * 32, arm="treatment", model={"class": "scratch", "limit": 8}, train=DATA, dev=DATA,
    method={"lr": 1e-4}, precision="32-true", seeds={"init": 0, "order": 0, "draw": 0}, history=[{"epoch": 1.0}],
    best={"epoch": 1.0}, weights="ef",
)  # fmt: skip
SCORE = Score(
    role="source", data=DATA, predictions="scores/t/predictions.parquet", predictions_digest="01", trained=SCORES,
    shares_train=0.0,
    untrained=Heads(auroc=[0.4, 0.6], accuracy=[0.5, 0.5]), baselines={"majority": SCORES}, marks=["truncated"],
)  # fmt: skip
MADE = Record(name="näme", versions={"exapt": "0"}, fit=FIT, scores={"t": SCORE})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_record(tmp_path, MADE)
    assert read_record(tmp_path) == MADE == read_record(tmp_path / RECORD)
    assert [path.name for path in tmp_path.iterdir()] == [RECORD]


def test_a_record_made_before_levels_reads_and_is_written_as_it_was(tmp_path: Path) -> None:
    """A score's fields of the first release, written out: none of them is new, and no new one is added."""
    write_record(tmp_path, MADE)
    before = (tmp_path / RECORD).read_bytes()
    (score,) = json.loads(before)["scores"].values()
    assert set(score) == {
        "role", "data", "predictions", "predictions_digest", "trained", "shares_train", "untrained", "baselines",
        "marks",
    }  # fmt: skip
    read = read_record(tmp_path)
    assert read.scores["t"].levels is None and read.scores["t"].psychometric is None
    write_record(tmp_path, canonical(read))
    assert (tmp_path / RECORD).read_bytes() == before


def test_a_record_made_before_audits_reads_and_is_written_as_it_was(tmp_path: Path) -> None:
    write_record(tmp_path, MADE)
    before = (tmp_path / RECORD).read_bytes()
    assert set(json.loads(before)) == {"name", "versions", "fit", "scores", "accepted", "schema_version"}
    read = read_record(tmp_path)
    assert read.passports == {}
    write_record(tmp_path, canonical(read))
    assert (tmp_path / RECORD).read_bytes() == before


def test_passports_come_back(tmp_path: Path) -> None:
    passport = Passport(
        task="t", digests={"test": "ab"}, seed=0, level="warn", failed=[], warned=["edit"], stops=[], signal=["edit"],
        bar=0.93, bar_from="edit",
    )  # fmt: skip
    record = MADE.model_copy(update={"passports": {"t": passport}})
    write_record(tmp_path, record)
    assert read_record(tmp_path) == record == canonical(record)
    assert json.loads((tmp_path / RECORD).read_text())["passports"]["t"]["bar"] == 0.93


def test_levels_come_back(tmp_path: Path) -> None:
    half = Estimate(value=0.5, low=None, high=None)
    level = Level(level="0.20", n=4, groups=2, auroc=half, accuracy=half)
    fitted = Psychometric(threshold=half, slope=None, ceiling=half, reason="the slope is left out")
    record = MADE.model_copy(
        update={"scores": {"t": SCORE.model_copy(update={"levels": [level], "psychometric": fitted})}}
    )
    write_record(tmp_path, record)
    assert read_record(tmp_path) == record == canonical(record)
    assert json.loads((tmp_path / RECORD).read_text())["scores"]["t"]["levels"][0]["level"] == "0.20"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_to_the_bit(value: float) -> None:
    text = Estimate(value=value, low=value, high=value).model_dump_json()
    back = Estimate.model_validate_json(text).value
    assert back is not None and math.copysign(1, back) == math.copysign(1, value) and back == value


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_no_number_is_not_a_number(number: float) -> None:
    with pytest.raises(pydantic.ValidationError):
        Estimate(value=number, low=None, high=None)


def damaged(change: Any) -> str:
    content = json.loads(MADE.model_dump_json())
    change(content)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file"),
        ("{", "the file"),
        ("[]", "the file"),
        (damaged(lambda r: r.pop("fit")), "fit"),
        (damaged(lambda r: r.update(mine=1)), "mine"),
        (damaged(lambda r: r["fit"].update(mine=1)), "fit.mine"),
        (damaged(lambda r: r.update(schema_version=2)), "schema_version"),
        (damaged(lambda r: r["scores"]["t"].update(role="other")), "scores.t.role"),
        (damaged(lambda r: r["scores"]["t"]["trained"]["metrics"].update(auc=None)), "scores.t.trained.metrics"),
        (damaged(lambda r: r["scores"]["t"].update(marks=["flipped"])), "scores.t.marks"),
    ],
)
def test_what_is_no_record_is_refused_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text(text)
    with pytest.raises(BadInput) as caught:
        read_record(tmp_path)
    line = str(caught.value)
    assert line.startswith(f"{tmp_path / RECORD}: not a record of schema 1: {said}") and "\n" not in line


def test_a_record_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file; a run that finished leaves one"):
        read_record(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"x.json: cannot be read \(Not a directory\)"):
        read_record(tmp_path / "file" / "x.json")


def test_parts_are_frozen() -> None:
    with pytest.raises(pydantic.ValidationError):
        MADE.name = "other"  # type: ignore[misc]
