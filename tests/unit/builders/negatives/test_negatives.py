"""What every kind keeps: balance, blocks, names, provenance, one side, coding, the seed, refusals in one line."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from exapt.builders.alignment import identity
from exapt.builders.negatives import KINDS, Context
from exapt.builders.negatives.made import COLUMNS
from exapt.errors import BadInput
from tests.unit.builders.negatives.positives import (
    CODING_CONTEXT,
    DNA_CONTEXT,
    PROTEIN_CONTEXT,
    codes,
    coding,
    dna,
    kind,
    proteins,
    residues,
)

ONE_SIDED = {"random", "length_matched", "scrambled", "reverse", "complement", "reverse_complement"}
DNA_KINDS = sorted(set(KINDS) - {"frameshifted"})
CODING_KINDS = sorted(KINDS)
PROTEIN_KINDS = ["random", "length_matched", "composition_matched", "scrambled", "reverse", "mutated"]
CASES = [
    *((name, "dna") for name in DNA_KINDS),
    *((name, "coding") for name in CODING_KINDS),
    *((name, "protein") for name in PROTEIN_KINDS),
]
UNBOUNDED = {("mutated", "coding"), ("frameshifted", "coding")}  # their rule is exact coding


def case(what: str, n: int = 400) -> tuple[pd.DataFrame, Context]:
    if what == "dna":
        return dna(n), DNA_CONTEXT
    return (coding(n), CODING_CONTEXT) if what == "coding" else (proteins(n), PROTEIN_CONTEXT)


def test_kinds_are_named_as_they_say() -> None:
    assert list(KINDS) == [made.kind for made in KINDS.values()]
    assert {name for name, made in KINDS.items() if made.one_side} == ONE_SIDED
    assert len(KINDS) == 11


@pytest.mark.parametrize(("name", "what"), CASES)
def test_rows_are_balanced_in_blocks_that_tell_where_they_come_from(name: str, what: str) -> None:
    positives, context = case(what)
    made = kind(name).make(positives, context, np.random.default_rng(3))
    rows = made.rows
    assert list(rows.columns) == COLUMNS
    assert len(rows) >= (300 if what == "dna" else 80)
    assert (rows["block"].unique() == np.arange(rows["block"].nunique())).all()
    assert (rows.groupby("block")["positive"].mean() == 0.5).all()
    assert set(rows.groupby("block").size()) <= {2, 4}
    assert set(rows["kind"][rows["positive"]]) == {""}
    parts = {"random", "scrambled", "reverse"} if name == "mixed" else {name}
    assert set(rows["kind"][~rows["positive"]]) == parts
    # a side that is neither made nor moved is the positive's own
    for side, number in (("left", "i"), ("right", "j")):
        own = positives[side].to_numpy()[rows[number].to_numpy()] == rows[side].to_numpy()
        natural = ~rows[f"{side}_made"].to_numpy() & (rows["shift"].to_numpy() == 0)
        if name == "near_miss" and side == "right":
            natural &= rows["positive"].to_numpy()
        assert own[natural].all()
        assert not own[rows[f"{side}_made"].to_numpy()].any()
    assert (rows["i"] == rows["j"])[rows["positive"]].all()
    # all rows of a positive are in one block, and every positive is used or counted
    assert (rows.groupby("i")["block"].nunique() == 1).all()
    left_out = sum(n for reason, n in made.counts.items() if not reason.split(": ")[-1].startswith("blocks"))
    assert rows["i"].nunique() + left_out == len(positives)


@pytest.mark.parametrize(("name", "what"), CASES)
def test_one_side_says_nothing_where_the_kind_claims_it(name: str, what: str) -> None:
    positives, context = case(what)
    negatives = kind(name)
    assert negatives.one_side == (name in ONE_SIDED or name == "mixed")
    rows = negatives.make(positives, context, np.random.default_rng(3)).rows
    counts = [[Counter(rows[side][rows["positive"] == label]) for label in (True, False)] for side in ("left", "right")]
    alike = all(positive == negative for positive, negative in counts)
    assert alike == negatives.one_side
    if alike:
        assert all(max(count.values()) == 1 for pair in counts for count in pair)


@pytest.mark.parametrize("name", CODING_KINDS)
def test_an_independent_translation_tells_every_coding_label(name: str) -> None:
    rows = kind(name).make(coding(1000), CODING_CONTEXT, np.random.default_rng(1)).rows
    coded = [codes(a, b) for a, b in zip(rows["left"], rows["right"], strict=True)]
    assert coded == rows["positive"].tolist()


@pytest.mark.parametrize(("name", "what"), [case for case in CASES if case not in UNBOUNDED])
def test_no_negative_reaches_the_bound(name: str, what: str) -> None:
    positives, context = case(what)
    strict = replace(context, bound=0.5)  # so low that many are refused
    made = kind(name).make(positives, strict, np.random.default_rng(3))
    likeness = [
        identity(residues(a) if what == "coding" else a, b)
        for a, b, positive in made.rows[["left", "right", "positive"]].to_numpy()
        if not positive
    ]
    assert max(likeness, default=0) < 0.5
    reasons = {reason.split(": ")[-1]: n for reason, n in made.counts.items()}
    if what == "dna" and name not in ("mutated", "complement"):
        assert reasons["a negative at or above the identity bound"] > 0


@pytest.mark.parametrize(("name", "what"), CASES)
def test_the_seed_decides_and_nothing_else(name: str, what: str) -> None:
    positives, context = case(what, 60)
    first, second, other = (
        kind(name).make(frame, context, np.random.default_rng(seed)).rows
        for frame, seed in ((positives, 5), (positives.set_index(np.arange(60) * 7), 5), (positives, 6))
    )
    pd.testing.assert_frame_equal(first, second)
    if name not in {"reverse", "complement", "reverse_complement", "near_miss"}:
        assert not first.equals(other)


@pytest.mark.parametrize(("name", "what"), CASES)
def test_few_positives_are_no_fault(name: str, what: str) -> None:
    positives, context = case(what, 10)
    for n in (0, 1, 2):
        made = kind(name).make(positives.iloc[:n], context, np.random.default_rng(0))
        assert list(made.rows.columns) == COLUMNS
        assert made.rows["positive"].sum() * 2 == len(made.rows)
        assert made.rows["positive"].dtype == bool


@pytest.mark.parametrize("name", CODING_KINDS)
def test_every_rule_is_one_sentence_that_names_the_kind(name: str) -> None:
    for context in (DNA_CONTEXT, CODING_CONTEXT):
        rule = kind(name).rule(context)
        assert rule.startswith(f"{name}: ")
        assert "the label rests on" in rule
        assert "\n" not in rule and not rule.endswith(".")
        assert not re.search(r"\. ", rule)
        if name in {"random", "scrambled", "composition_matched", "near_miss"}:
            assert rule.endswith(f"below {context.bound:g}")


def test_the_rule_of_the_other_strand_says_that_it_may_be_homologous() -> None:
    assert "homologous" in kind("reverse_complement").rule(DNA_CONTEXT)
    assert "other strand of the same place" in kind("complement").rule(DNA_CONTEXT)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_missing_column_is_named(name: str) -> None:
    positives = coding(4)
    for column in ("unit", *kind(name).needs):
        with pytest.raises(BadInput, match=f"negatives={name}: .*'{column}'"):
            kind(name).make(positives.drop(columns=column), CODING_CONTEXT, np.random.default_rng(0))


def test_a_window_that_is_not_three_letters_a_residue_is_named() -> None:
    positives = coding(4)
    positives.loc[2, "left"] = positives.loc[2, "left"][:-1]
    with pytest.raises(BadInput, match="positive 3 has not three letters"):
        kind("random").make(positives, CODING_CONTEXT, np.random.default_rng(0))


@pytest.mark.parametrize(("name", "match"), [("complement", "no other strand"), ("reverse_complement", "no other")])
def test_proteins_have_no_other_strand(name: str, match: str) -> None:
    with pytest.raises(BadInput, match=match):
        kind(name).make(proteins(4), PROTEIN_CONTEXT, np.random.default_rng(0))


def test_windows_without_a_frame_cannot_be_moved() -> None:
    with pytest.raises(BadInput, match="no coding pairs"):
        kind("frameshifted").make(
            dna(4).assign(context_left="", context_right=""), DNA_CONTEXT, np.random.default_rng(0)
        )
