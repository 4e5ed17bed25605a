"""Planted tasks hold what they say: the rule, the exchange, and each flaw in the share that was asked for."""

from __future__ import annotations

from collections import Counter

import pytest

from exapt.study.provenance import build, settings_of
from exapt.study.selftest.letters import Letters
from exapt.study.selftest.planted import KINDS, LIMIT, TRUTHS, planted

SMALL = {"train": 80, "dev": 40, "test": 80}


def more_of_the_first(task: Letters, text: str) -> bool:
    counted = Counter(text)
    return sum(counted[c] for c in task.more) > sum(counted[c] for c in task.fewer)


@pytest.mark.parametrize("exchanged", [False, True])
def test_the_label_is_which_letters_are_more(exchanged: bool) -> None:
    task = Letters(**SMALL, exchanged=exchanged)  # type: ignore[arg-type]
    for split in ("train", "dev", "test"):
        examples = task.load(split)  # type: ignore[arg-type]
        told = [more_of_the_first(task, text) for text in examples.frame["left"]]
        assert (examples.positive == told).all() is not exchanged and examples.positive.sum() == len(examples) / 2
        assert not examples.paired and all(task.low <= len(text) <= task.high for text in examples.frame["left"])


def test_length_can_be_the_rule() -> None:
    task = Letters(rule="length", low=10, high=20, apart=6, **SMALL)  # type: ignore[arg-type]
    examples = task.load("test")
    sizes = examples.frame["left"].str.len().to_numpy()
    assert sizes[examples.positive].min() >= 16 and sizes[~examples.positive].max() <= 14


def test_the_first_letter_can_be_the_rule() -> None:
    task = Letters(rule="first", **SMALL)  # type: ignore[arg-type]
    examples = task.load("test")
    assert ([text[0] in task.more for text in examples.frame["left"]] == examples.positive).all()
    assert all(text[0] in task.more + task.fewer for text in examples.frame["left"])
    counted = [more_of_the_first(task, text[1:]) for text in examples.frame["left"]]
    assert 20 < sum(counted) < 60 and abs(sum(counted == examples.positive) - 40) < 15  # which tell nothing


def test_flaws_are_in_the_test_rows_alone_and_as_many_as_asked() -> None:
    clean = Letters(**SMALL)  # type: ignore[arg-type]
    erased = Letters(erased=0.25, **SMALL)  # type: ignore[arg-type]
    assert sum(not text.isascii() for text in erased.load("test").frame["left"]) == 20
    assert erased.load("train").digest == clean.load("train").digest
    twice = Letters(twice=0.1, **SMALL).load("test").frame  # type: ignore[arg-type]
    again = twice[twice.duplicated("left", keep=False)]
    assert len(twice) == 88 and len(again) == 16 and (again.groupby("left")["label"].nunique() == 2).all()
    assert (again.groupby("left")["group"].nunique() == 1).all()
    leaked = Letters(seed=1, leaked=0.5, leaks=clean, **SMALL).load("test").frame  # type: ignore[arg-type]
    known = dict(clean.load("train").frame[["left", "label"]].to_numpy().tolist())
    found = [known[text] == label for text, label in leaked[["left", "label"]].to_numpy() if text in known]
    assert len(found) == 40 and all(found)


def test_a_task_is_built_again_from_its_settings() -> None:
    task = Letters(leaked=0.5, leaks=Letters(seed=3, **SMALL), **SMALL)  # type: ignore[arg-type]
    assert build(settings_of(task)).load("test").digest == task.load("test").digest


def test_a_study_is_drawn_from_the_seed() -> None:
    assert planted("none", 1, False, 7) == planted("none", 1, False, 7)
    others = [planted("none", 1, False, 8), planted("none", 0, False, 7), planted("none", 1, True, 7)]
    assert all(one.source.seed != planted("none", 1, False, 7).source.seed for one in others)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_what_it_says(kind: str) -> None:
    for number in range(3):
        study = planted(kind, number, number < 2, 5)  # type: ignore[arg-type]
        assert TRUTHS[study.kind].said and study.source.high + 2 <= LIMIT
        assert study.seeds == 10 if kind == "transfer" else 2 <= study.seeds < 10
        same = (study.target.more, study.target.fewer) == (study.source.more, study.source.fewer)
        assert same is (kind != "none") and not set(study.target.filler) & set(study.source.filler)
        assert (study.target.rule, study.source.rule) == {
            "none": ("first", "letters"), "shortcut": ("length", "length"),
        }.get(kind, ("letters", "letters"))  # fmt: skip
        assert bool(study.target.erased) is (kind == "erased") and bool(study.target.twice) is (kind == "contradictory")
        assert bool(study.target.leaked or study.leak) is (kind == "leaked")
        assert study.target.exchanged is (kind == "inverted")
