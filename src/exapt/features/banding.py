"""Which shingles and bands find near duplicates: chosen on the texts themselves, with the recall they will have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exapt.features.edit import edit_similarity
from exapt.features.kmers import jaccard
from exapt.sequences import reverse_complement

Floats = npt.NDArray[np.float64]

PERMUTATIONS = 300
FALSE = 20.0  # candidates by chance that a text may have: each costs about a microsecond to refute
PAIRS, COPIES = 2000, 200  # looked at for the choice
_LETTERS = 400_000  # of these, at most
_SHINGLES, _ROWS = range(2, 16), range(1, 6)
_UNSEEN = 0.5  # pairs that a band of one number may still bring together where none was seen to
_PLAN = 3


@dataclass(frozen=True)
class Plan:
    """How signatures are made and cut into bands.

    Attributes:
        k: Letters of a shingle.
        rows: Numbers of a band.
        permutations: Numbers of a signature.
        recall: Expected share of near duplicates that become candidates, at the identity asked for.
        recall_closer: The same at the identity halfway from there to 1.
        by_chance: Expected candidates by chance that a text has.
    """

    k: int
    rows: int
    permutations: int
    recall: float
    recall_closer: float
    by_chance: float


def plan(texts: Sequence[str], identity: float, *, both_strands: bool = False, seed: int = 0) -> Plan:
    """Choose shingles and bands for some texts.

    Of all lengths of shingles and bands the one that finds most copies of some texts, edited at random (eight
    substitutions for one insertion and one deletion) down to `identity` and to halfway from there to 1, without too
    many candidates by chance, as measured on random pairs of the texts.

    Args:
        texts: Distinct texts, at least one.
        identity: 1 - Levenshtein distance / longer length, of near duplicates; 0 to 1.
        both_strands: For DNA: shingles are the same on both strands.
        seed: Of what is drawn.
    """
    rng = np.random.default_rng([seed, _PLAN])
    sample = min(len(texts), 1000)
    typical = max(1.0, float(np.mean([len(texts[i]) for i in rng.integers(len(texts), size=sample)])))
    pairs, copies = (max(20, min(count, int(_LETTERS / typical))) for count in (PAIRS, COPIES))
    one, other = ([texts[i] for i in rows] for rows in rng.integers(len(texts), size=(2, pairs)))
    unlike = np.flatnonzero(edit_similarity(one, other) < identity)
    one, other = ([side[i] for i in unlike] for side in (one, other))
    originals = [texts[i] for i in rng.integers(len(texts), size=copies)]
    levels = (identity, (1 + identity) / 2)
    edited = [[_edited(text, 1 - level, "".join(originals[:50]), rng) for text in originals] for level in levels]
    best: Plan | None = None
    for k in _SHINGLES:
        chance = jaccard(one, other, k)
        if both_strands:
            chance = np.minimum(1.0, chance + jaccard(one, [reverse_complement(text) for text in other], k))
        alike = [jaccard(originals, copy, k) for copy in edited]
        for rows in _ROWS:
            found = [float(_found(values, rows).mean()) for values in alike]
            false = _by_chance(chance, rows) * len(texts)
            made = Plan(k, rows, PERMUTATIONS, found[0], found[1], false)
            if best is None or _worth(made) > _worth(best):
                best = made
        if len(chance) and _by_chance(chance, _ROWS[0]) * len(texts) <= FALSE:
            break  # every band fits from here on, and longer shingles find less
    assert best is not None
    return best


def _worth(made: Plan) -> float:
    """What is found, less a quarter for each doubling of what is found by chance beyond `FALSE`."""
    return made.recall + made.recall_closer - max(0.0, math.log2(max(made.by_chance, FALSE) / FALSE)) / 4


def _by_chance(similarity: Floats, rows: int) -> float:
    """The share of unlike pairs that become candidates.

    Bands of a single number go with shingles so long that hardly a pair shares one: of none seen, few follow.
    """
    if not len(similarity):
        return 0.0
    return float(_found(similarity, rows).sum() + (_UNSEEN if rows == 1 else 0)) / len(similarity)


def _found(similarity: Floats, rows: int) -> Floats:
    return np.asarray(1 - (1 - similarity**rows) ** (PERMUTATIONS // rows), dtype=np.float64)


def _edited(text: str, share: float, letters: str, rng: np.random.Generator) -> str:
    """A copy with a share of its letters edited, each into another one."""
    made = list(text)
    for place in rng.choice(len(made), round(share * len(made)), replace=False).tolist():
        kind, letter = rng.random(), letters[rng.integers(len(letters))]
        if kind < 0.1:
            made[place] = ""
        elif kind < 0.2:
            made[place] += letter
        else:
            others = [c for c in (letter, *letters[:40]) if c != text[place]]
            made[place] = others[0] if others else ""
    return "".join(made)
