"""Sides that are nearly the same, and which examples depend on each other because of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from exapt.audit.bar import Told, quiet
from exapt.audit.readings import Pool, either_strand, numbers, pools
from exapt.audit.view import Alphabet, View
from exapt.features.banding import Plan, plan
from exapt.features.minhash import candidate_pairs, signatures
from exapt.sequences import reverse_complement

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

IDENTITY = 0.8
JOINING = (IDENTITY, 0.9, 0.95)  # identity that joins rows; the next one where one component would hold most rows
MOST = 0.5
_BLOCK = 1 << 18  # pairs compared at a time
_SIGNED, _PAIRED = 0.4, 0.6  # about the share of the time that signatures take, and these with their bands


@dataclass(frozen=True)
class Pairs:
    """Pairs of texts that are nearly the same.

    Attributes:
        first: Number of the one, shape (pairs,).
        second: Number of the other, larger; pairs are sorted and unique.
        identity: 1 - Levenshtein distance / length of the longer, of DNA on the better of both strands; 0 to 1.
        plan: How they were found, with the expected recall; None if there were no two different texts.
    """

    first: Ints
    second: Ints
    identity: Floats
    plan: Plan | None

    def __len__(self) -> int:
        return len(self.first)

    def at(self, identity: float) -> Pairs:
        """Those that are at least so alike."""
        kept = self.identity >= identity
        return Pairs(self.first[kept], self.second[kept], self.identity[kept], self.plan)


def near_duplicates(
    texts: Sequence[str],
    alphabet: Alphabet,
    *,
    identity: float = IDENTITY,
    seed: int = 0,
    threads: int = 1,
    told: Told = quiet,
) -> Pairs:
    """Pairs of texts that are the same up to a few edits.

    Candidates come from MinHash signatures of runs of letters, in bands (`exapt.features.minhash`), whose lengths are
    chosen on the texts (`exapt.features.banding`); each is confirmed by its exact identity over whole texts. A text
    that is part of a longer one, or overlaps it, is none. Of copies of one text only the pairs with the first are
    given, and other texts are paired with the first alone; of more than 16 texts that share a band, not all pairs.

    Args:
        texts: n texts, normalised as `View.plain` does.
        alphabet: Of the texts; DNA is compared on both strands.
        identity: Smallest 1 - Levenshtein distance / length of the longer, above 0 to 1.
        seed: Of the signatures; other seeds may miss other pairs.
        threads: How many share the work; the pairs are the same.
        told: Called with the share that is done, 0 to 1.
    """
    code = numbers(texts)
    rows = np.arange(len(code))
    seen, first = np.unique(code, return_index=True)
    copies = np.flatnonzero(first[code] != rows)
    distinct = [texts[i] for i in first.tolist()]
    made, one, other = None, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if len(seen) > 1:
        both = alphabet == "dna"
        made = plan(distinct, identity, both_strands=both, seed=seed)
        marks = signatures(
            distinct, k=made.k, permutations=made.permutations, seed=seed, both_strands=both, threads=threads,
            told=lambda share: told(_SIGNED * share),
        )  # fmt: skip
        bands = candidate_pairs(
            marks, made.rows, seed, threads=threads, told=lambda share: told(_SIGNED + (_PAIRED - _SIGNED) * share)
        )
        one, other = bands.T
        del marks
    found = _identities(
        distinct, one, other, alphabet, identity, threads, lambda share: told(_PAIRED + (1 - _PAIRED) * share)
    )
    kept = found >= identity
    pairs = [(first[code[copies]], copies, np.ones(len(copies))), (first[one[kept]], first[other[kept]], found[kept])]
    a, b, identities = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    order = np.lexsort((np.maximum(a, b), np.minimum(a, b)))
    return Pairs(np.minimum(a, b)[order], np.maximum(a, b)[order], identities[order], made)


def _identities(
    texts: Sequence[str], one: Ints, other: Ints, alphabet: Alphabet, least: float, threads: int, told: Told
) -> Floats:
    """The identity of pairs of texts, 0 where it is below `least`."""
    size = np.fromiter(map(len, texts), dtype=np.float64, count=len(texts))
    short, long = np.minimum(size[one], size[other]), np.maximum(size[one], size[other])
    turned = [reverse_complement(text) for text in texts] if alphabet == "dna" else []
    found = np.zeros(len(one))
    possible = np.flatnonzero(short >= least * long)  # the lengths alone cost so many edits
    for start in range(0, len(possible), _BLOCK):
        rows = possible[start : start + _BLOCK]
        left, right = [texts[i] for i in one[rows].tolist()], [texts[i] for i in other[rows].tolist()]
        found[rows] = _compared(left, right, least, threads)
        if turned:
            back = [turned[i] for i in other[rows].tolist()]
            found[rows] = np.maximum(found[rows], _compared(left, back, least, threads))
        told(min(1.0, (start + _BLOCK) / len(possible)))
    return found


def _compared(left: list[str], right: list[str], least: float, threads: int) -> Floats:
    # a cutoff a little lower: rapidfuzz compares it with a rounded number
    measured = cpdist(
        left, right, scorer=Levenshtein.normalized_similarity, score_cutoff=least - 1e-9, dtype=np.float64,
        workers=threads,
    )  # fmt: skip
    return np.asarray(measured, dtype=np.float64)


@dataclass(frozen=True)
class Near:
    """The near-duplicate sides of one or two views.

    Attributes:
        pools: Their sides, DNA on either strand.
        pairs: Of each pool, pairs of numbers of strings that are not equal.
    """

    pools: list[Pool]
    pairs: list[Pairs]


@dataclass(frozen=True)
class _Content:
    """Views that are the same if they hold the same, and how the work on them is done."""

    digests: tuple[object, ...]
    views: tuple[View, ...] = field(compare=False)
    threads: int = field(compare=False)
    told: Told = field(compare=False)


def near_sides(*views: View, threads: int = 1, told: Told = quiet) -> Near:
    """Near-duplicate sides of a view, or of two together; the last two answers are kept until `forget`.

    Args:
        views: One or two.
        threads: How many share the work.
        told: Called with the share that is done, 0 to 1.
    """
    digests = tuple(
        (tuple((split, examples.digest) for split, examples in view.splits.items()), tuple(view.alphabets.items()))
        for view in views
    )
    return _near(_Content((*digests, views[0].seed), views, threads, told))


@lru_cache(maxsize=2)
def _near(content: _Content) -> Near:
    found, pairs = pools(content.views, either_strand), []
    seed = content.views[0].seed
    for number, pool in enumerate(found):

        def told(share: float, before: int = number) -> None:
            content.told((before + share) / len(found))

        pairs.append(near_duplicates(pool.strings, pool.alphabet, seed=seed, threads=content.threads, told=told))
    return Near(found, pairs)


def forget() -> None:
    """Drop the answers that `near_sides` keeps, and the views with them."""
    _near.cache_clear()


@dataclass(frozen=True)
class Dependence:
    """Which examples depend on each other.

    Attributes:
        groups: Number of each row's component, from 0 in order of first appearance, shape (n,).
        identity: Least identity of near-duplicate sides that join two rows.
        largest: Share of the rows that are in the largest component, 0 to 1.
    """

    groups: Ints
    identity: float
    largest: float

    @property
    def count(self) -> int:
        """Number of components."""
        return int(self.groups.max()) + 1


def dependence(view: View) -> Dependence:
    """Components of rows that share the task's group, an equal normalised side (either side), or nearly equal sides.

    Near duplicates chain: where the largest component would hold more than half of the rows, the identity that joins is
    raised from 0.8 to 0.9 and then 0.95. Equal sides and the task's own groups always join.
    """
    near = near_sides(view)
    for identity in JOINING:
        groups = _components(view, near, identity)
        largest = float(np.bincount(groups).max()) / len(groups)
        if largest <= MOST:
            break
    return Dependence(groups, identity, largest)


def dependent_groups(view: View) -> Ints:
    """The component of each row as a number, shape (n,): what cross-validation must not divide (see `dependence`)."""
    return dependence(view).groups


def _components(view: View, near: Near, identity: float) -> Ints:
    """Rows, strings of each pool and groups are the nodes of one graph."""
    n = len(view)
    rows = np.arange(n)
    ends = [(rows, n + numbers(view.frame["group"].tolist()))]
    nodes = int(ends[0][1].max()) + 1
    for pool, pairs in zip(near.pools, near.pairs, strict=True):
        ends += [(rows[code >= 0], nodes + code[code >= 0]) for code in pool.code]
        close = pairs.at(identity)
        ends.append((nodes + close.first, nodes + close.second))
        nodes += len(pool.strings)
    one, other = (np.concatenate(parts) for parts in zip(*ends, strict=True))
    graph = sparse.coo_matrix((np.ones(len(one), dtype=bool), (one, other)), shape=(nodes, nodes))
    component = connected_components(graph, directed=False)[1][:n]
    return np.asarray(pd.factorize(component)[0], dtype=np.int64)
