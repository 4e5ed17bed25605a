"""The ladder of paws_synth: swaps and clauses as stated, by a reader of the test's own; labels still look alike."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from pydantic import ValidationError
from rapidfuzz.distance import Levenshtein

from exapt.example import Examples
from exapt.tasks.paws_ladder import ladder_schemes
from exapt.tasks.paws_synth import PawsSynth
from exapt.tasks.task import SPLITS, Split
from tests.unit.tasks.test_paws_synth import ADJUNCTS, VERBS

AND = re.compile(r" as well as | together with | along with | plus | but also | and also | and |, ")


@cache
def swaps_ladder(split: Split) -> Examples:
    return PawsSynth(train=240, dev=120, test=120, swaps=[1, 2, 3]).load(split)


@cache
def clauses_ladder(split: Split) -> Examples:
    return PawsSynth(train=240, dev=0, test=240, clauses=[1, 2, 3]).load(split)


def roles(sentence: str) -> dict[str, tuple[int, str]]:
    """Of each person: the number of the verb, and A or P."""
    text = ADJUNCTS.sub("", sentence).strip(" .,").replace("The ", "the ")
    found: dict[str, tuple[int, str]] = {}
    # a comma joins persons unless a verb stands on either side of it
    links = r"; |, while |, whereas |, but | and then |, and (?!also )(?="
    for clause in re.split(links + r"[^,]* (?:was|were|" + "|".join(VERBS) + r") )", text):
        passive = re.fullmatch(r"(.+?) (?:was|were) (\w+) by (.+)", clause)
        if passive:
            patients, verb, agents = passive.groups()
        else:
            words = clause.split()
            at = next(k for k, word in enumerate(words) if word in VERBS)
            agents, verb, patients = " ".join(words[:at]), words[at], " ".join(words[at + 1 :])
        for side, role in ((agents, "A"), (patients, "P")):
            for person in AND.split(re.sub(r"^(both|not only) ", "", side, flags=re.I)):
                assert person not in found
                found[person] = (VERBS[verb], role)
    return found


def exchanges(left: str, right: str) -> int:
    """The least number of exchanges of two persons' roles, by a search of its own: breadth first."""
    here, goal = roles(left), roles(right)
    assert set(here) == set(goal) and Counter(here.values()) == Counter(goal.values())
    people = sorted(here)
    start, end = tuple(here[p] for p in people), tuple(goal[p] for p in people)
    front, seen, steps = {start}, {start}, 0
    while end not in front:
        front = {
            (*now[:i], now[j], *now[i + 1 : j], now[i], *now[j + 1 :])
            for now in front
            for i, j in combinations(range(len(people)), 2)
        } - seen
        seen |= front
        steps += 1
    return steps


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
def test_negatives_have_the_stated_number_of_swaps_and_positives_none(split: Split) -> None:
    frame = swaps_ladder(split).frame
    size = len(frame) // 6
    assert Counter(zip(frame["level"], frame["label"], strict=True)) == {
        (level, label): size for level in ("1 swap", "2 swaps", "3 swaps") for label in ("different", "paraphrase")
    }
    for row in frame.itertuples():
        assert len(roles(row.left)) == 6
        assert exchanges(row.left, row.right) == (0 if row.label == "paraphrase" else int(row.level[0]))


@pytest.mark.slow
@pytest.mark.parametrize("split", ["train", "test"])
def test_sentences_have_the_stated_number_of_clauses(split: Split) -> None:
    frame = clauses_ladder(split).frame
    assert Counter(frame["level"]) == {"1 clause": 80, "2 clauses": 80, "3 clauses": 80}
    for row in frame.itertuples():
        assert len({verb for verb, _ in roles(row.left).values()}) == int(row.level[0])
        assert exchanges(row.left, row.right) == (row.label == "different")
    # longer, too
    length = frame.groupby("level")["left"].apply(lambda texts: texts.str.len().mean())
    assert all(b > a + 5 for a, b in pairwise(length.sort_index()))


