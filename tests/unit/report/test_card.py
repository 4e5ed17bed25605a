"""The verdict card: its sentences follow the numbers, its numbers are the ruling's, its names are only text."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.estimates import Estimate
from exapt.evaluation.lottery import Lottery
from exapt.evaluation.paired import smallest_p
from exapt.report.card import CARD, card, to_do, write_card
from exapt.report.card_meaning import NOTHING_OF, means, means_not
from exapt.report.card_words import ARMS
from exapt.report.markdown import chance, number, share
from exapt.ruling import Cell, Ruling
from exapt.testimony import Reason, Rung
from tests.unit.report import rulings
from tests.unit.report.rulings import VERDICTS, ruling, target

NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]\d\d)?")


def text_of(found: Ruling) -> str:
    return html.unescape(card(found))


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (leaf for key, inner in value.items() for leaf in (key, *leaves(inner)))
    elif isinstance(value, list):
        yield len(value)
        yield from (leaf for inner in value for leaf in leaves(inner))
    else:
        yield value


def allowed(found: Ruling) -> set[str]:
    """All that a card may print: the ruling's numbers as they are shown, what follows from them, and the rule's own."""
    texts = ["95%", "0.05", "0.5", "1.0%", "0.5%", "10 are the fewest", f"2/2**{found.seeds}"]
    texts.append(f"{smallest_p(found.seeds):g}")
    for leaf in leaves(found.model_dump()):
        if isinstance(leaf, str):
            texts.append(leaf)
        elif isinstance(leaf, int):
            texts += [f"{leaf:,}", str(leaf)]
        elif isinstance(leaf, float):
            texts += [number(leaf), chance(leaf) if leaf >= 0 else "", share(leaf), f"{leaf:g}", f"{leaf:.2e}"]
            texts.append(number(math.sqrt(max(leaf, 0)), 4))
    for one in found.targets:
        texts += [str(len(arm.seeds)) for arm in one.arms]
        if one.lottery is not None:
            drawn = Lottery(one.lottery.seeds, one.lottery.reached, one.lottery.low, one.lottery.high)
            texts += [share(end) for k in one.lottery.best_of for end in drawn.best_of(int(k))]
    done = sum(bool(cell.run) for cell in found.cells)
    texts += [str(done), str(len(found.cells) - done), "1 run", "0"]
    return {token for text in texts for token in NUMBER.findall(text)}


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("seeds", [1, 4, 10])
def test_every_number_is_the_rulings(verdict: str, seeds: int) -> None:
    found = ruling(verdict, seeds)
    shown = set(NUMBER.findall(text_of(found)))
    assert shown <= allowed(found), sorted(shown - allowed(found))
    # and no number of the ruling's estimates is left out
    for arm in found.targets[0].arms:
        assert number(arm.value.low) in shown and number(arm.value.value) in shown


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_says_what_it_means_and_what_not(verdict: str) -> None:
    found = ruling(verdict)
    text, one = text_of(found), found.targets[0]
    assert f"**{verdict.upper()}" in text
    assert f"| {verdict.upper()} |" in text
    assert all(reason.said in text for reason in one.reasons)
    assert "is none that this card knows" not in " ".join(means(found, one))
    assert NOTHING_OF[verdict] in list(means_not(found, one))
    assert ("What to do:" in text) == (verdict == "not run")


def test_a_verdict_not_run_says_what_to_do() -> None:
    found = ruling("not run")
    steps = list(to_do(found, found.targets[0]))
    assert steps[0].startswith("Ended in a fault: 1 run.") and steps[1] == "Not begun, or cut off: 1 run."
    assert steps[-1] == "Then run 'exapt claim paraphrase_to_dna' again: what is finished is kept."
    text = text_of(found)
    assert "| structure_only, seed 1 | no space left |" in text
    assert "| random_init, seed 1 | not begun, or cut off |" in text
    done = ruling("not run", cells=[Cell(name="treatment, seed 1", run="run-1")])
    assert "needs all its arms" in next(to_do(done, done.targets[0]))
    dark = [Reason(said="not measured: contradictory labels")]
    one = target("not run", reasons=dark, lost=None)
    steps = list(to_do(done.model_copy(update={"targets": [one]}), one))
    assert steps[0].startswith("What was not measured stands in the records") and len(steps) == 2
    assert "tokenizer loses: not measured" in text_of(ruling(targets=[one]))
    assert list(to_do(ruling(), target())) == []


def test_of_many_unfinished_runs_the_first_are_reasons() -> None:
    many = [Reason(said=f"not finished: random_init, seed {seed}") for seed in range(1, 31)]
    text = text_of(ruling(targets=[target("not run", reasons=many)]))
    assert "not finished: random_init, seed 12" in text and "not finished: random_init, seed 13" not in text
    assert "and 18 reasons more of this kind" in text


def test_rungs_arms_and_their_absence() -> None:
    text = text_of(ruling())
    row = "| need | yes | does not hold | best_baseline (edit similarity) | 0.004 [-0.011, 0.019] | 0.9231 "
    assert f"{row}| -0.014, 0.022 |" in text
    assert "| transfer | yes | holds | untrained_head | 0.211 [0.196, 0.226] | < 0.0001 |" in text
    assert "| need | yes | does not hold | one half, on the matched remainder | 0.019 [-0.011, 0.049] |" in text
    assert "| best_baseline (length difference) | 0.522 [0.492, 0.552] | none | none drawn |  |" in text
    assert "| untrained_head | 0.500 [0.470, 0.530] | 0.071 between heads | heads | 0.211 [0.196, 0.226] |" in text
    assert "| none: the treatment | 0 | 10 |" in text and "| all | 1,600 | 1 |" in text
    assert "| 100 | > 99.9% [22.1%, 100.0%] |" in text
    assert "| initial weights | 0.0200 [0.0100, 0.0500] | 4.00e-04 [1.00e-04, 2.50e-03] |" in text
    absent = Rung(
        rung="language", claimed=True, holds=False, p=None, adjusted=None, contrasts=[], missing=["shuffled_source"]
    )
    text = text_of(ruling(targets=[target(rungs=[absent])]))
    assert "| language | yes | does not hold | shuffled_source | not run |  |  | none | none |" in text
    assert ARMS["shuffled_source"] in text and "Side by side" not in text


def test_what_was_not_measured_has_no_table() -> None:
    bare = target(rungs=[], arms=[], shots=[], lottery=None, causes=[], accuracy=None, n=None, groups=None)
    text = text_of(ruling(targets=[bare], accepted=[], versions={}))
    for heading in (
        "### Rungs",
        "### Arms",
        "### Seeds",
        "### Seed lottery",
        "### Causes",
        "### Trained on the target",
    ):
        assert heading not in text
    assert "n not known" in text and "Nothing was accepted" in text
    assert "No target was judged." in text_of(ruling(targets=[]))


def test_a_value_without_an_interval_says_so() -> None:
    lone = rulings.arm("treatment", 0.7, seeds=1).model_copy(update={"value": Estimate(value=0.7, low=None, high=None)})
    text = text_of(ruling(seeds=1, targets=[target(seeds=1, arms=[lone], seeds_wanted=None)]))
    assert "| treatment | 0.700 (no interval) | none | 1 |  |" in text and "is not known" in text


def test_many_seeds_are_not_all_shown() -> None:
    text = text_of(ruling(seeds=24, targets=[target(seeds=24)]))
    assert "20: " in text and "; and 4 more |" in text and "; 21: " not in text


def test_it_is_written_whole(tmp_path: Any) -> None:
    path = write_card(tmp_path / "claim", ruling())
    assert path.name == CARD and path.read_text(encoding="utf-8") == card(ruling())
    assert [file.name for file in path.parent.iterdir()] == [CARD]


NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["a|b\n# c", "<script>x</script>", "`rm`", "[x](http://a.b)", "**bold**", "\n\n## head", "| a |", "\x1b[2J"]
    ),
)


def headings(page: str) -> list[str]:
    return [line.split()[0] for line in page.split("\n") if line.startswith("#")]


@settings(max_examples=20, deadline=None)
@given(*[NASTY] * 6)
def test_names_are_only_text(claim: str, name: str, what: str, said: str, fault: str, package: str) -> None:
    one = target(
        target=name, positive=what, notes=[said, fault], qualifiers=[what],
        reasons=[Reason(said=said, number=rulings.number(0.1))], arms=[rulings.arm(name, 0.5, what)],
    )  # fmt: skip
    publication = ruling().publication.model_copy(update={"paper": said, "place": what, "code": name, "note": fault})
    page = card(
        ruling(
            claim=claim, statement=said, publication=publication, model=name, source=what, accepted=[said],
            chosen=[fault], left_out=[what], claimed=[claim], targets=[one], versions={package: said},
            cells=[Cell(name=name, run="", fault=fault)],
        )
    )  # fmt: skip
    assert headings(page) == headings(card(ruling()))
    assert not re.search(r"[<>`$\\~]|\]\(|\x1b", page)
    columns = 0  # of the table that a line stands in
    for line in page.split("\n"):
        bars = line.count("|")
        assert not bars or (line.startswith("| ") and line.endswith(" |") and bars == (columns or bars))
        columns = bars
    # the verdict alone is bold
    assert [line[:2] for line in page.split("\n") if "*" in line] == ["**"]
