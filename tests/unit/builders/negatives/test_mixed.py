"""Mixed kinds: whole units by weight, numbers of the whole table, counts by part; sheets; near misses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from exapt.builders.negatives import KINDS, Mixed, NearMiss, Random, Scrambled
from exapt.settings import one_line
from tests.unit.builders.negatives.positives import DNA_CONTEXT, dna, kind


def test_units_are_dealt_whole_and_by_weight() -> None:
    positives = dna(3000, units=600)
    mixed = Mixed(parts={"far": Random(), "near": NearMiss(), "blocks": Scrambled()},
                  weights={"far": 1, "near": 2, "blocks": 1.0})  # fmt: skip
    assert not mixed.one_side and mixed.needs == ("near",)
    made = mixed.make(positives, DNA_CONTEXT, np.random.default_rng(0))
    rows = made.rows[~made.rows["positive"]].assign(unit=lambda r: positives["unit"].to_numpy()[r["i"]])
    assert (rows.groupby("unit")["kind"].nunique() == 1).all()
    used = made.rows.assign(
        kind=made.rows.groupby("block")["kind"].transform("max")
    ).groupby("kind")["i"].nunique()  # fmt: skip
    known = made.counts["near: no farther homolog known"]
    assert abs(used["random"] - 750) < 20 and abs(used["scrambled"] - 750) < 20
    assert abs(used["near_miss"] + known - 1500) < 30 and abs(known - 375) < 60
    assert all(reason.split(": ")[0] in mixed.parts for reason in made.counts)
    assert not made.rows["block"].diff().gt(1).any()


def test_other_seeds_deal_otherwise() -> None:
    positives = dna(200)
    first, other = (
        kind("mixed").make(positives, DNA_CONTEXT, np.random.default_rng(seed)).rows.groupby("i")["block"].size()
        for seed in (0, 1)
    )
    assert not first.equals(other) or not (first.index == other.index).all()


def test_near_misses_are_taken_as_they_are() -> None:
    positives = dna(100)
    rows = NearMiss().make(positives, DNA_CONTEXT, np.random.default_rng(0)).rows
    wrong = rows[~rows["positive"]]
    assert (positives["near"].to_numpy()[wrong["j"]] == wrong["right"]).all()
    assert not rows["right_made"].any()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"parts": {}, "weights": {}}, "parts: is empty"),
        ({"parts": {"random": Random()}, "weights": {"randm": 1.0}}, "part 'random' has none"),
        ({"parts": {"random": Random()}, "weights": {"random": 1.0, "randm": 1.0}}, "Did you mean 'random'"),
        ({"parts": {"random": Random()}, "weights": {"random": 0.0}}, "above 0"),
        ({"parts": {"random": Random()}, "weights": {"random": float("nan")}}, "above 0"),
        ({"parts": {"random": 3}, "weights": {"random": 1.0}}, "parts.random"),
    ],
)
def test_faulty_mixtures_are_refused_in_a_line(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Mixed(**given)
    assert message in one_line(caught.value)


def test_every_kind_takes_part_in_a_mixture() -> None:
    for name in KINDS:
        if name not in ("mixed", "frameshifted"):
            mixed = Mixed(parts={"it": KINDS[name]()}, weights={"it": 2})
            made = mixed.make(dna(40), DNA_CONTEXT, np.random.default_rng(0))
            assert set(made.rows["kind"]) == {"", name}
            assert mixed.one_side == KINDS[name].one_side
