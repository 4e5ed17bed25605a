"""Rings of paraphrases and role swaps whose two labels look alike."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice, pairwise
from operator import eq
from typing import TypeVar

import numpy as np
from rapidfuzz.distance import Indel, Levenshtein, Postfix, Prefix

from exapt.tasks.grammar import Lexicon, part, pick
from exapt.tasks.paws_designs import Design, designs
from exapt.tasks.paws_frames import frames
from exapt.tasks.task import Split

T = TypeVar("T")

KINDS = ("name", "person", "person from town")
_TRIAL = 24
_HITS = 2
_GRAMS = (2, 3, 4, 5, 6)
_PLAIN = {"place": "in pppp", "time": "on tttt"} | {key: key[0] * 6 for key in ("v", "vp", "w", "wp", "x", "xp")}
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """A design, and what the persons are called in it: by name ("Anna"), "the doctor", or "the doctor from Leeds"."""

    design: Design
    kind: str


@dataclass(frozen=True, slots=True)
class Ring:
    """The true pairs of a ring; the negative of a left side is the right side of the next pair."""

    template: str
    left: list[str]
    right: list[str]

    def alike(self) -> bool:
        """Whether positives and negatives have the same appearances."""
        turned = self.right[1:] + self.right[:1]
        for look in (Levenshtein.distance, _ends, _shared_words, appearance):  # the first are quick and settle most
            here = sorted(look(a, b) for a, b in zip(self.left, self.right, strict=True))
            if here != sorted(look(a, b) for a, b in zip(self.left, turned, strict=True)):
                return False
        return True


def appearance(left: str, right: str) -> tuple[int, ...]:
    """What can be counted in a pair of sentences.

    Returns:
        Edit distance in letters; in words, with and without substitutions; letters before the first difference and
        behind the last; words that stand in the same place; shared pairs of neighbouring words; shared pieces of 2 to 6
        letters (each piece once). Signs of punctuation are words. Words and pieces are lower case.
    """
    low, row = left.lower(), right.lower()
    pieces = (len(_pieces(low, k) & _pieces(row, k)) for k in _GRAMS)
    return Levenshtein.distance(left, right), *_ends(left, right), *_shared_words(left, right), *pieces


def _ends(left: str, right: str) -> tuple[int, ...]:
    return Prefix.similarity(left, right), Postfix.similarity(left, right)


def _shared_words(left: str, right: str) -> tuple[int, ...]:
    words, others = _WORD.findall(left.lower()), _WORD.findall(right.lower())
    return (
        Levenshtein.distance(words, others),
        Indel.distance(words, others),
        sum(map(eq, words, others)),
        len({*pairwise(words)} & {*pairwise(others)}),
    )


def _pieces(text: str, k: int) -> set[str]:
    return {text[i : i + k] for i in range(len(text) - k + 1)}


@cache
def schemes(split: Split) -> dict[str, tuple[tuple[Scheme, ...], ...]]:
    """By family of frames: for each two frames and kind of persons, the schemes that come out alike often.

    Most schemes never do. Those that come out alike with words of equal length are tried with words of the split.
    """
    rng, lexicon = np.random.default_rng(zlib.crc32(split.encode())), part(split)
    made: dict[str, list[tuple[Scheme, ...]]] = defaultdict(list)
    every = frames(split)
    for left in every:
        if left.roles[0].startswith("w"):
            continue  # the same as a frame that begins with v, the verbs exchanged
        for right in every:
            found = list(designs(left, right))
            for kind in KINDS:
                good = tuple(s for d in found if promising(s := Scheme(d, kind), lexicon, rng))
                if good:
                    made[left.family].append(good)
    return {family: tuple(groups) for family, groups in made.items()}


def promising(scheme: Scheme, lexicon: Lexicon, rng: np.random.Generator) -> bool:
    """Whether a scheme comes out alike with words of equal length, and then often with words of a lexicon."""
    persons = [_call(letter * 5, letter.upper() * 4, scheme.kind) for letter in "abcdef"[: len(scheme.design.same)]]
    if not _fill(scheme.design, persons, _PLAIN).alike():
        return False
    hits = (_draw(scheme, lexicon, rng).alike() for _ in range(_TRIAL))
    return sum(islice(filter(None, hits), _HITS)) == _HITS  # stops at the last hit that is needed


def draw_ring(scheme: Scheme, lexicon: Lexicon, seen: set[str], tries: int, rng: np.random.Generator) -> Ring | None:
    """Draw words for a scheme until its labels look alike.

    Args:
        scheme: The scheme.
        lexicon: The words.
        seen: Sentences that may not be used again; those of the ring are added.
        tries: How often to draw.
        rng: Chooses the words.

    Returns:
        The ring, or None if no draw came out.
    """
    for _ in range(tries):
        ring = _draw(scheme, lexicon, rng)
        sentences = {*ring.left, *ring.right}
        if len(sentences) == 2 * len(ring.left) and not sentences & seen and ring.alike():
            seen |= sentences
            return ring
    return None


def _draw(scheme: Scheme, lexicon: Lexicon, rng: np.random.Generator) -> Ring:
    persons = _persons(len(scheme.design.same), scheme.kind, lexicon, rng)
    verbs = zip("vwx", _several(rng, lexicon.verbs, 3), strict=True)
    words = {key: form for v, forms in verbs for key, form in zip((v, f"{v}p"), forms, strict=True)}
    return _fill(scheme.design, persons, words | {"place": pick(rng, lexicon.places), "time": pick(rng, lexicon.times)})


def _fill(design: Design, persons: list[str], words: dict[str, str]) -> Ring:
    left = [_sentence(design.left.text, [persons[p] for p in fill], words) for fill in design.fills]
    right = [_sentence(design.right.text, [persons[fill[s]] for s in design.same], words) for fill in design.fills]
    return Ring(f"{design.left.name} > {design.right.name}", left, right)


def _sentence(text: str, persons: list[str], words: dict[str, str]) -> str:
    made = text.format(*persons, **words)
    return made[0].upper() + made[1:]


def _persons(count: int, kind: str, lexicon: Lexicon, rng: np.random.Generator) -> list[str]:
    """What different persons of one kind are called."""
    nouns = _several(rng, lexicon.names if kind == "name" else lexicon.people, count)
    # six persons may be more than a split has towns
    towns = cycle(_several(rng, lexicon.towns, count))
    return [_call(noun, town, kind) for noun, town in zip(nouns, towns, strict=False)]


def _call(noun: str, town: str, kind: str) -> str:
    return {"name": noun, "person": f"the {noun}", "person from town": f"the {noun} from {town}"}[kind]


def _several(rng: np.random.Generator, pool: Sequence[T], count: int) -> list[T]:
    """Different members of a pool; a permutation is many times as quick as `choice` without replacement."""
    return [pool[i] for i in rng.permutation(len(pool))[:count].tolist()]
