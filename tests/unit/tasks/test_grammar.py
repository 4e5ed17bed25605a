"""The lexicon's parts share no word; sentences are plain, various and reproducible."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from itertools import combinations

import numpy as np

from exapt.tasks.grammar import ENGLISH, Lexicon, part, sentence
from exapt.tasks.task import SPLITS


def test_no_word_stands_twice_in_its_list() -> None:
    for f in fields(Lexicon):
        words = getattr(ENGLISH, f.name)
        assert len(words) == len(set(words)), f.name


def test_parts_share_no_word_and_leave_none_out() -> None:
    for f in fields(Lexicon):
        parts = {split: set(getattr(part(split), f.name)) for split in SPLITS}
        assert all(not parts[a] & parts[b] for a, b in combinations(SPLITS, 2)), f.name
        assert set.union(*parts.values()) == set(getattr(ENGLISH, f.name)), f.name
        fewest = 1 if f.name in ("determiners", "positions") else 4
        assert all(len(words) >= fewest for words in parts.values()), f.name


def test_verbs_with_two_forms_keep_both() -> None:
    assert ("forgave", "forgiven") in ENGLISH.verbs
    assert ("praised", "praised") in ENGLISH.verbs


def test_sentences_are_plain_long_enough_and_nearly_all_different() -> None:
    rng = np.random.default_rng(1)
    made = [sentence(rng, 40) for _ in range(5000)]
    assert all(len(text) >= 40 for text in made)
    assert set("".join(made)) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert not any("  " in text or text != text.strip() for text in made)
    assert len(set(made)) > 4950


def test_a_sentence_is_a_function_of_the_generator() -> None:
    assert [sentence(np.random.default_rng(3), 60)] * 2 == [sentence(np.random.default_rng(3), 60) for _ in range(2)]


def test_a_sentence_of_a_part_holds_none_of_the_other_parts_names() -> None:
    rng = np.random.default_rng(2)
    words = {word for _ in range(500) for word in sentence(rng, 60, part("test")).split()}
    assert words & {name.lower() for name in part("test").names}
    assert not words & {name.lower() for name in part("train").names}


def test_the_most_frequent_small_words_tell_the_split() -> None:
    rng = np.random.default_rng(4)
    for split, own in (("train", {"the", "this", "that", "our"}), ("dev", {"every"}), ("test", {"some"})):
        words = Counter(word for _ in range(300) for word in sentence(rng, 60, part(split)).split())  # type: ignore[arg-type]
        others = {"the", "this", "that", "our", "every", "some"} - own - {"the"}  # "in the park" is one word here
        assert all(words[word] > 100 for word in own) and not others & set(words), split
