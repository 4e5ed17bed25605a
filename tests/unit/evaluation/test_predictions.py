"""The prediction file: what goes in comes out, equal rows give equal bytes, and a bad file is one line."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exapt.errors import BadInput
from exapt.evaluation.predictions import digest, read_predictions, write_predictions
from exapt.example import Examples, LabelSpace

SPACE = LabelSpace(names=("other", "same"), positive="same")


@pytest.fixture
def examples():
    rows = [("a", "x", "y", "same", "g1"), ("b", "x", "z", "other", "g1"), ("ü|\n", "p", "q", "same", "g2")]
    return Examples(pd.DataFrame(rows, columns=["id", "left", "right", "label", "group"]), SPACE)


SCORES = {"trained": np.array([1.5, -2.25, 0.1], np.float32), "untrained": np.array([0.0, -0.0, 3e-9], np.float32)}


def test_round_trip(tmp_path, examples):
    path = tmp_path / "new" / "predictions.parquet"
    write_predictions(path, examples, SCORES)
    frame = read_predictions(path)
    assert list(frame.columns) == ["id", "label", "group", "score", "phase"]
    assert frame["id"].tolist() == ["a", "b", "ü|\n"] * 2
    assert frame["phase"].tolist() == ["untrained"] * 3 + ["trained"] * 3
    assert frame["label"].tolist()[:3] == ["same", "other", "same"] and frame["group"].tolist()[3:] == [
        "g1",
        "g1",
        "g2",
    ]
    assert frame["score"].dtype == np.float32
    assert np.array_equal(frame["score"][3:], SCORES["trained"])
    assert list(path.parent.iterdir()) == [path]


def test_equal_predictions_equal_bytes(tmp_path, examples):
    one, other = tmp_path / "1", tmp_path / "2"
    write_predictions(one, examples, SCORES)
    write_predictions(other, examples, dict(reversed(SCORES.items())))
    assert one.read_bytes() == other.read_bytes()


LEVELS = ["0.20", "0.20", "0.40"]


def leveled(examples, levels=LEVELS):
    return Examples(examples.frame.assign(level=levels), SPACE, "ladder.csv")


def test_a_file_without_levels_has_the_bytes_it_always_had(tmp_path, examples):
    """Written out: the columns, their order and types, and the digest of the first release."""
    write_predictions(tmp_path / "p", examples, SCORES)
    schema = pq.read_schema(tmp_path / "p")
    assert [(f.name, str(f.type), f.nullable) for f in schema] == [
        ("id", "string", False), ("label", "string", False), ("group", "string", False), ("score", "float", False),
        ("phase", "string", False),
    ]  # fmt: skip
    found = digest(read_predictions(tmp_path / "p"))
    assert found == "ecaa09af8458ecce140ef393d619fcc1e0ce57fd40cfbbcd8358dc96fcc15148"


def test_levels_come_back_and_count(tmp_path, examples):
    write_predictions(tmp_path / "with", leveled(examples), SCORES)
    write_predictions(tmp_path / "without", examples, SCORES)
    frame = read_predictions(tmp_path / "with")
    assert list(frame.columns) == ["id", "label", "group", "score", "phase", "level"]
    assert frame["level"].tolist() == LEVELS * 2
    assert frame.drop(columns="level").equals(read_predictions(tmp_path / "without"))
    write_predictions(tmp_path / "other", leveled(examples, ["0.20", "0.40", "0.40"]), SCORES)
    found = {digest(read_predictions(tmp_path / name)) for name in ("with", "without", "other")}
    assert len(found) == 3


@pytest.mark.parametrize("levels", [[0.2, 0.2, 0.4], ["0.2", None, "0.4"], ["0.2", "", "0.4"]])
def test_levels_are_texts(tmp_path, examples, levels):
    with pytest.raises(BadInput, match=r"ladder.csv: row \d has the level .*; give every row a text"):
        write_predictions(tmp_path / "p", leveled(examples, levels), SCORES)
    assert list(tmp_path.iterdir()) == []


def test_digest_is_of_rows(tmp_path, examples):
    path = tmp_path / "p"
    write_predictions(path, examples, SCORES)
    frame = read_predictions(path)
    state = hashlib.sha256(b"exapt predictions 1")
    for row in frame.to_dict("records"):
        for name in ("id", "label", "group", "phase"):
            text = row[name].encode()
            state.update(len(text).to_bytes(8, "little") + text)
        state.update(np.float32(row["score"]).tobytes())
    assert digest(frame) == state.hexdigest()
    for column, value in (
        ("id", "z"),
        ("label", "other"),
        ("group", "g9"),
        ("score", np.float32(1.6)),
        ("phase", "trained"),
    ):
        changed = frame.copy()
        changed.loc[0, column] = value
        assert digest(changed) != digest(frame), column
    assert digest(frame.iloc[::-1]) != digest(frame)


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        ({}, "got none"),
        ({"final": SCORES["trained"]}, "got final"),
        ({"trained": SCORES["trained"][:2]}, r"shape \(2,\)"),
        ({"trained": SCORES["trained"].astype(np.float64)}, "float64"),
        ({"trained": np.array([0, np.nan, 1], np.float32)}, "example 'b' has the score nan"),
    ],
)
def test_nothing_bad_is_written(tmp_path, examples, scores, says):
    with pytest.raises(BadInput, match=says):
        write_predictions(tmp_path / "p", examples, scores)
    assert list(tmp_path.iterdir()) == []


GOOD = {
    "id": ["a", "b"],
    "label": ["s", "o"],
    "group": ["g", "g"],
    "score": pa.array([1, 2], pa.float32()),
    "phase": ["trained"] * 2,
}
NO_ID = {k: v for k, v in GOOD.items() if k != "id"}


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (NO_ID, "columns are label"),
        (GOOD | {"extra": ["x", "y"]}, "columns are id"),
        (GOOD | {"level": [1, 2]}, "'level' is of type int64"),
        (GOOD | {"level": ["a", None]}, "'level' has 1 empty"),
        ({"level": ["a", "b"]} | GOOD, "and level or not"),
        (GOOD | {"id": ["a"] * 2, "phase": ["untrained", "trained"], "level": ["x", "y"]}, "do not hold the same"),
        (GOOD | {"score": pa.array([1, 2], pa.float64())}, "'score' is of type double"),
        (GOOD | {"label": [0, 1]}, "'label' is of type int64"),
        (GOOD | {"group": ["g", None]}, "'group' has 1 empty"),
        (GOOD | {"phase": ["trained", "final"]}, "row 2 has the phase 'final'"),
        (GOOD | {"score": pa.array([1, float("nan")], pa.float32())}, r"row 2 \(id 'b'\) has the score nan"),
        (GOOD | {"id": ["a", "a"]}, "row 2 repeats the id 'a'"),
        (GOOD | {"phase": ["trained", "untrained"]}, "do not hold the same examples"),
        ({k: pa.array([], pa.float32() if k == "score" else pa.string()) for k in GOOD}, "holds no prediction"),
    ],
)
def test_bad_files_are_one_line(tmp_path, columns, says):
    path = tmp_path / "predictions.parquet"
    pq.write_table(pa.table(columns), path)
    with pytest.raises(BadInput, match=says) as caught:
        read_predictions(path)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)


def test_missing_truncated_and_foreign_files(tmp_path, examples):
    with pytest.raises(BadInput, match="no such predictions"):
        read_predictions(tmp_path / "none")
    with pytest.raises(BadInput, match="cannot be read"):
        read_predictions(tmp_path)
    path = tmp_path / "p"
    write_predictions(path, examples, SCORES)
    whole = path.read_bytes()
    for broken in (b"", b"id,score\n", whole[: len(whole) // 2], whole[:200] + b"\xff" * 60 + whole[260:]):
        path.write_bytes(broken)
        with pytest.raises(BadInput) as caught:
            read_predictions(path)
        assert "\n" not in str(caught.value)
