"""What a card says in words follows the numbers: reasons, publication, few seeds, qualifiers, what was not asked."""

from __future__ import annotations

import html

import pytest

from exapt.estimates import Estimate
from exapt.report.card import card
from exapt.report.card_meaning import means_not
from exapt.report.card_short import short
from exapt.report.card_words import LACKS, RUNGS, either_way
from exapt.ruling import Ruling
from exapt.testimony import Arm, Contrast, Reason, Rung
from tests.unit.report import rulings
from tests.unit.report.rulings import ruling, target


def text_of(found: Ruling) -> str:
    return html.unescape(card(found))


def test_a_reason_has_its_metric_interval_n_and_seeds() -> None:
    assert (
        "need: at most 0.02 above best_baseline (edit similarity): difference in AUROC 0.004 [-0.011, 0.019], "
        "n = 2,000 in 412 groups, 10 seeds" in text_of(ruling())
    )
    # a level is no difference, and an arm with its own seeds has these
    assert "at chance: AUROC 0.505 [0.475, 0.535], n = 2,000 in 412 groups, 5 seeds" in text_of(ruling("unlearnable"))


def test_a_control_is_not_given_the_targets_n() -> None:
    assert "AUROC 0.513 [0.483, 0.543], n as in the record of that task, 10 seeds" in text_of(ruling("control failed"))
    reason = Reason(said="the source itself is not learned", number=rulings.number(0.5133), n=7_003, seeds=9)
    found = ruling(targets=[target("control failed", reasons=[reason])])
    assert "AUROC 0.513 [0.483, 0.543], n = 7,003, 9 seeds" in text_of(found)
    open_one = Reason(said="a control is open: a bag of words does as well on the source", number=rulings.number(0.01))
    found = ruling(targets=[target("underpowered", reasons=[open_one])])
    assert "0.010 [-0.020, 0.040], n as in the record of that task" in text_of(found)


def test_the_publication_and_its_flip_are_said_aloud() -> None:
    text = text_of(ruling())
    assert "arXiv 2412.07678, Table 2: accuracy 0.8867 (n = 500, 1 seed; no interval is on record)" in text
    assert "public code (commit 1a2b3c4) holds another number: accuracy 0.4412" in text
    assert "LABELS WERE FLIPPED" in text and "they must not be compared directly" in text
    plain = ruling().publication.model_copy(update={"flipped": False, "notebook": None, "metric": "auroc", "n": None})
    text = text_of(ruling(publication=plain))
    assert "FLIPPED" not in text and "another number" not in text and "must not be compared" not in text
    assert "AUROC 0.8867 (n not said, 1 seed;" in text
    assert "published nowhere" in text_of(ruling(publication=None))


@pytest.mark.parametrize(("seeds", "said"), [(1, "1"), (2, "0.5"), (4, "0.125"), (5, "0.0625"), (6, ""), (20, "")])
def test_under_six_seeds_a_sign_test_cannot_reject(seeds: int, said: str) -> None:
    text = " ".join(means_not(ruling(seeds=seeds), target(seeds=seeds)))
    assert ("cannot reject" in text) == bool(said)
    if said:
        assert f"2/2**{seeds} = {said}, above 0.05" in text
    assert ("no interval over seeds" in text) == (seeds == 1)


def test_sentences_follow_the_ruling() -> None:
    assert "nothing about nature" not in text_of(ruling())
    made = text_of(ruling(targets=[target(generated=True)]))
    assert "The data come from a generator: it says nothing about nature." in made and "dna_pairs (generated)" in made
    assert "RANKING ONLY: scores stand in the right order" in text_of(
        ruling(targets=[target(qualifiers=["ranking only"])])
    )
    inverted = text_of(ruling("not supported"))
    assert "**NOT SUPPORTED, INVERTED**" in inverted and "Nothing was flipped" in inverted
    assert LACKS["best_baseline"] in text_of(ruling()) and LACKS["best_baseline"] not in inverted
    assert "up to the margin of 0.05 AUROC" in text_of(ruling(margin=0.05))
    assert "Not finished: 2 of 12 runs" in text_of(ruling("not run"))


@pytest.mark.parametrize("verdict", ["underpowered", "shortcut"])
def test_which_rungs_hold_which_are_refuted_and_which_open(verdict: str) -> None:
    made = rulings.rungs(0.0042)
    said = [rung.model_copy(update={"refuted": rung.rung == "need"}) for rung in made]
    open_too = said[0].model_copy(update={"rung": "language", "holds": False})
    told = text_of(ruling(targets=[target(verdict, rungs=[said[0], open_too, said[1]])]))
    assert "By rung: transfer holds; language is open; need is refuted." in told
    assert "| need | yes | is refuted |" in told and "| language | yes | is open |" in told
    hardly = "More seeds will hardly make this supported, since need is refuted; if transfer comes to hold"
    assert (hardly in told) == (verdict == "underpowered")
    assert "By rung" not in text_of(ruling(targets=[target(verdict, rungs=made)]))  # written before anybody said


def test_what_language_must_hold_against_is_told_where_a_seed_ranks_upside_down() -> None:
    seeds = {"0": 0.3, "1": 0.1, "2": 0.8}
    arm = Arm(arm="structure_only", what="random_match", value=rulings.number(0.4), seeds=seeds, deviation=0.1)
    plain = rulings.contrast("structure_only", 0.31, 0.4, "random_match")
    either = plain.model_copy(update={"either": rulings.number(-0.0917)})

    def told(one: Contrast, reason: Estimate) -> Ruling:
        rung = Rung(rung="language", claimed=True, holds=False, p=0.4, adjusted=0.4, contrasts=[one], missing=[])
        why = Reason(said="language is open: not shown above structure_only (random_match)", number=reason)
        return ruling(targets=[target("underpowered", arms=[arm], rungs=[rung], reasons=[why])])

    found = told(either, rulings.number(-0.0917))
    (said,) = either_way(found.targets[0])
    assert "structure_only (random_match)" in said and "0.800 on average, the treatment less that -0.092" in said
    for page in (short(found), text_of(found)):
        assert said in " ".join(page.split())
        assert "difference in AUROC -0.092" in " ".join(page.split())  # the reason's number, too
    assert not list(either_way(told(plain, plain.difference).targets[0]))


def test_what_was_not_claimed_or_left_out_is_said() -> None:
    text = text_of(ruling(left_out=["language"]))
    assert f"Not claimed, so nothing is concluded: pretraining ({RUNGS['pretraining']})." in text
    assert f"left out for want of budget: language ({RUNGS['language']})." in text
    everything = ruling(claimed=list(RUNGS))
    assert "Not claimed" not in text_of(everything) and "want of budget" not in text_of(everything)


def test_an_unknown_verdict_is_called_that() -> None:
    found = ruling(targets=[target("miracle")])
    assert "The verdict 'miracle' is none that this card knows" in text_of(found)


def test_seeds_are_those_that_were_scored() -> None:
    found = ruling("not run", targets=[target("not run", seeds=4)])
    assert "2/2**4 = 0.125" in text_of(found) and "trained on pawsx_en, 10 seeds" in text_of(found)
