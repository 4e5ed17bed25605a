"""Many claims on one page: a row a claim and target, published beside ours, names that are only text."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from exapt.report.museum import museum
from tests.unit.report.rulings import VERDICTS, ruling, target


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.split("\n") if line.startswith("|")]
    return [[cell.strip() for cell in html.unescape(line)[1:-1].split("|")] for line in lines[2:]]


def test_a_row_a_claim_and_target_in_the_order_given() -> None:
    found = [ruling("shortcut"), ruling("supported", claim="b", targets=[target("supported"), target("underpowered")])]
    assert [(row[0], row[2]) for row in rows(museum(found))] == [
        ("paraphrase_to_dna", "SHORTCUT"), ("b", "SUPPORTED"), ("b", "UNDERPOWERED"),
    ]  # fmt: skip
    assert museum([]) == "No claim has a verdict."


def test_claims_of_one_name_are_told_apart_by_what_differs() -> None:
    one, other = ruling(claim="a"), ruling(claim="a", model="gpt2", seeds=3)
    assert [row[0] for row in rows(museum([one, other, ruling(claim="b")]))] == [
        f"a ({one.model}, 10 seeds, 10 runs)", "a (gpt2, 3 seeds, 3 runs)", "b",
    ]  # fmt: skip
    assert {row[0] for row in rows(museum([one, one]))} == {"a"}


def test_published_beside_ours() -> None:
    row = rows(museum([ruling("not supported")]))[0]
    assert row[2] == "NOT SUPPORTED, inverted"
    assert row[3].startswith("accuracy 0.8867 (n = 500, 1 seed, LABELS FLIPPED after a look at test labels; arXiv")
    assert row[4] == "accuracy 0.4412"
    assert row[5] == "AUROC 0.712 [0.682, 0.742] (10 seeds, n = 2,000 in 412 groups)"
    assert row[6] == "1 of 10 reach accuracy 0.8867 (chance of one: 0.2% to 44.5%)"


def test_what_is_missing_is_said() -> None:
    bare = target("not run", arms=[], lottery=None, generated=True)
    row = rows(museum([ruling("not run", publication=None, targets=[bare])]))[0]
    assert row[1:] == ["dna_pairs (generated)", "NOT RUN", "nowhere", "none", "not run", "not known"]
    publication = ruling().publication.model_copy(update={"notebook": None, "flipped": False, "n": None})
    row = rows(museum([ruling(publication=publication, targets=[])]))[0]
    assert row[1:3] == ["none", "NO TARGET"] and row[4] == "none, or the same"
    assert "n not said" in row[3] and "FLIPPED" not in row[3]


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(VERDICTS))
def test_names_are_only_text(claim: str, name: str, verdict: str) -> None:
    publication = ruling().publication.model_copy(update={"paper": name, "place": claim})
    text = museum([ruling(claim=claim, publication=publication, targets=[target(verdict, target=name)])] * 2)
    lines = text.split("\n")
    assert len(lines) == 4 + 2 and all(line.count("|") == 8 for line in lines[:4])
    assert "<" not in text and "`" not in text
