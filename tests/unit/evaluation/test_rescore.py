"""A record's numbers come out of its predictions again, and a changed number or file is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from exapt.errors import BadInput
from exapt.evaluation.heads import heads
from exapt.evaluation.levels import by_level
from exapt.evaluation.predictions import digest, read_predictions, write_predictions
from exapt.evaluation.rescore import differences, rescore
from exapt.evaluation.scores import scores
from exapt.example import Examples, LabelSpace
from exapt.record import Data, Fit, Record, Score, Tokens

TOKENS = Tokens(mean=10, unknown_tokens=0, unknown_characters=0, truncated=0)


@pytest.fixture
def made(tmp_path):
    """A folder with predictions of two tasks, and the record made from them."""
    rng = np.random.default_rng(0)
    found = {}
    for name in ("source", "target"):
        positive = rng.random(120) < 0.5
        frame = pd.DataFrame(
            {
                "id": [str(i) for i in range(120)],
                "left": "x",
                "right": "y",
                "label": np.where(positive, "same", "other"),
                "group": [f"g{i // 3}" for i in range(120)],
            }
        )
        examples = Examples(frame, LabelSpace(("other", "same"), "same"))
        column = (rng.normal(size=120) + examples.positive).astype(np.float32)
        write_predictions(tmp_path / f"{name}.parquet", examples, {"trained": column, "untrained": -column})
        counts = {str(k): int(v) for k, v in frame["label"].value_counts().items()}
        data = Data(
            task=name,
            split="test",
            digest="0",
            examples=120,
            groups=40,
            counts=counts,
            positive="same",
            tokens=TOKENS,
            facts={},
        )
        found[name] = Score(
            role="source" if name == "source" else "target",
            data=data,
            predictions=f"{name}.parquet",
            predictions_digest=digest(read_predictions(tmp_path / f"{name}.parquet")),
            trained=scores(examples.positive, column, frame["group"].tolist()),
            shares_train=0.0,
            untrained=heads(examples.positive, -column[None]),
            baselines={},
            marks=[],
        )
    fit = Fit(
        identity="f" * 64, arm="pretrained", model={}, train=data, dev=data, method={}, precision="32-true", seeds={},
        history=[], best={}, weights="0",
    )  # fmt: skip
    return tmp_path, Record(name="r", versions={}, fit=fit, scores=found)


def test_every_number_comes_out_again(made):
    folder, record = made
    assert rescore(record, folder) == {name: score.trained for name, score in record.scores.items()}
    assert differences(record, folder) == []


def change(record, **into):
    """The record with parts of the target's score replaced."""
    score = record.scores["target"].model_copy(update=into)
    return record.model_copy(update={"scores": record.scores | {"target": score}})


def test_each_changed_number_is_named(made):
    folder, record = made
    trained = record.scores["target"].trained
    for metric, estimate in trained.metrics.items():
        for part in ("value", "low", "high"):
            for new in (getattr(estimate, part) + 1e-6, None):
                forged = trained.metrics | {metric: estimate.model_copy(update={part: new})}
                lines = differences(change(record, trained=trained.model_copy(update={"metrics": forged})), folder)
                assert len(lines) == 1 and lines[0].startswith(f"task 'target': {metric} {part} is ")
    counts = trained.confusion.model_copy(update={"true_positive": 1})
    (line,) = differences(change(record, trained=trained.model_copy(update={"confusion": counts})), folder)
    assert "confusion true_positive is 1.0" in line


def test_a_left_out_metric_is_named(made):
    folder, record = made
    trained = record.scores["target"].trained
    less = {m: e for m, e in trained.metrics.items() if m != "auroc"}
    lines = differences(change(record, trained=trained.model_copy(update={"metrics": less})), folder)
    assert [line.split(":")[1].split(" is")[0] for line in lines] == [" auroc high", " auroc low", " auroc value"]


def test_other_predictions_and_other_counts_are_refused(made):
    folder, record = made
    with pytest.raises(BadInput, match="holds 120 trained examples in 40 groups"):
        rescore(change(record, data=record.scores["target"].data.model_copy(update={"groups": 41})), folder)
    (folder / "target.parquet").write_bytes((folder / "source.parquet").read_bytes())
    with pytest.raises(BadInput, match=r"target.parquet: not the predictions .* task 'target'"):
        rescore(record, folder)
    (folder / "target.parquet").unlink()
    with pytest.raises(BadInput, match="no such predictions"):
        rescore(record, folder)


@pytest.fixture
def leveled(tmp_path):
    """A folder with predictions of a task with levels, and the record made from them."""
    rng = np.random.default_rng(0)
    n = 4000
    level = [f"{0.1 * (1 + i // 4 % 6):.2f}" for i in range(n)]
    label = np.where(np.arange(n) % 2 == 0, "same", "other")
    frame = pd.DataFrame(
        {
            "id": [str(i) for i in range(n)], "left": "x", "right": "y", "label": label,
            "group": [f"g{i // 4}" for i in range(n)], "level": level,
        }
    )  # fmt: skip
    examples = Examples(frame, LabelSpace(("other", "same"), "same"))
    right = rng.random(n) < 0.5 + 0.45 / (1 + np.exp(15 * (np.array(level, float) - 0.35)))
    column = np.where(right == examples.positive, 1, -1).astype(np.float32) * rng.random(n).astype(np.float32)
    write_predictions(tmp_path / "p.parquet", examples, {"trained": column, "untrained": -column})
    data = Data(
        task="ladder", split="test", digest="0", examples=n, groups=n // 4, counts={"same": n // 2, "other": n // 2},
        positive="same", tokens=TOKENS, facts={},
    )  # fmt: skip
    rows = read_predictions(tmp_path / "p.parquet")
    curve, fitted = by_level(rows[rows["phase"] == "trained"], "same", 0.0)
    score = Score(
        role="source", data=data, predictions="p.parquet", predictions_digest=digest(rows),
        trained=scores(examples.positive, column, frame["group"].tolist()), shares_train=0.0,
        untrained=heads(examples.positive, -column[None]), baselines={}, marks=[], levels=curve, psychometric=fitted,
    )  # fmt: skip
    fit = Fit(
        identity="f" * 64, arm="pretrained", model={}, train=data, dev=data, method={}, precision="32-true", seeds={},
        history=[], best={}, weights="0",
    )  # fmt: skip
    return tmp_path, Record(name="r", versions={}, fit=fit, scores={"target": score})


def test_levels_and_their_fit_come_out_again(leveled):
    folder, record = leveled
    score = record.scores["target"]
    assert [level.level for level in score.levels] == ["0.10", "0.20", "0.30", "0.40", "0.50", "0.60"]
    assert score.psychometric.threshold.value == pytest.approx(0.35, abs=0.03)
    assert differences(record, folder) == []


def test_a_changed_level_or_fit_is_named(leveled):
    folder, record = leveled
    score = record.scores["target"]
    level = score.levels[2]
    wrong = level.model_copy(update={"accuracy": level.accuracy.model_copy(update={"high": 0.99})})
    (line,) = differences(change(record, levels=[*score.levels[:2], wrong, *score.levels[3:]]), folder)
    assert line.startswith("task 'target': level 0.30 accuracy high is 0.99 in the record")
    assert len(differences(change(record, levels=score.levels[1:]), folder)) == 8
    moved = score.psychometric.threshold.model_copy(update={"value": 0.36})
    (line,) = differences(
        change(record, psychometric=score.psychometric.model_copy(update={"threshold": moved})), folder
    )
    assert "psychometric threshold value is 0.36" in line
    assert len(differences(change(record, psychometric=None), folder)) == 9
