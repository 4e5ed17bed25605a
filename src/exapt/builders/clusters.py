"""Homology clusters: sequences joined by chains of BLAST hits, so that a split between clusters parts no relatives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd

from exapt.builders.blast import Program, search
from exapt.builders.journal import Journal
from exapt.sequences import reverse_complement

Alphabet = Literal["dna", "protein"]

# The bar: a hit counts with this identity over its alignment, this share of the shorter sequence inside it, and this
# E-value in a set search space. A set space makes the bar one score, 33 bits, whatever the number of sequences: for DNA
# matches less mismatches must reach about 20 (50 letters at 70%, 25 at 90%), for proteins a score of about 75. Of two
# random sequences of 50 letters one pair in five million gets there, so 40,000 do not clot by chance.
IDENTITY, COVERAGE, EVALUE, SEARCH_SPACE = 0.7, 0.5, 1e-3, 10_000_000

_SCORES = {"reward": "1", "penalty": "-1", "gapopen": "3", "gapextend": "2"}  # made for 75% identity
_BAR = {"searchsp": str(SEARCH_SPACE)}
# To find the bulk at a tenth of the cost of words of 7: 11 matches among 18 letters, one seed enough (window_size 0).
# The drop-offs are those that still cross gaps but do not fill the whole matrix.
_DNA = {
    "task": "dc-megablast", "word_size": "11", "template_type": "coding", "template_length": "18", "window_size": "0",
    **_SCORES, "xdrop_gap": "20", "xdrop_gap_final": "30", "dust": "no", "strand": "both", **_BAR,
}  # fmt: skip
_PROTEIN = {
    "task": "blastp", "matrix": "BLOSUM62", "word_size": "3", "threshold": "14", "gapopen": "11", "gapextend": "1",
    "seg": "no", "comp_based_stats": "0", **_BAR,
}  # fmt: skip
SHORT = 100  # letters; sequences below it have so few places for a seed that both templates are worth their time
_FEW, _PARTS = 5_000, 4  # fewer sequences than this are searched at once, others in so many parts
CLUSTERS: dict[str, Any] = {
    "identity": IDENTITY, "coverage": COVERAGE, "evalue": EVALUE, "dna": _DNA, "protein": _PROTEIN,
    "template_type of shorter DNA": [SHORT, "coding_and_optimal"], "searched at once": _FEW, "parts": _PARTS,
}  # fmt: skip


def cluster(
    sequences: Sequence[str],
    *,
    alphabet: Alphabet = "dna",
    identity: float = IDENTITY,
    coverage: float = COVERAGE,
    evalue: float = EVALUE,
    journal: Journal | None = None,
) -> np.ndarray:
    """Connected components of homology hits, DNA on both strands; equal sequences are always together.

    Discontiguous seeds (Ma, Tromp and Li 2002, PatternHunter) find what they find: in E. coli against Salmonella
    0.98 (50 letters) and 0.99 (150 letters) of the pairs above the bar that words of 7 letters find, 0.85 to 0.95 of
    those at 70 to 75% identity. `leaks` looks for the rest once units are dealt.

    Args:
        sequences: DNA or proteins, upper case.
        alphabet: Which of the two.
        identity: Least share of equal columns of an alignment, 0 to 1.
        coverage: Least share of the shorter sequence's letters that an alignment spans, 0 to 1.
        evalue: Largest E-value in a search space of `SEARCH_SPACE`.
        journal: Takes the calls of BLAST.

    Returns:
        Number of each sequence's cluster, from 0 in order of first appearance; shape (n,).

    Raises:
        BadInput: If BLAST is missing or fails.
    """
    which, distinct = pd.factorize(np.array(_one_way(sequences, alphabet), dtype=object))
    options = dict(_DNA if alphabet == "dna" else _PROTEIN)
    if alphabet == "dna" and len(distinct) and np.median([len(s) for s in distinct]) < SHORT:
        options["template_type"] = "coding_and_optimal"
    # each part against itself and those before it: every pair is met once or twice, not always twice
    ends = np.linspace(0, len(distinct), 2 if len(distinct) < _FEW else _PARTS + 1).astype(int).tolist()
    edges = []
    for begin, end in pairwise(ends):
        hits = hits_above(
            list(distinct[begin:end]), list(distinct[:end]), options, alphabet=alphabet, coverage=coverage,
            evalue=evalue, title="clustering", journal=journal,
        )  # fmt: skip
        edges.append(hits.loc[hits["identity"] >= identity, ["query", "subject"]] + np.array([begin, 0]))
    left, right = pd.concat(edges).to_numpy(dtype=int).T
    found = components(len(distinct), left, right)
    return pd.factorize(found[which])[0]


def hits_above(
    queries: Sequence[str],
    subjects: Sequence[str],
    options: dict[str, str],
    *,
    alphabet: Alphabet,
    coverage: float,
    evalue: float,
    title: str,
    journal: Journal | None,
) -> pd.DataFrame:
    """Hits that span enough of the shorter sequence.

    Returns:
        Columns `query`, `subject`, `length`, `nident`, `evalue`, `qstart`, `qend`, `sstart`, `send` and `identity`.
    """
    program: Program = "blastn" if alphabet == "dna" else "blastp"
    columns = ["length", "nident", "evalue", "qstart", "qend", "sstart", "send"]
    asked = {**options, "evalue": f"{evalue:g}"}
    hits = search(queries, subjects, asked, columns, title, program=program, journal=journal)
    hits["identity"] = hits["nident"] / hits["length"]
    letters = [np.array([len(s) for s in side], dtype=int) for side in (queries, subjects)]
    of_query, of_subject = (
        letters[0][hits["query"].to_numpy(dtype=int)],
        letters[1][hits["subject"].to_numpy(dtype=int)],
    )
    span_query = (hits["qend"] - hits["qstart"]).abs().to_numpy(dtype=int) + 1
    span_subject = (hits["send"] - hits["sstart"]).abs().to_numpy(dtype=int) + 1
    shorter = np.minimum(of_query, of_subject)
    # of two equally long sequences either may be spanned
    spanned = np.maximum(np.where(of_query == shorter, span_query, 0), np.where(of_subject == shorter, span_subject, 0))
    wide: pd.DataFrame = hits[spanned >= coverage * shorter].reset_index(drop=True)
    return wide


def components(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Connected components of a graph, by hooking and pointer jumping (Shiloach and Vishkin 1982).

    Args:
        n: Number of nodes.
        left: One end of each edge, shape (m,).
        right: The other end.

    Returns:
        The least node of each node's component, shape (n,).
    """
    parent = np.arange(n)
    while len(left):
        a, b = parent[left], parent[right]
        apart = a != b
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above
    return parent


def _one_way(sequences: Sequence[str], alphabet: Alphabet) -> list[str]:
    """Each sequence in that of its directions which comes first in the alphabet; proteins have one."""
    return [min(s, reverse_complement(s)) for s in sequences] if alphabet == "dna" else list(sequences)
