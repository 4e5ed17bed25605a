"""The verdict in the terminal: 80 columns of ASCII whatever the names, the strongest reasons, the arms compared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.report.card_short import short
from exapt.ruling import Cell
from exapt.testimony import Reason
from tests.unit.report import rulings
from tests.unit.report.rulings import VERDICTS, ruling, target


def joined(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("verdict", VERDICTS)
def test_it_has_the_verdict_its_reasons_and_fits(verdict: str) -> None:
    text = short(ruling(verdict))
    assert f"dna_pairs: {verdict.upper()}" in text
    assert max(map(len, text.splitlines())) <= 80 and text.isascii()
    assert ("> Then run 'exapt claim paraphrase_to_dna' again" in text) == (verdict == "not run")
    assert ("fault: structure_only, seed 1: no space left" in text) == (verdict == "not run")


def test_a_shortcut() -> None:
    text = short(ruling())
    said = joined(text)
    assert said.startswith("paraphrase_to_dna: minilm, from pawsx_en, 10 seeds; AUROC, margin 0.02")
    assert "best_baseline (edit similarity): difference in AUROC 0.004 [-0.011, 0.019], n = 2,000" in said
    assert "accuracy 0.8867 is reached by 1 of 10 seeds" in said and "LABELS WERE FLIPPED" in said
    rows = [line.split() for line in text.splitlines() if "[" in line]
    assert ["treatment", "0.712", "[0.682,", "0.742]", "10"] in rows
    assert "edit similarity 0.708 [0.677, 0.738] - 0.004 [-0.011, 0.019]" in said
    # what was not contrasted is left to the card
    assert "length difference" not in said and "target_supervised" not in said


def test_the_strongest_reasons_stand_first() -> None:
    text = joined(short(ruling("supported")))
    assert text.index("best_baseline (edit") < text.index("above feature_transfer") < text.index("above permuted")
    assert "above untrained_head" not in text and "1 more reason in verdict.md" in text
    reasons = [Reason(said=f"why {i}", number=rulings.number(value)) for i, value in enumerate([0.01, -0.2, -0.1])]
    text = short(ruling(targets=[target(reasons=reasons)]))
    assert text.index("why 1") < text.index("why 2") < text.index("why 0")


def test_of_many_faults_three_are_shown() -> None:
    cells = [Cell(name=f"treatment, seed {seed}", run="", fault=f"fault {seed}") for seed in range(1, 6)]
    text = short(ruling("not run", cells=cells, chosen=["the epoch"]))
    assert "fault 3" in text and "fault 4" not in text and "and 2 more faults in verdict.md" in text
    assert "Chosen on labels of the target: the epoch." in text


def test_without_arms_or_publication() -> None:
    text = short(ruling("not run", publication=None, targets=[target("not run", arms=[], n=None, lottery=None)]))
    assert "n not known" in text and "Published" not in text and "AUROC [95%]" not in text


@settings(max_examples=50, deadline=None)
@given(*[st.text(max_size=150)] * 4, st.floats(-20, 20), st.sampled_from(VERDICTS))
def test_no_line_is_wider_than_eighty_columns(
    claim: str, name: str, what: str, said: str, value: float, verdict: str
) -> None:
    arms = [rulings.arm("treatment", 0.5, what), rulings.arm("feature_transfer", value, "")]
    one = target(verdict, target=name, reasons=[Reason(said=said, number=rulings.number(value))], arms=arms)
    other = target(verdict, target=what, qualifiers=[said])
    text = short(ruling(claim=claim, model=name, source=what, targets=[one, other], chosen=[said]))
    assert max(map(len, text.split("\n"))) <= 80
    assert all(" " <= c <= "~" or c == "\n" for c in text)
