"""The museum's page has a row for every claim of a paper, with the published numbers of the claim's sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from exapt.report.museum import museum
from exapt.study.claiming import Files, look
from exapt.study.judging import rule
from tests.contract.test_published import CLAIMS, claim_of

PAGE = Path(__file__).resolve().parents[2] / "experiments" / "linguists_dna" / "museum.md"
ROWS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "/" in line]


def test_every_claim_of_a_paper_is_in_the_museum_and_no_other() -> None:
    assert sorted(line.split(" | ")[0].removeprefix("| ") for line in ROWS) == sorted(CLAIMS)


@pytest.mark.parametrize(
    "name", ["linguists_dna/mbert_150bp_dna_as_published", "linguists_dna/gpt2_small_dna", "biopaws/gpt2_protein"]
)
def test_what_is_not_at_hand_is_not_run_and_named(name: str) -> None:
    (ruling,) = rule([look(claim_of(name), Files())])
    (row,) = (line for line in museum([ruling]).splitlines() if line.startswith(f"| {name} |"))
    assert row in ROWS and "| NOT RUN |" in row
    said = " ".join(reason.said for reason in ruling.targets[0].reasons)
    assert "not finished: model '" in said and "not finished: google-research-datasets/paws-x" in said
