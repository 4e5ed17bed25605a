"""Records whose scores are computed from drawn predictions of known quality."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.evaluation.heads import heads
from exapt.evaluation.scores import scores
from exapt.record import Data, Fit, Record, Score, Tokens


def data(name, split, positive, *, generated=False, groups=None, classes=("same", "other")):
    counts = {classes[0]: int(positive.sum()), classes[1]: int((~positive).sum())}
    return Data(
        task=name,
        split=split,
        digest=f"{name}{len(positive)}",
        examples=len(positive),
        groups=groups or len(positive),
        counts=counts,
        positive=classes[0],
        tokens=Tokens(mean=40.25, unknown_tokens=0.0004, unknown_characters=0.25, truncated=0.0),
        facts={"generated": True, "settings": {"identity": 0.8}} if generated else {"kind": "table"},
    )


def score(
    name,
    *,
    quality,
    shift=0.0,
    heads_sd=0.1,
    baseline=0.0,
    role="target",
    n=400,
    marks=(),
    share=0.5,
    seed=0,
    generated=False,
):
    """Normal log-odds whose class means differ by `quality`, moved by `shift`; a baseline of its own quality."""
    rng = np.random.default_rng([seed, n])
    positive = np.arange(n) < round(share * n)
    group = [str(i) for i in range(n)]
    column = rng.normal(size=n) + quality * (positive - 0.5) + shift
    untrained = rng.normal(size=(100, n)) + rng.normal(scale=heads_sd, size=(100, 1)) * positive
    other = rng.normal(size=n) + baseline * positive
    return Score(
        role=role,
        data=data(name, "test", positive, generated=generated),
        predictions=f"{name}.parquet",
        predictions_digest=f"p{name}{seed}",
        trained=scores(positive, column, group, draws=200),
        shares_train=0.0,
        untrained=heads(positive, untrained),
        baselines={
            "majority": scores(positive, np.zeros(n), group, probability=False, draws=200),
            "edit similarity": scores(positive, other, group, probability=False, draws=200),
        },
        marks=list(marks),
    )


@pytest.fixture
def make_score():
    return score


@pytest.fixture
def make_record():
    def make(
        scores,
        *,
        name="run",
        seed=7,
        accepted=(),
        identity=None,
        method=None,
        model=None,
        versions=None,
        arm="pretrained",
    ):
        train = data("english", "train", np.arange(1200) % 2 == 0, groups=600)
        history = [
            {"epoch": 1, "step": 20, "train_loss": 0.7, "dev_loss": 0.6931, "dev_auroc": 0.52, "dev_accuracy": 0.5},
            {"epoch": 2, "step": 40, "train_loss": 0.5, "dev_loss": 0.4211, "dev_auroc": 0.91, "dev_accuracy": 0.8},
        ]
        fit = Fit(
            identity=identity or f"{seed:064x}"[::-1],
            arm=arm,
            model=model or {"class": "scratch", "name": "tiny", "layers": 2},
            train=train,
            dev=data("english", "dev", np.arange(200) % 2 == 0),
            method=method or {"name": "quick", "lr": 1e-3},
            precision="bf16-mixed",
            seeds={"init": seed, "order": seed, "draw": seed},
            history=history,
            best=history[1],
            weights="w" * 64,
        )
        return Record(
            name=name, versions=versions or {"exapt": "0.1.0"}, fit=fit, scores=scores, accepted=list(accepted)
        )

    return make