@pytest.mark.slow
def test_both_ladders_cross() -> None:
    frame = PawsSynth(train=0, dev=0, test=64, clauses=[2, 3], swaps=[1, 2]).load("test").frame
    cells = {f"{s}, {c}" for s in ("1 swap", "2 swaps") for c in ("2 clauses", "3 clauses")}
    assert Counter(frame["level"]) == dict.fromkeys(cells, 16)


@pytest.mark.slow
def test_one_step_is_a_setting_and_no_level() -> None:
    frame = PawsSynth(train=0, dev=0, test=40, swaps=[3]).load("test").frame
    assert "level" not in frame
    assert {exchanges(a, b) for a, b in zip(frame["left"], frame["right"], strict=True)} == {0, 3}


@pytest.mark.slow
@pytest.mark.parametrize("examples", [swaps_ladder, clauses_ladder])
def test_within_a_ring_nothing_counted_tells_the_labels_apart(examples: object) -> None:
    frame = examples("test").frame  # type: ignore[operator]
    assert (frame.groupby("group")["level"].nunique() == 1).all()
    for _, ring in frame.groupby("group"):
        looks = []
        for label in ("different", "paraphrase"):
            rows = ring[ring["label"] == label]
            sides = list(zip(rows["left"], rows["right"], strict=True))
            looks.append(
                (
                    sorted(Levenshtein.distance(a, b) for a, b in sides),
                    sorted(len({*a.lower().split()} & {*b.lower().split()}) for a, b in sides),
                    sorted(len({*pairwise(a.lower())} & {*pairwise(b.lower())}) for a, b in sides),
                    sorted(a for a, _ in sides),
                    sorted(b for _, b in sides),
                )
            )
        assert looks[0] == looks[1]


@pytest.mark.slow
def test_no_sentence_stands_in_two_rings_or_splits() -> None:
    rows = {split: swaps_ladder(split).frame for split in SPLITS}
    for frame in rows.values():
        assert frame.groupby("left")["group"].nunique().max() == 1
        assert frame.groupby("right")["group"].nunique().max() == 1
        assert not set(frame["left"]) & set(frame["right"])
    for a, b in combinations(SPLITS, 2):
        assert not {*rows[a]["left"], *rows[a]["right"]} & {*rows[b]["left"], *rows[b]["right"]}
        assert not {s for t in rows[a]["template"] for s in t.split(" > ")} & {
            s for t in rows[b]["template"] for s in t.split(" > ")
        }


@pytest.mark.slow
def test_every_step_has_schemes_of_several_forms() -> None:
    for split in SPLITS:
        for clauses, most in ((None, 3), (3, 2)):
            for swapped in range(1, most + 1):
                found = [s for groups in ladder_schemes(split, clauses, swapped).values() for g in groups for s in g]
                assert len({(s.design.left, s.design.right, s.design.other) for s in found}) >= 6


def test_a_ladder_is_reproducible() -> None:
    made = [PawsSynth(train=0, dev=0, test=48, swaps=[1, 2, 3], seed=seed).load("test").digest for seed in (0, 0, 1)]
    assert made[0] == made[1] != made[2]
    assert np.all([PawsSynth(swaps=[1, 2]).facts()[key] == value for key, value in (("swaps", [1, 2]), ("seed", 0))])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"swaps": []}, "swaps is"),
        ({"swaps": [4]}, "different numbers from 1 to 3"),
        ({"swaps": [1, 1]}, "different numbers from 1 to 3"),
        ({"clauses": [0]}, "clauses is"),
        ({"swaps": [3], "clauses": [3]}, "2 is the most with clauses"),
        ({"swaps": [1, 2, 3]}, "train is 20000 pairs for 3 steps; give a multiple of 12"),
    ],
)
def test_bad_steps_are_refused(settings: dict[str, list[int]], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PawsSynth(**settings)  # type: ignore[arg-type]
