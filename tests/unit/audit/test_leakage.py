"""Leaks between splits and tasks: each planted alone, each seen by its own check alone; and those of PAWS-X."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.audit.leakage import leakage_findings
from exapt.audit.view import View, view_of
from exapt.findings import Finding
from exapt.sequences import reverse_complement
from exapt.tasks.pawsx import PawsX
from tests.unit.audit.small_views import LETTERS, real, sentences, sequences, substituted, view_of_rows

RNG = np.random.default_rng(21)
SIDES = {
    "dna": sequences(2400, 80, "dna", RNG),
    "protein": sequences(2400, 50, "protein", RNG),
    "text": sentences(2400, 20, RNG),
}
CHECKS = ["exact", "normalised", "reverse-complement", "near-duplicate"]


def found(view: View, other: View | None = None) -> dict[str, Finding]:
    return {finding.check: finding for finding in leakage_findings(view, other)}


def rows_of(left, right, start, stop, name="g"):
    return [(left[2 * i], right[2 * i + 1], i % 2 == 0, f"{name}{i}") for i in range(start, stop)]


def clean(left="text", right="text"):
    a, b = SIDES[left], SIDES[right]
    return {"train": rows_of(a, b, 0, 800), "dev": rows_of(a, b, 800, 1000), "test": rows_of(a, b, 1000, 1200)}


@pytest.mark.parametrize(("left", "right"), [("text", "text"), ("dna", "dna"), ("dna", "protein")])
def test_splits_that_share_nothing_pass(left, right):
    told = found(view_of_rows(**clean(left, right)))
    names = [f"{check} leakage" for check in CHECKS]
    assert list(told) == [*names, "shared groups", "components across splits"]
    assert [finding.stops for finding in told.values()] == [True] * 4 + [False] * 2 or "dna" not in (left, right)
    levels = {check: finding.level for check, finding in told.items()}
    assert levels.pop("reverse-complement leakage") == ("pass" if left == "dna" else "skip")
    assert set(levels.values()) == {"pass"}
    assert set(told["exact leakage"].facts["splits"]) == {"train -> dev", "train -> test", "dev -> test"}


def leak(kind, text, alphabet):
    if kind == "exact":
        return text
    if kind == "normalised":
        return f" {text.title()}  " if alphabet == "text" else text.swapcase()
    if kind == "reverse-complement":
        return reverse_complement(text).lower()
    return substituted(text, 0.9, LETTERS.get(alphabet, "etaoinshrdlu"), np.random.default_rng(22))


CASES = [(kind, a) for kind in CHECKS for a in SIDES if kind != "reverse-complement" or a == "dna"]


@pytest.mark.parametrize(("kind", "alphabet"), CASES)
@pytest.mark.parametrize(("rows", "level"), [(1, "warn"), (20, "fail")])
def test_a_leak_is_seen_by_its_own_check_with_its_share_and_rows(kind, alphabet, rows, level):
    splits = clean(alphabet, alphabet)
    size = 200 if rows > 1 else 400
    if rows == 1:  # one row of 400 is below the threshold
        splits = {"train": splits["train"], "test": splits["dev"] + splits["test"]}
    for i in range(rows):
        _, right, positive, group = splits["test"][i]
        # from the right side of train to the left of test
        splits["test"][i] = (leak(kind, splits["train"][7 * i][1], alphabet), right, positive, group)
    told = found(view_of_rows(**splits))
    own = told[f"{kind} leakage"]
    assert (own.level, own.value, own.threshold) == (level, rows / size, 0.005)
    assert own.ids == [f"test-{i}" for i in range(min(rows, 10))]
    assert own.facts["splits"]["train -> test"] == rows / size and own.facts["splits"].get("dev -> test", 0) == 0
    assert told["near-duplicate leakage"].facts["recall"][alphabet]["0.9"] > 0.95
    assert "test" in own.said and "train" in own.said and own.remedy
    others = {told[f"{check} leakage"].level for check in CHECKS if check != kind}
    assert others <= {"pass", "skip"}
    assert told["components across splits"].level == "warn"
    assert told["components across splits"].value == rows / size
    assert told["shared groups"].level == "pass"


def test_a_group_in_two_splits_is_seen():
    splits = clean()
    splits["dev"] = [(a, b, p, "g3" if i < 30 else g) for i, (a, b, p, g) in enumerate(splits["dev"])]
    told = found(view_of_rows(**splits))
    assert (told["shared groups"].level, told["shared groups"].value) == ("fail", 0.15)
    assert told["exact leakage"].level == "pass" and told["components across splits"].value == 0.15


def test_a_chain_through_dev_links_test_to_train():
    splits = clean()
    a, b = splits["train"][0][0], splits["test"][0][1]
    splits["dev"][0] = (a, b, True, "chain")
    told = found(view_of_rows(**splits))
    assert told["exact leakage"].facts["splits"] == {"train -> dev": 0.005, "train -> test": 0.0, "dev -> test": 0.005}
    assert told["components across splits"].facts["splits"]["train -> test"] == 0.005
    assert told["components across splits"].facts["components"] == 1198


def test_one_split_has_nothing_to_leak():
    told = found(view_of_rows(test=clean()["test"]))
    assert {finding.level for finding in told.values()} == {"skip"}
    assert all("only one split, test" in finding.said for finding in told.values())
    assert told["components across splits"].facts == {"components": 200, "largest": 1 / 200, "identity": 0.8}


def test_a_target_that_holds_the_source_overlaps():
    source = view_of_rows("source", **clean("dna", "dna"))
    fresh = sequences(400, 80, "dna", np.random.default_rng(23))
    rows = rows_of(fresh, fresh, 0, 200)
    assert found(view_of_rows("target", test=rows), source)["overlap with source"].level == "pass"
    train = clean("dna", "dna")["train"]
    rows[0] = (reverse_complement(train[5][0]), *rows[0][1:])
    rows[1] = (rows[1][0], substituted(train[6][1], 0.92, "ACGT", RNG), *rows[1][2:])
    told = found(view_of_rows("target", test=rows), source)["overlap with source"]
    assert (told.level, told.value, told.ids) == ("fail", 0.01, ["test-0", "test-1"])
    assert told.facts["splits"]["train -> test"] == {
        "exact": 0.0, "normalised": 0.0, "reverse-complement": 0.005, "near-duplicate": 0.005,
    }  # fmt: skip
    assert found(source, source)["overlap with source"].facts["splits"].keys() == {
        "train -> dev", "train -> test", "dev -> train", "dev -> test", "test -> train", "test -> dev",
    }  # fmt: skip


def test_a_target_that_is_tested_on_what_the_source_trains_on_overlaps_whole():
    source = view_of_rows("source", **clean())
    train = source.splits["train"]
    told = found(View("target", {"test": train}), source)["overlap with source"]
    assert (told.level, told.value) == ("fail", 1.0)
    alone = View("target", {"test": source.splits["test"]})
    assert found(alone, View("source", {"test": source.splits["test"]}))["overlap with source"].level == "skip"


def test_a_source_in_another_alphabet_does_not_overlap():
    told = found(view_of_rows("target", test=clean("dna", "protein")["test"]), view_of_rows("source", **clean()))
    assert told["overlap with source"].level == "pass"


def test_most_test_pairs_of_pawsx_share_a_sentence_with_train_and_none_with_the_strict_one():
    data = real("pawsx/train_12k.en.tsv")
    told = found(view_of(PawsX(language="en", data_dir=data, train="12k")))["exact leakage"]
    assert told.level == "fail" and told.facts["splits"]["train -> test"] == 1707 / 2000
    strict = found(view_of(PawsX(language="en", data_dir=data, train="strict")))
    for check in ("exact leakage", "normalised leakage"):
        assert strict[check].facts["splits"]["train -> test"] == strict[check].facts["splits"]["train -> dev"] == 0
    assert strict["near-duplicate leakage"].facts["splits"]["train -> test"] > 0.02
