"""Arms without a network: against scikit-learn, through a run, by `exapt predict`; what they cannot score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from exapt.errors import BadInput
from exapt.evaluation.rescore import differences
from exapt.example import Examples
from exapt.features.transfer import transfer_features
from exapt.study.linear import FILE, KINDS, Kind, Linear
from exapt.study.predict import Predict
from exapt.tasks.dna_synth import DnaSynth
from exapt.tasks.text_match import TextMatch
from tests.unit.study.conftest import small
from tests.unit.study.flawed import table

SOURCE = TextMatch(length=24, train=400, dev=80, test=80)


def test_features_are_fitted_as_scikit_learn_does() -> None:
    train, test = SOURCE.load("train"), SOURCE.load("test")
    own = Linear.trained("feature_transfer", train)
    scale = StandardScaler().fit(transfer_features(train))
    other = LogisticRegression(C=1.0, max_iter=5000, tol=1e-8).fit(
        scale.transform(transfer_features(train)), train.positive
    )
    expected = other.decision_function(scale.transform(transfer_features(test)))
    assert np.allclose(own.score(test), expected, atol=2e-3)
    row = own.dev_row(test)
    assert row["dev_auroc"] == pytest.approx(roc_auc_score(test.positive, own.score(test)))
    assert row["dev_auroc"] > 0.99  # the task is about overlap


def test_words_alone_do_not_compare() -> None:
    words = Linear.trained("bag_of_words", SOURCE.load("train"))
    assert words.dev_row(SOURCE.load("test"))["dev_auroc"] < 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_scores_the_same(kind: Kind, tmp_path: Path) -> None:
    made = Linear.trained(kind, SOURCE.load("train"))
    made.save(tmp_path)
    again = Linear.load(kind, tmp_path)
    assert np.array_equal(made.score(SOURCE.load("test")), again.score(SOURCE.load("test")))
    (tmp_path / FILE).write_bytes(b"{}")
    with pytest.raises(BadInput, match=r"linear.safetensors: cannot be read"):
        Linear.load(kind, tmp_path)


def test_constant_features_and_one_class() -> None:
    train = SOURCE.load("train")
    same = Examples(train.frame.assign(left="aaaa", right="aaaa"), train.space)
    assert np.unique(Linear.trained("feature_transfer", same).score(same)).tolist() == [0.0]
    with pytest.raises(BadInput, match="needs both classes in train"):
        Linear.trained("feature_transfer", train.take(np.flatnonzero(train.positive)))


@pytest.mark.slow
def test_a_run_of_it_is_a_run_like_any_other(tmp_path: Path) -> None:
    dna = DnaSynth(length=24, train=0, dev=0, test=64)
    run = small(tmp_path, source=SOURCE, arm="feature_transfer", seed=5, targets={"dna": dna})
    done = run.execute()
    record = done.record
    assert record.fit.arm == "feature_transfer" and record.fit.seeds == {"init": 0, "order": 0, "draw": 0}
    assert record.fit.method == {"train_examples": None, "precision": "32-true"}
    assert record.scores["dna"].untrained.auroc == []
    assert record.scores["dna"].trained.metrics["auroc"].value > 0.95
    assert differences(record, done.folder) == []
    other = small(tmp_path, source=SOURCE, arm="feature_transfer", seed=6, targets={"dna": dna}, method={"lr": 1e-5})
    again = other.execute()
    assert not again.trained and again.folder == done.folder  # no seed and no rate changes it
    more = Predict(
        fit=str(done.folder), task=DnaSynth(name="more", length=24, train=0, dev=0, test=32), trainer=run.trainer
    )
    found = more.execute()
    assert not isinstance(found, Path) and set(found.record.scores) == {"text_match", "dna", "more"}


def test_pairs_and_single_sequences_do_not_mix(tmp_path: Path) -> None:
    single = table(tmp_path / "single", name="single", columns={"right": None, "group": "group"})
    run = small(tmp_path, source=SOURCE, arm="feature_transfer", targets={"single": single})
    with pytest.raises(BadInput, match="arm=feature_transfer cannot score both"):
        run.execute()
