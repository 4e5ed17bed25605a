"""Schemes of `paws_synth` with a set number of swapped roles and of clauses."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from itertools import permutations, product

import numpy as np

from exapt.tasks.grammar import part, pick
from exapt.tasks.paws_designs import Design, Order, ring_fills, swaps
from exapt.tasks.paws_frames import Frame, places, three_clauses, three_of_each
from exapt.tasks.paws_rings import KINDS, Scheme, promising, schemes
from exapt.tasks.task import Split

Proposal = tuple[Frame, Frame, Order, Order]  # left, right, person of each right slot, and how a negative moves persons

_WANTED = 40
_TRIES = 60_000
_VOICES = ("active", "passive")
_KINDS = KINDS[:2]  # six persons "from town" would make a sentence of fifty words
_SIX = tuple(permutations(range(6)))


@cache
def ladder_schemes(split: Split, clauses: int | None, swapped: int) -> dict[str, tuple[tuple[Scheme, ...], ...]]:
    """By family: groups of schemes (see `exapt.tasks.paws_rings.schemes`) of one step of a ladder.

    Args:
        split: Whose words and forms.
        clauses: Clauses of a sentence, 1 to 3; None for one clause with three agents and three patients, the only kind
            of sentence that has room for three swaps and for one.
        swapped: Swaps of a negative (see `exapt.tasks.paws_designs.swaps`), 1 to 3, or 1 to 2 with `clauses`.
    """
    if clauses is None:
        return {"three of each": _drawn(split, swapped, _of_each)}
    if clauses == 3:
        return {"three clauses": _drawn(split, swapped, _of_clauses)}
    kept = {}
    for family, groups in schemes(split).items():
        own = [tuple(s for s in group if _clauses(s) == clauses and swaps(s.design) == swapped) for group in groups]
        if any(own):
            kept[family] = tuple(filter(None, own))
    return kept


def _clauses(scheme: Scheme) -> int:
    return len({role[0] for role in scheme.design.left.roles})


def _drawn(
    split: Split, swapped: int, propose: Callable[[Split, int, np.random.Generator], Proposal]
) -> tuple[tuple[Scheme, ...], ...]:
    """With six persons there are too many schemes to try them all, so they are drawn, always the same ones."""
    rng = np.random.default_rng([zlib.crc32(split.encode()), swapped])
    seen: set[tuple[str, str, Order, Order, str]] = set()
    good: list[tuple[Scheme, ...]] = []
    for _ in range(_TRIES):
        left, right, same, step = propose(split, swapped, rng)
        kind = pick(rng, _KINDS)
        key = (left.text, right.text, same, step, kind)
        if left.adjuncts != right.adjuncts or key in seen:
            continue
        seen.add(key)
        other = tuple(step[person] for person in same)
        scheme = Scheme(Design(left, right, ring_fills(same, other), same, other), kind)
        if promising(scheme, part(split), rng):
            good.append((scheme,))
            if len(good) == _WANTED:
                break
    return tuple(good)


def _of_each(split: Split, swapped: int, rng: np.random.Generator) -> Proposal:
    left, right = (three_of_each(split, pick(rng, _VOICES), pick(rng, places(split))) for _ in "lr")
    first, second = rng.permutation(3).tolist(), (rng.permutation(3) + 3).tolist()
    same = first + second if left.roles == right.roles else second + first
    return left, right, tuple(same), pick(rng, _MIXING[swapped])


def _of_clauses(split: Split, swapped: int, rng: np.random.Generator) -> Proposal:
    left, right = (
        three_clauses(split, pick(rng, orders), pick(rng, _THRICE), pick(rng, places(split)))
        for orders in (("vwx",), _ORDERS)  # the verbs' letters mean nothing: the left side's order may be fixed
    )
    return left, right, tuple(left.roles.index(role) for role in right.roles), pick(rng, _EXCHANGES[swapped])


def _order(moved: Order) -> int:
    """After how many times a permutation is back."""
    here, count = moved, 1
    while here != tuple(range(len(moved))):
        here, count = tuple(moved[k] for k in here), count + 1
    return count


_THRICE = tuple(product(_VOICES, repeat=3))
_ORDERS = tuple("".join(order) for order in permutations("vwx"))
# rings stay at two or three pairs a label: that many times a step is taken until it is back
_MIXING = {k: tuple(p for p in _SIX if _order(p) in (2, 3) and sum(q > 2 for q in p[:3]) == k) for k in (1, 2, 3)}
_EXCHANGES = {k: tuple(p for p in _SIX if _order(p) == 2 and sum(p[q] != q for q in p) == 2 * k) for k in (1, 2)}
