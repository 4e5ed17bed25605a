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
