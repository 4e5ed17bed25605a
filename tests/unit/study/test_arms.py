"""Arms: what each takes away from the source or the model, and that all else stays the treatment's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from exapt.learning.method import Method
from exapt.models.pretrained import Pretrained
from exapt.settings import one_line
from exapt.study.arms import Arm, arranged, recipe
from exapt.study.auditing import audit_run
from exapt.tasks.text_match import TextMatch
from tests.unit.models.checkpoints import checkpoint
from tests.unit.study.conftest import DNA, small

SOURCE = TextMatch(length=24, train=64, dev=32, test=32)


def test_permuted_labels_keep_all_but_which_row_has_which() -> None:
    examples = SOURCE.load("train")
    found = arranged("permuted_labels", examples, "train", 1)
    rest = ["id", "left", "right", "group"]
    assert found.frame[rest].equals(examples.frame[rest])
    assert found.frame["label"].value_counts().equals(examples.frame["label"].value_counts())
    moved = (found.frame["label"] != examples.frame["label"]).mean()
    assert 0.3 < moved < 0.7
    assert arranged("permuted_labels", examples, "train", 1).digest == found.digest
    assert arranged("permuted_labels", examples, "train", 2).digest != found.digest
    assert arranged("permuted_labels", examples, "dev", 1).digest != found.digest


def test_shuffled_words_are_the_same_words() -> None:
    examples = SOURCE.load("train")
    found = arranged("shuffled_source", examples, "train", 1)
    assert found.frame[["id", "label", "group"]].equals(examples.frame[["id", "label", "group"]])
    for side in ("left", "right"):
        pairs = list(zip(examples.frame[side], found.frame[side], strict=True))
        assert all(sorted(a.split()) == sorted(b.split()) for a, b in pairs if " " in a)
        assert all(len(a) == len(b) for a, b in pairs)  # spaces stay where they are
        assert np.mean([a != b for a, b in pairs]) > 0.7


def test_a_side_of_one_word_has_its_letters_shuffled() -> None:
    examples = DNA.load("test")
    found = arranged("shuffled_source", examples, "train", 1)
    pairs = list(zip(examples.frame["left"], found.frame["left"], strict=True))
    assert all(sorted(a) == sorted(b) and a != b for a, b in pairs)


@pytest.mark.parametrize("arm", ["treatment", "random_init"])
def test_other_arms_learn_from_the_source_as_it_is(arm: Arm) -> None:
    examples = SOURCE.load("train")
    assert arranged(arm, examples, "train", 1) is examples
    method = Method(patience=1)
    assert recipe(arm, method) is method


def test_controls_without_meaning_choose_no_epoch() -> None:
    for arm in ("permuted_labels", "shuffled_source"):
        assert recipe(arm, Method(epochs=5, patience=1)) == Method(epochs=5, keep_epoch=5)  # type: ignore[arg-type]
        assert recipe(arm, Method(epochs=5, keep_epoch=2)) == Method(epochs=5, keep_epoch=2)  # type: ignore[arg-type]


@pytest.mark.parametrize("arm", ["permuted_labels", "shuffled_source"])
def test_a_control_begins_where_the_treatment_does_and_keeps_its_epoch(arm: Arm, tmp_path: Path) -> None:
    """The same head and, lengths being equal, the same batches: only what is learned differs."""
    run = small(tmp_path, arm=arm, method={"epochs": 3, "keep_epoch": 2, "batch": 32}, targets={})
    treatment = small(tmp_path, method={"epochs": 3, "keep_epoch": 2, "batch": 32}, targets={})
    states = [one.network(paired=True).state_dict() for one in (run, treatment)]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    record = run.execute().record
    assert record.fit.arm == arm and record.fit.best["epoch"] == 2 == len(record.fit.history)
    assert record.fit.method["keep_epoch"] == 2
    assert record.fit.train.digest != treatment.training().digest
    assert record.scores["text_match"].data.digest == SOURCE.load("test").digest  # test is as it was


def test_a_control_has_the_passports_of_the_treatment(tmp_path: Path) -> None:
    """What it takes away is no flaw of the task."""
    audits = [audit_run(small(tmp_path, arm=arm)) for arm in ("treatment", "permuted_labels", "shuffled_source")]
    assert audits[0].passports == audits[1].passports == audits[2].passports


def test_only_a_pretrained_model_can_be_drawn_anew() -> None:
    with pytest.raises(ValidationError) as caught:
        small(Path("runs"), arm="random_init")
    assert one_line(caught.value) == "arm=random_init: small is trained from scratch anyway; take a pretrained model."
    with pytest.raises(ValidationError) as caught:
        small(Path("runs"), arm="permuted")
    assert "permuted_labels" in one_line(caught.value)


def test_a_run_with_weights_drawn_anew_is_another_fit(tmp_path: Path) -> None:
    model = Pretrained(name="it", name_or_path=str(checkpoint(tmp_path, "bert")), pair="siamese")
    runs = [small(tmp_path, model=model, arm=arm, targets={}) for arm in ("treatment", "random_init")]
    facts = [run.beginning.facts() for run in runs]
    assert {key for key in facts[0] if facts[0][key] != facts[1][key]} == {"weights"}
    finished = [run.execute() for run in runs]
    assert len({one.record.fit.identity for one in finished}) == 2
    again = small(tmp_path, model=model, arm="random_init", targets={}).execute()
    assert not again.trained and again.record == finished[1].record
    # the untrained heads are those on weights that learned nothing
    heads = [one.record.scores["text_match"].untrained.auroc for one in finished]
    assert heads[0] != heads[1]
