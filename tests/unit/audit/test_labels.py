"""Checks of labels: each is blind to clean tasks and sees its own flaw, on small tables and on published ones."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from exapt.audit.labels import label_findings, order_of
from exapt.audit.view import View, view_of
from exapt.findings import Finding
from exapt.sequences import reverse_complement
from exapt.tasks.pawsx import PawsX
from exapt.tasks.table import Table
from tests.unit.audit.small_views import real, sentences, sequences, view_of_rows

RNG = np.random.default_rng(11)
WORDS = sentences(400, 12, RNG)
DNA = sequences(300, 60, "dna", RNG)


def found(view: View) -> dict[str, Finding]:
    return {finding.check: finding for finding in label_findings(view)}


def blocks(n, texts=WORDS, shuffle=True):
    """Swap blocks: (a, b) and (c, d) are positive, (a, d) and (c, b) negative; one group each."""
    rows = []
    for i in range(n):
        a, b, c, d = texts[4 * i : 4 * i + 4]
        rows += [(a, b, True, f"g{i}"), (c, d, True, f"g{i}"), (a, d, False, f"g{i}"), (c, b, False, f"g{i}")]
    order = np.random.default_rng(12).permutation(len(rows)) if shuffle else range(len(rows))
    return [rows[i] for i in order]


@pytest.mark.parametrize("shuffle", [True, False])
def test_swap_blocks_are_clean(shuffle):
    told = found(view_of_rows(train=blocks(30, shuffle=shuffle), test=blocks(30, WORDS[200:], shuffle)))
    assert list(told) == [
        "label counts", "label order", "contradictory labels", "duplicated rows", "mirrored rows",
        "sides under both labels",
    ]  # fmt: skip
    assert {check: finding.level for check, finding in told.items()} == dict.fromkeys(told, "pass")
    sides = told["sides under both labels"].facts
    assert (sides["left_under_both"], sides["left_uneven"], sides["right_uneven"]) == (120, 0, 0)
    assert [finding.stops for finding in told.values()] == [False, False, True, False, False, False]


def test_counts_of_the_rarer_class():
    rows = [(text, None, i % 50 == 0, f"g{i}") for i, text in enumerate(WORDS[:200])]
    told = found(view_of_rows(train=blocks(5), test=blocks(5)))["label counts"]
    assert (told.value, told.level) == (0.5, "pass")
    few = found(view_of_rows(train=rows))["label counts"]
    assert (few.value, few.level) == (0.02, "warn") and few.facts["splits"]["train"] == {"yes": 4, "no": 196}
    none = found(view_of_rows(train=rows, test=[(text, None, True, "x") for text in WORDS[200:210]]))["label counts"]
    assert (none.value, none.level) == (0, "fail") and "test has no row of no" in none.said


def test_a_sorted_split_fails_whatever_the_other_looks_like():
    shuffled = blocks(30)
    told = found(view_of_rows(train=shuffled, test=sorted(blocks(30, WORDS[200:]), key=lambda row: row[2])))
    order = told["label order"]
    assert (order.level, order.value, order.said) == ("fail", 1.0, "test is sorted by label")
    assert order.facts["sorted"] == ["test"] and order.facts["splits"]["train"]["grade"] == 0
    assert found(view_of_rows(train=shuffled[:8]))["label order"].level == "skip"


def by_pairs(positive):
    yes, no = np.flatnonzero(positive), np.flatnonzero(~positive)
    return np.mean([(a > b) for a, b in itertools.product(yes, no)])


def test_order_is_measured_as_by_hand_and_graded_by_far_and_sure():
    rng = np.random.default_rng(13)
    labels = rng.random(300) < 0.4
    told = order_of(labels)
    assert told is not None
    assert told["auroc"] == pytest.approx(by_pairs(labels))
    assert told["runs"] == len(list(itertools.groupby(labels)))
    simulated = [len(list(itertools.groupby(rng.permutation(labels)))) for _ in range(400)]
    assert told["expected"] == pytest.approx(np.mean(simulated), rel=0.02)
    grades = [order_of(rng.random(2000) < 0.5) for _ in range(300)]
    assert sum(told["grade"] > 0 for told in grades if told) == 0
    tilted = order_of(rng.random(2000) < np.linspace(0.2, 0.8, 2000))
    slightly = order_of(rng.random(2000) < np.linspace(0.4, 0.6, 2000))
    lumps = order_of(np.repeat(rng.permutation(np.arange(20) % 2 == 0), 100))
    clumped = order_of(np.repeat(rng.random(1000) < 0.5, 2))
    turns = order_of(np.arange(2000) % 2 == 0)
    assert [told and told["grade"] for told in (tilted, slightly, lumps, clumped, turns)] == [2, 1, 2, 1, 0]


def test_contradictory_pairs_are_found_after_normalisation():
    a, b = WORDS[398:]
    rows = [*blocks(50), (a, b, True, "x"), (a.upper(), f" {b} ", False, "y")]
    told = found(view_of_rows(train=rows))
    check = told["contradictory labels"]
    assert (check.level, check.value, check.stops) == ("fail", 2 / 202, True)
    assert check.facts == {"contradictory_pairs": 1, "rows": 2, "placeholders": 0}
    assert check.ids == ["train-200", "train-201"]
    assert told["duplicated rows"].level == "pass"
    across = found(view_of_rows(train=[*blocks(99), rows[-2]], test=[*blocks(99), rows[-1]]))["contradictory labels"]
    assert (across.level, across.facts["contradictory_pairs"]) == ("warn", 1)


def test_the_other_strand_is_another_sequence():
    """A region read backwards may well be of the other class."""
    rows = [(text, None, i % 2 == 0, f"g{i}") for i, text in enumerate(DNA[:100])]
    turned = [(reverse_complement(text), None, not p, g) for text, _, p, g in rows]
    told = found(view_of_rows(train=[*rows, *turned]))
    assert (told["contradictory labels"].level, told["duplicated rows"].level) == ("pass", "pass")
    rna = [(text.lower().replace("t", "u"), None, not p, g) for text, _, p, g in rows[:5]]
    check = found(view_of_rows(train=[*rows, *rna]))["contradictory labels"]
    assert check.facts["contradictory_pairs"] == 5
    assert told["sides under both labels"].level == "skip" and told["mirrored rows"].level == "skip"


def test_duplicated_and_mirrored_rows_warn():
    rows = blocks(50)
    a, b, positive, group = rows[0]
    c, d, other, group2 = rows[9]
    told = found(
        view_of_rows(train=[*rows, (f"{a} ", b, positive, group), (b, a, positive, group), (d, c, not other, group2)])
    )
    assert told["duplicated rows"].facts == {"rows": 1} and told["duplicated rows"].ids == ["train-200"]
    mirrored = told["mirrored rows"]
    assert mirrored.level == "warn" and mirrored.value == pytest.approx(5 / 203)  # one of them stands twice
    assert mirrored.facts == {"rows": 5, "mirrored_pairs": 2, "contradictory_pairs": 1}
    palindrome = found(view_of_rows(train=[*rows, ("same on both", "same on both", True, "p")]))
    assert palindrome["mirrored rows"].level == "pass"


@pytest.mark.parametrize("flaw", ["counts", "groups", "splits"])
def test_sides_under_both_labels_unevenly(flaw):
    rows, more = blocks(50), []
    a, b, positive, group = rows[0]
    new = WORDS[398]
    if flaw == "counts":
        more = [(a, new, False, group)]
    elif flaw == "groups":
        rows[0] = (a, b, positive, "another")
    test = blocks(20, WORDS[250:])
    if flaw == "splits":
        test = [*test, (a, new, not positive, group)]
    told = found(view_of_rows(train=[*rows, *more], test=test))["sides under both labels"]
    assert told.level == "warn" and told.facts["left_uneven"] == 1
    assert 0 < (told.value or 0) <= 4 / 280 and "train-0" in told.ids
    share = found(view_of_rows(train=[(a, text, i % 3 == 0, f"g{i}") for i, text in enumerate(WORDS[:30])]))
    assert share["sides under both labels"].level == "fail" and share["sides under both labels"].value == 1


def test_the_published_set_of_coding_pairs():
    task = Table(
        name="dna_protein_150", data_dir=real("paper/dna_protein_150.jsonl"), path="paper/dna_protein_150.jsonl",
        labels={"0": "not_coding", "1": "coding"}, positive="coding", alphabet={"left": "dna", "right": "protein"},
    )  # fmt: skip
    told = found(view_of(task))
    contradictory = told["contradictory labels"]
    assert (contradictory.facts["contradictory_pairs"], contradictory.level, contradictory.stops) == (63, "fail", True)
    sides = told["sides under both labels"].facts
    assert (sides["left_under_both"], sides["right_under_both"]) == (2411, 3186)
    assert told["label order"].said == "test is sorted by label" and told["label order"].level == "fail"
    assert told["label counts"].level == "pass" and told["mirrored rows"].level == "skip"


def test_paraphrases_in_their_own_order_are_not_sorted():
    told = found(view_of(PawsX(language="en", data_dir=real("pawsx/train_12k.en.tsv"), train="12k")))
    assert told["label order"].level == "pass" and told["label counts"].level == "pass"
    assert told["contradictory labels"].facts["contradictory_pairs"] == 5
