"""What a run works on: whole groups drawn by a seed, and input that the tokenizer loses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.study.materials import Encoder, draw_groups
from exapt.tasks.task import Split, Task
from exapt.tokenizers.characters import characters

SPACE = LabelSpace(("no", "yes"), "yes")


def table(groups: list[int], left: str = "acgt", right: str | None = "acga") -> Examples:
    rows = [
        {"id": f"e{i}", "left": left, "right": right, "label": SPACE.names[i % 2], "group": f"g{group}"}
        for i, group in enumerate(groups)
    ]
    return Examples(pd.DataFrame(rows, columns=["id", "left", "right", "label", "group"]), SPACE, "mine.csv")


class Given(Task):
    """A task of one split."""

    name = "given"
    space = SPACE

    def __init__(self, examples: Examples) -> None:
        self.examples = examples

    def load(self, split: Split) -> Examples:
        return self.examples

    def facts(self) -> dict[str, Any]:
        return {"rows": np.int64(3), "of": (1, 2), "by": {1: np.float32(0.5)}}


def encoder(strict: bool = False, limit: int = 64) -> Encoder:
    return Encoder(characters(limit), "joint", limit, strict)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.integers(0, 99), st.data())
def test_whole_groups_are_drawn_until_the_size_is_reached(groups: list[int], seed: int, data: st.DataObject) -> None:
    examples = table(groups)
    size = data.draw(st.integers(1, len(groups)))
    drawn = draw_groups(examples, size, seed)
    ids, chosen = drawn.frame["id"].tolist(), set(drawn.frame["group"])
    # all of every chosen group, in the order of the table
    assert ids == examples.frame.loc[examples.frame["group"].isin(chosen), "id"].tolist()
    assert len(ids) >= size
    # and no group more than needed: without the largest of them it is too small
    counts = drawn.frame["group"].value_counts()
    assert len(ids) - counts.max() < size
    assert draw_groups(examples, size, seed).frame["id"].tolist() == ids


def test_another_seed_draws_other_groups() -> None:
    examples = table([i // 2 for i in range(60)])
    drawn = [tuple(draw_groups(examples, 20, seed).frame["id"]) for seed in range(8)]
    assert len(set(drawn)) == 8
    assert {len(ids) for ids in drawn} == {20}


def test_more_than_there_is_cannot_be_drawn() -> None:
    with pytest.raises(BadInput, match=r"^method\.train_examples: 5 are asked for, mine\.csv has 4\.$"):
        draw_groups(table([0, 1, 2, 3]), 5, 0)


def test_an_empty_split_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^task given: its test split is empty\.$"):
        encoder().material(Given(table([])), "test")


@pytest.mark.parametrize(
    ("left", "limit", "what"),
    [("aéaéaéaéaé", 64, "unknown to the tokenizer"), ("a" * 100, 64, "truncated")],
)
def test_lost_input_warns_and_is_refused_if_strict(left: str, limit: int, what: str, said: list[str]) -> None:
    task = Given(table([0, 1], left=left))
    made = encoder(limit=limit).material(task, "test")
    assert len(said) == 1
    assert what in said[0]
    assert "given test: " in said[0]
    tokens = made.data.tokens
    assert max(tokens.unknown_tokens, tokens.truncated) > 0.01
    with pytest.raises(BadInput, match=f"of the input is {what}. Take another model or max_length"):
        encoder(strict=True, limit=limit).material(task, "test")


def test_input_that_is_read_whole_is_not_spoken_of(said: list[str]) -> None:
    made = encoder(strict=True).material(Given(table([0, 1])), "test")
    assert said == []
    assert made.data.tokens.truncated == 0


def test_the_account_of_a_split() -> None:
    data = encoder().material(Given(table([0, 0, 1])), "test").data
    assert (data.task, data.split, data.examples, data.groups, data.paired) == ("given", "test", 3, 2, True)
    assert data.counts == {"no": 2, "yes": 1}
    assert data.facts == {"rows": 3, "of": [1, 2], "by": {"1": 0.5}}
    assert type(data.facts["rows"]) is int
    single = encoder().material(Given(table([0, 1], right=None)), "test")
    assert not single.data.paired


def test_labels_are_indices_into_the_class_names() -> None:
    material = encoder().material(Given(table([0, 1, 2])), "test")
    assert material.split.labels.tolist() == [0, 1, 0]
    assert material.split.ids == ["e0", "e1", "e2"]
