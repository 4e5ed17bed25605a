"""How rings of `paws_synth` are laid out: two frames, and the orders in which persons fill their slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from exapt.tasks.paws_frames import Frame

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """How a ring of pairs is made from two frames: the orders in which the persons fill their slots.

    Attributes:
        left: Frame of the left sides.
        right: Frame of the right sides.
        fills: One filling for each left side.
        same: Person number of each right slot, counted in left slots, so that the right side says the same.
        other: The same for a negative: some persons change roles.
    """

    left: Frame
    right: Frame
    fills: tuple[Order, ...]
    same: Order
    other: Order


def designs(left: Frame, right: Frame) -> Iterator[Design]:
    """All designs of two frames with rings of two or three pairs a label."""
    if (left.family, left.adjuncts) != (right.family, right.adjuncts) or Counter(left.roles) != Counter(right.roles):
        return
    slots = range(len(left.roles))
    same: list[Order] = []
    other: list[Order] = []
    for order in permutations(slots):
        if left.text == right.text and order == tuple(slots):
            continue
        keeps = all(left.roles[order[s]] == right.roles[s] for s in slots)
        (same if keeps else other).append(order)
    for one in same:
        for two in other:
            fills = ring_fills(one, two)
            if len(fills) <= 3:
                yield Design(left, right, fills, one, two)


def swaps(design: Design) -> int:
    """The least number of exchanges of two persons' roles that lead from what a left side says to its negative.

    It is the number of persons less the number of cycles of the permutation of roles (Cayley); where two persons have
    one role (two agents of a verb), of the permutation with the most cycles.
    """
    persons = range(len(design.other))
    role = dict(zip(design.other, design.right.roles, strict=True))  # of each person in the negative
    fitting = (p for p in permutations(persons) if all(design.left.roles[p[k]] == role[k] for k in persons))
    return min(len(persons) - _cycles(p) for p in fitting)


def _cycles(order: Order) -> int:
    left, count = set(range(len(order))), 0
    while left:
        count += 1
        at = left.pop()
        while order[at] in left:
            at = order[at]
            left.remove(at)
    return count


def ring_fills(same: Order, other: Order) -> tuple[Order, ...]:
    """Left fillings such that the negative of each has the right side that is the positive of the next."""
    inverse = {person: slot for slot, person in enumerate(same)}
    # the next filling, read through `same`, must equal this one read through `other`
    step = tuple(other[inverse[slot]] for slot in range(len(same)))
    fills: list[Order] = []
    fill = tuple(range(len(same)))
    while fill not in fills:
        fills.append(fill)
        fill = tuple(fill[s] for s in step)
    return tuple(fills)
