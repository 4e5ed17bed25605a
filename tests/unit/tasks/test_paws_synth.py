"""Paraphrases and role swaps: labels are right, both labels look alike, held-out words and forms are held out."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rapidfuzz.distance import Levenshtein
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from exapt.example import Examples
from exapt.tasks.grammar import ENGLISH, part
from exapt.tasks.paws_frames import frames
from exapt.tasks.paws_synth import PawsSynth
from exapt.tasks.task import SPLITS, Split

VERBS = {form: number for number, forms in enumerate(ENGLISH.verbs) for form in forms}
ADJUNCTS = re.compile("|".join(sorted(map(re.escape, (*ENGLISH.places, *ENGLISH.times)), key=len, reverse=True)), re.I)


@cache
def big(split: Split) -> Examples:
    """As many pairs as train has by default; fewer for the others, which takes less time."""
    return PawsSynth(train=20000, dev=8000, test=8000).load(split)


@cache
def some(split: Split) -> Examples:
    """About 2,000 pairs of each class, in whole rings."""
    examples = big(split)
    rings = examples.frame["group"]
    kept = rings.unique()[: rings.nunique() * 4000 // len(examples)]
    return examples.take(np.flatnonzero(rings.isin(kept)))


def who_did_what(sentence: str) -> frozenset[tuple[int, frozenset[str], frozenset[str]]]:
    """Reads a sentence by rules of its own: verb, who does it, to whom it is done."""
    text = ADJUNCTS.sub("", sentence).strip(" .,").replace("The ", "the ")
    said = []
    for clause in re.split(r"; |, while |, whereas |, and |, but | and then ", text):
        passive = re.fullmatch(r"(.+) (?:was|were) (\w+) by (.+)", clause)
        if passive:
            patients, verb, agents = passive.groups()
        else:
            words = clause.split()
            at = next(k for k, word in enumerate(words) if word in VERBS)
            agents, verb, patients = " ".join(words[:at]), words[at], " ".join(words[at + 1 :])
        said.append((VERBS[verb], persons(agents), persons(patients)))
    return frozenset(said)


def persons(text: str) -> frozenset[str]:
    listed = re.sub(r"^(both|not only) ", "", text, flags=re.I)
    return frozenset(p.strip() for p in re.split(r" as well as | along with | plus | but also | and ", listed))


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
def test_labels_are_right_by_a_reader_that_knows_nothing_of_the_maker(split: Split) -> None:
    frame = big(split).frame.head(600)
    assert frame["label"].nunique() == 2
    read = [who_did_what(a) == who_did_what(b) for a, b in zip(frame["left"], frame["right"], strict=True)]
    assert read == (frame["label"] == "paraphrase").tolist()
    for left, right in zip(frame["left"], frame["right"], strict=True):
        assert left != right
        everyone = [frozenset().union(*(a | p for _, a, p in who_did_what(s))) for s in (left, right)]
        assert everyone[0] == everyone[1]
        assert {v for v, _, _ in who_did_what(left)} == {v for v, _, _ in who_did_what(right)}


def test_all_kinds_of_change_occur() -> None:
    templates = set(some("train").frame["template"])
    sides = [template.split(" > ") for template in templates]
    assert any(("active" in a) and ("active" not in b) for a, b in sides)  # voice
    assert any(a.split(", ")[-2:] != b.split(", ")[-2:] for a, b in sides)  # fronting
    assert any(a == b for a, b in sides)  # conjuncts alone
    assert any(a.startswith("v ") and b.startswith("w ") for a, b in sides)  # clauses


@pytest.mark.parametrize("split", SPLITS)
def test_every_sentence_stands_once_under_each_label_and_in_one_group(split: Split) -> None:
    frame = big(split).frame
    assert len(frame) == (20000 if split == "train" else 8000)
    assert (frame["label"] == "paraphrase").sum() == len(frame) // 2
    for side in ("left", "right"):
        by_label = [Counter(frame[side][frame["label"] == label]) for label in ("different", "paraphrase")]
        assert by_label[0] == by_label[1]
        assert set(by_label[0].values()) == {1}
    assert not set(frame["left"]) & set(frame["right"])


def test_splits_share_no_word_that_carries_meaning_and_no_form() -> None:
    made = {split: some(split).frame for split in SPLITS}
    text = {split: " ".join(f["left"]) + " " + " ".join(f["right"]) for split, f in made.items()}
    words = {split: set(re.findall(r"\w+", t)) for split, t in text.items()}
    small = {split: t.lower() for split, t in text.items()}
    for a, b in combinations(SPLITS, 2):
        assert not set(made[a]["template"]) & set(made[b]["template"])
        assert not {f.text for f in frames(a)} & {f.text for f in frames(b)}
        assert not words[a] & {*part(b).names, *part(b).people, *part(b).towns}
        assert not words[a] & {form for forms in part(b).verbs for form in forms}
        assert not any(phrase.lower() in small[a] for phrase in (*part(b).places, *part(b).times))


def first_difference(a: Any, b: Any) -> int:
    return next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def jaccard(a: set[Any], b: set[Any]) -> float:
    return len(a & b) / len(a | b)


def kmers(k: int) -> Callable[[str, str], float]:
    def shared(a: str, b: str) -> float:
        return jaccard(*({t[i : i + k] for i in range(len(t) - k + 1)} for t in (a.lower(), b.lower())))

    return shared


COUNTED: dict[str, Callable[[str, str], float]] = {
    "length difference": lambda a, b: len(a) - len(b),
    "length": lambda a, b: len(a) + len(b),
    "words": lambda a, b: len(a.split()) - len(b.split()),
    "shared words": lambda a, b: jaccard(set(a.lower().split()), set(b.lower().split())),
    "edit distance": lambda a, b: Levenshtein.distance(a, b),
    "edit distance, lower case": lambda a, b: Levenshtein.distance(a.lower(), b.lower()),
    "edit distance, normalised": lambda a, b: Levenshtein.normalized_distance(a, b),
    "edit distance in words": lambda a, b: Levenshtein.distance(a.split(), b.split()),
    "first difference": first_difference,
    "first different word": lambda a, b: first_difference(a.split(), b.split()),
    "last difference": lambda a, b: first_difference(a[::-1], b[::-1]),
    **{f"{k}-letter pieces": kmers(k) for k in range(2, 7)},
}


@cache
def counted(split: Split) -> pd.DataFrame:
    frame = some(split).frame
    sides = list(zip(frame["left"], frame["right"], strict=True))
    table = pd.DataFrame({name: [float(count(a, b)) for a, b in sides] for name, count in COUNTED.items()})
    return table.assign(template=frame["template"].astype("category").cat.codes)


def held_out_auroc(model: Any, features: Any, examples: Examples) -> float:
    """AUROC of scores from models that saw other groups."""
    scores = np.zeros(len(examples))
    for seen, new in GroupKFold(2).split(features, examples.positive, examples.frame["group"]):
        scores[new] = model.fit(features[seen], examples.positive[seen]).predict_proba(features[new])[:, 1]
    return float(roc_auc_score(examples.positive, scores))


@pytest.mark.slow
@pytest.mark.parametrize("split", ["train", "test"])
def test_nothing_that_can_be_counted_tells_the_labels_apart(split: Split) -> None:
    table, positive = counted(split), some(split).positive
    found = {name: float(roc_auc_score(positive, table[name])) for name in table}
    assert {name: value for name, value in found.items() if not 0.48 <= value <= 0.52} == {}


@pytest.mark.slow
@pytest.mark.parametrize("split", ["train", "test"])
def test_nor_do_all_counts_together(split: Split) -> None:
    model = HistGradientBoostingClassifier(max_iter=60, random_state=0)
    assert 0.48 <= held_out_auroc(model, counted(split).to_numpy(), some(split)) <= 0.52


@pytest.mark.slow
@pytest.mark.parametrize("what", ["left", "right", "both", "difference", "template"])
def test_nor_do_words_of_one_side_or_both_or_the_forms(what: str) -> None:
    examples = big("test")
    words = CountVectorizer(token_pattern=r"\w+").fit(examples.frame["left"])
    left, right = (csr_matrix(words.transform(examples.frame[side])) for side in ("left", "right"))
    features = {
        "left": left,
        "right": right,
        "both": csr_matrix(hstack([left, right])),
        "difference": left - right,
        "template": csr_matrix(pd.get_dummies(examples.frame["template"]).to_numpy(dtype=float)),
    }[what]
    assert 0.48 <= held_out_auroc(LogisticRegression(max_iter=100), features, examples) <= 0.52


def test_the_gauge_sees_a_leak() -> None:
    """The same measurement finds a label that edit distance gives away."""
    examples = PawsSynth(train=2000).load("train")
    frame = examples.frame.copy()
    leaky = frame["label"] == "paraphrase"
    frame.loc[leaky, "right"] = frame.loc[leaky, "left"].str.replace("the ", "this ")
    distance = [Levenshtein.distance(a, b) for a, b in zip(frame["left"], frame["right"], strict=True)]
    features = np.array(distance, dtype=float)[:, None]
    assert held_out_auroc(LogisticRegression(), features, examples) > 0.9


def test_equal_settings_give_equal_examples_and_other_seeds_do_not() -> None:
    assert PawsSynth(test=200).load("test").digest == PawsSynth(test=200).load("test").digest
    assert PawsSynth(test=200, seed=1).load("test").digest != PawsSynth(test=200).load("test").digest


@pytest.mark.parametrize(
    ("split", "digest", "rows"),
    [
        ("train", "6486019c40e75dce", "39deab3847afbfc5"),
        ("dev", "a0697d7379dd871d", "2655d7af09a2f508"),
        ("test", "dd47fa9661fd8b44", "58580b619ff9c05c"),
    ],
)
def test_examples_are_the_ones_that_fits_and_records_name(split: Split, digest: str, rows: str) -> None:
    """Fits and records name their data by digest: neither the ladder nor a quicker search may change it unseen."""
    examples = PawsSynth(train=1200, dev=400, test=400).load(split)
    state = hashlib.sha256(repr(list(examples.frame.columns)).encode())
    for row in examples.frame.itertuples(index=False, name=None):
        state.update(repr(row).encode())
    assert (examples.digest[:16], state.hexdigest()[:16]) == (digest, rows)


@pytest.mark.parametrize("size", [4, 8, 12, 52])
def test_any_multiple_of_4_is_filled_exactly(size: int) -> None:
    examples = PawsSynth(test=size).load("test")
    assert len(examples) == size
    assert examples.positive.sum() == size // 2


def test_a_size_that_is_no_multiple_of_4_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 4"):
        PawsSynth(test=10)
