"""Random sequences of the same composition: of pairs of neighbours (Euler walks), or of letters or codons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def shuffle_pairs(texts: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Shuffle each text such that its pairs of neighbouring letters stay, each as often as it was.

    Letters are the vertices and pairs the edges of a graph, in which a text is an Euler walk (Altschul and Erickson
    1985, Mol. Biol. Evol. 2:526). The edges by which the letters are left for the last time form a tree that leads
    to the last letter: a uniformly random tree, with the other edges in random order, makes all walks equally likely.
    The tree is drawn by Wilson's algorithm (Propp and Wilson 1998, J. Algorithms 27:170), without rejection.

    Args:
        texts: ASCII texts of one letter or more.
        rng: Decides the walks.

    Returns:
        A walk for each text, uniform over all distinct texts with the same pairs: same length, first and last letter.
    """
    if not texts:
        return []
    size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    letters, number = np.unique(np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8), return_inverse=True)
    owner = np.repeat(np.arange(len(texts)), size)
    source = np.flatnonzero(owner[1:] == owner[:-1])
    kinds = len(letters)
    vertex = owner[source] * kinds + number[source]
    order = np.argsort(vertex, kind="stable")
    vertex, target = vertex[order], (owner[source] * kinds + number[source + 1])[order]
    count = np.bincount(vertex, minlength=len(texts) * kinds)
    begins = np.cumsum(size) - size
    roots = np.arange(len(texts)) * kinds + number[begins + size - 1]
    last = _trees(roots, target, count, kinds, rng)
    key = rng.random(len(vertex))
    key[last[last >= 0]] = 2  # after all others of its vertex
    target = target[np.lexsort((key, vertex))]

    walk = np.empty(len(owner), dtype=np.int64)
    at = np.arange(len(texts)) * kinds + number[begins]
    walk[begins] = number[begins]
    pointer = np.cumsum(count) - count
    active = np.arange(len(texts))
    for step in range(1, int(size.max())):
        keep = size[active] > step
        active, at = active[keep], at[keep]
        edge = pointer[at]
        pointer[at] += 1
        at = target[edge]
        walk[begins[active] + step] = at % kinds
    return _texts(letters[walk], size)


def _trees(roots: Ints, target: Ints, count: Ints, kinds: int, rng: np.random.Generator) -> Ints:
    """A random tree towards the root in each graph: for each vertex the edge that leads on, -1 for roots and no vertex.

    Args:
        roots: The root of each graph; vertices are numbered graph by graph, `kinds` to a graph.
        target: Vertex at the end of each edge, edges in the order of the vertex they leave.
        count: Number of edges that leave each vertex.
        kinds: Vertices of a graph.
        rng: Decides the walks.
    """
    first = np.cumsum(count) - count
    last = np.full(len(count), -1, dtype=np.int64)
    reached = count == 0
    reached[roots] = True
    for letter in range(kinds):
        begin = np.arange(letter, len(count), kinds)
        begin = begin[~reached[begin]]
        at = begin
        while len(at):  # a later visit overwrites the edge of an earlier one: loops are erased
            edge = first[at] + rng.integers(count[at])
            last[at] = edge
            at = target[edge]
            at = at[~reached[at]]
        at = begin
        while len(at):
            reached[at] = True
            at = target[last[at]]
            at = at[~reached[at]]
    return last


def shuffle_units(texts: Sequence[str], unit: int, rng: np.random.Generator) -> list[str]:
    """Shuffle the letters (`unit` = 1) or codons (`unit` = 3) of each text, all orders equally likely.

    Args:
        texts: ASCII texts, of lengths that `unit` divides.
        unit: Letters that stay together.
        rng: Decides the orders.
    """
    size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    letters = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8).reshape(-1, unit)
    owner = np.repeat(np.arange(len(texts)), size // unit)
    return _texts(letters[np.lexsort((rng.random(len(owner)), owner))].ravel(), size)


def _texts(letters: npt.NDArray[np.uint8], size: Ints) -> list[str]:
    whole = letters.tobytes().decode("ascii")
    ends = np.cumsum(size)
    return [whole[begin:end] for begin, end in zip((ends - size).tolist(), ends.tolist(), strict=True)]
