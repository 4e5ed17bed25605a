"""The families of features by which a task might be solved without what it claims to measure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from exapt.audit.family import Family, Matrix
from exapt.audit.view import View
from exapt.features.alignment import infix_similarity, longest_common
from exapt.features.bags import MOST, bag, in_use, joined
from exapt.features.characters import characters, present
from exapt.features.composition import composition
from exapt.features.edit import edit_similarity
from exapt.features.lengths import lengths
from exapt.features.mismatches import mismatches
from exapt.features.overlap import kmer_overlap, word_overlap
from exapt.features.starts import begins_with_methionine, coding_marks
from exapt.features.translation import agreement, frames_alike
from exapt.sequences import DNA, PROTEIN, reverse_complement

Floats = npt.NDArray[np.float64]
Compare = Callable[[list[str], list[str]], Floats]

KMERS = (2, 3, 4, 5, 6)
IN_BAGS = {"text": (2, 3, 4), "dna": (1, 2, 3, 4), "protein": (1, 2, 3, 4)}
SHINGLES = {"text": (9, 15, 25), "dna": (11, 16, 24), "protein": (5, 8, 12)}  # so long that chance makes few
LETTERS = {"text": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "dna": DNA, "protein": PROTEIN}
ROUNDS = (2, 3, 4, 5)  # rows may be dealt in turn: one positive, then so many negatives
CHARACTERS = 2000  # of each side, from its beginning, that edit similarity reads


def families_of(view: View) -> list[Family]:
    """The families that a task offers, in their fixed order."""
    return [family for family in FAMILIES if family.applies(view)]


def reading(view: View, side: str) -> list[str]:
    """A side in lower case, without white space that means nothing; unlike `View.plain`, DNA keeps its strand."""
    if view.alphabets[side] == "dna":
        return ["".join(text.split()).lower().replace("u", "t") for text in view.texts(side)]
    return [text.lower() for text in view.plain(side)]


def _any(view: View) -> bool:
    return True


def _pairs(view: View) -> bool:
    return len(view.sides) == 2


def _written(view: View, *alphabets: str) -> bool:
    """Whether the sides are written in these alphabets, in either order."""
    return sorted(view.alphabets[side] for side in view.sides) == sorted(alphabets)


def _comparable(view: View) -> bool:
    """Pairs whose letters mean the same on both sides."""
    return _pairs(view) and not _written(view, "dna", "protein")


def _has_dna(view: View) -> bool:
    return "dna" in view.alphabets.values()


def _translatable(view: View) -> bool:
    return _written(view, "dna", "protein") or _written(view, "dna", "dna")


def _differences(sides: list[np.ndarray]) -> np.ndarray:
    """The sides' features; of pairs also their differences and absolute differences."""
    if len(sides) == 1:
        return sides[0]
    apart = sides[0] - sides[1]
    return np.concatenate([*sides, apart, np.abs(apart)], axis=1)


def _bag(view: View, side: str, most: int = MOST) -> Matrix:
    alphabet = view.alphabets[side]
    return bag(reading(view, side), IN_BAGS[alphabet], alphabet == "text", most)


