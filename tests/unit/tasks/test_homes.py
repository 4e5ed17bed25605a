"""A text has one home for ever, and a task that runs out of texts says so."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from exapt.errors import BadInput
from exapt.tasks.homes import distinct, home


def test_homes_are_fixed_and_shared_out_as_stated() -> None:
    assert [home(text) for text in ("a", "b", "the doctor", "(|)")] == ["dev", "train", "train", "test"]
    counts = Counter(home(f"text {k}") for k in range(10_000))
    assert abs(counts["train"] - 6000) < 200 and abs(counts["dev"] - 2000) < 200


def test_texts_are_distinct_of_one_split_and_in_the_order_of_their_draw() -> None:
    rng = np.random.default_rng(0)
    drawn: list[str] = []

    def draw() -> str:
        drawn.append(str(rng.integers(400)))
        return drawn[-1]

    found = distinct("dev", 40, draw, "task")
    assert found == [text for text in dict.fromkeys(drawn) if home(text) == "dev"]
    assert len(found) == 40


def test_texts_that_run_out_are_one_line() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(BadInput, match=r"tiny: its settings make \d+ different texts for test, 10 are needed"):
        distinct("test", 10, lambda: str(rng.integers(10)), "tiny")