def _bags(view: View) -> Matrix:
    if not _pairs(view):
        return in_use(_bag(view, "left"))
    return in_use(joined(*(_bag(view, side, MOST // 4) for side in view.sides)))


def _lengths(view: View) -> Matrix:
    sizes = [lengths(view.texts(side)) for side in view.sides]
    if len(sizes) == 2:
        left, right = sizes
        longer = np.maximum(np.maximum(left, right), 1)
        sizes += [left - right, np.abs(left - right), left + right, np.minimum(left, right) / longer, left / longer]
    words = [np.array([len(text.split()) for text in view.texts(side)], dtype=np.float64) for side in view.sides]
    return np.stack([*sizes, *words], axis=1)


def _characters(view: View) -> Matrix:
    # each side by itself: that two sides have as many capitals or spaces is likeness, which is content
    kinds = [characters(view.texts(side)) for side in view.sides]
    flags = [present(view.texts(side), LETTERS[view.alphabets[side]]) for side in view.sides]
    return np.concatenate([*kinds, *flags], axis=1)


def _composition(view: View) -> Matrix:
    alphabets = [view.alphabets[side] for side in view.sides]
    made_of = [
        np.concatenate([composition(reading(view, side), view.alphabets[side]), characters(view.texts(side))], axis=1)
        for side in view.sides
    ]
    return _differences(made_of) if len(set(alphabets)) == 1 else np.concatenate(made_of, axis=1)


def _both_strands(view: View, compare: Compare) -> Floats:
    """A comparison of the sides; of two DNA sequences also of the left with the other strand of the right."""
    left, right = reading(view, "left"), reading(view, "right")
    found = compare(left, right)
    if not _written(view, "dna", "dna"):
        return found
    other = compare(left, [reverse_complement(text) for text in right])
    return np.concatenate([found, other, np.maximum(found, other)], axis=1)


def _overlap(view: View) -> Matrix:
    found = _both_strands(view, lambda left, right: kmer_overlap(left, right, KMERS))
    if "text" not in view.alphabets.values():
        return found
    words = word_overlap(reading(view, "left"), reading(view, "right"))
    return np.concatenate([found, words], axis=1)


def _shingles(view: View) -> Matrix:
    ks = SHINGLES[view.alphabets["left"]]
    found = _both_strands(view, lambda left, right: kmer_overlap(left, right, ks))
    if "text" not in view.alphabets.values():
        return found
    words = word_overlap(reading(view, "left"), reading(view, "right"), (2, 3))
    return np.concatenate([found, words], axis=1)


def _edit(view: View) -> Matrix:
    left, right = reading(view, "left"), reading(view, "right")
    similarity = edit_similarity([text[:CHARACTERS] for text in left], [text[:CHARACTERS] for text in right])
    return np.column_stack([similarity, mismatches(left, right)])


def _alignment(view: View) -> Matrix:
    def compare(left: list[str], right: list[str]) -> Floats:
        inside, around = infix_similarity(left, right), infix_similarity(right, left)
        common = longest_common(left, right).astype(np.float64)
        shorter = np.maximum(np.minimum(lengths(left), lengths(right)), 1)
        return np.stack([inside, around, np.maximum(inside, around), common, common / shorter], axis=1)

    return _both_strands(view, compare)


def _starts(view: View) -> Matrix:
    found = [coding_marks(reading(view, side)) for side in view.sides if view.alphabets[side] == "dna"]
    found += [begins_with_methionine(reading(view, side)) for side in view.sides if view.alphabets[side] == "protein"]
    return np.concatenate(found, axis=1)


def _translation(view: View) -> Matrix:
    sides = sorted(view.sides, key=view.alphabets.__getitem__)  # DNA first
    first, second = (reading(view, side) for side in sides)
    return agreement(first, second).matrix if _written(view, "dna", "protein") else frames_alike(first, second)


def _position(view: View) -> Matrix:
    row = view.frame["row"].to_numpy(dtype=np.float64)
    last = view.frame.groupby("split", sort=False)["row"].transform("max").to_numpy(dtype=np.float64)
    return np.stack([row / np.maximum(last, 1), *(row % turn for turn in ROUNDS)], axis=1)


FAMILIES: tuple[Family, ...] = (
    Family(
        "left only", "format", "linear", _pairs, lambda view: in_use(_bag(view, "left")),
        "the left side alone tells the label", "Pair every left side with a right side of either class.",
    ),
    Family(
        "right only", "format", "linear", _pairs, lambda view: in_use(_bag(view, "right")),
        "the right side alone tells the label", "Pair every right side with a left side of either class.",
    ),
    Family(
        "lengths", "format", "trees", _any, _lengths,
        "lengths tell the label", "Cut both classes to equal lengths, or match negatives to positives by length.",
    ),
    Family(
        "characters present", "format", "stumps", _any, _characters,
        "case, gaps, punctuation or odd letters tell the label",
        "Write both classes alike: one case, no gaps, one alphabet.",
    ),
    Family(
        "composition", "content", "trees", _any, _composition,
        "what the sides are made of tells the label, whatever their order",
        "Shuffle or match negatives so that letters and dinucleotides are equal, or declare it as signal.",
    ),
    Family(
        "k-mer bags", "content", "linear", _any, _bags,
        "the words or k-mers that the sides hold tell the label",
        "Draw both classes from the same sources, or declare it as signal.",
    ),
    Family(
        "k-mer overlap", "content", "trees", _comparable, _overlap,
        "how many k-mers or words the sides share tells the label",
        "Make negatives that share as much (block-scrambled copies, say), or declare it as signal.",
    ),
    Family(
        "MinHash", "content", "trees", _comparable, _shingles,
        "long runs that the sides share tell the label",
        "Make negatives from near copies, too, or declare it as signal.",
    ),
    Family(
        "edit", "content", "trees", _comparable, _edit,
        "how few edits part the sides, or where they first differ, tells the label",
        "Give both classes the same number and places of edits, or declare it as signal.",
    ),
    Family(
        "alignment", "content", "trees", _comparable, _alignment,
        "how well one side lies inside the other tells the label",
        "Make negatives that align as well, or declare it as signal.",
    ),
    Family(
        "start codon", "content", "stumps", _has_dna, _starts,
        "start and stop codons at the ends of the DNA tell the label",
        "Cut the ends off, give them to both classes, or declare it as signal.",
    ),
    Family(
        "translation", "content", "trees", _translatable, _translation,
        "what the reading frames share with the other side tells the label",
        "Declare it as signal if the task is about coding; else draw both classes from the same frames.",
    ),
    Family(
        "position", "format", "trees", _any, _position,
        "the place in the file tells the label", "Shuffle the rows of each split.",
    ),
)  # fmt: skip
