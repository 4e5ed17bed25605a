"""What two splits still share: a BLAST more thorough than the one that made the clusters, and the rows to drop."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from exapt.builders.clusters import COVERAGE, EVALUE, IDENTITY, SEARCH_SPACE, Alphabet, hits_above
from exapt.builders.journal import Journal

# Contiguous words are other seeds than those of the clusters: on 150 letters of two genomes words of 9 and the seeds of
# the clusters together found all that words of 7 find. A word is as short as keeps the seeds that meet by chance, which
# are what costs time, below this many (7 for 40,000 sequences of 50 letters, 9 for 40,000 of 150).
_SEEDS = 1.5e8
_WORDS = range(7, 13)
_DNA = {
    "task": "blastn", "reward": "1", "penalty": "-1", "gapopen": "3", "gapextend": "2", "xdrop_gap": "20",
    "xdrop_gap_final": "30", "dust": "no", "strand": "both", "searchsp": str(SEARCH_SPACE),
}  # fmt: skip
_PROTEIN = {
    "task": "blastp", "matrix": "BLOSUM62", "word_size": "3", "threshold": "11", "gapopen": "11", "gapextend": "1",
    "seg": "no", "comp_based_stats": "0", "searchsp": str(SEARCH_SPACE),
}  # fmt: skip


def between(
    train: Sequence[str],
    test: Sequence[str],
    *,
    alphabet: Alphabet = "dna",
    coverage: float = COVERAGE,
    evalue: float = EVALUE,
    word_size: int | None = None,
    journal: Journal | None = None,
) -> dict[str, Any]:
    """The largest identity between two sets of sequences, by BLAST, over alignments that span enough to mean anything.

    Args:
        train: DNA or proteins, upper case.
        test: Likewise.
        alphabet: Which of the two; DNA is compared on both strands.
        coverage: Least share of the shorter sequence's letters that an alignment spans, 0 to 1.
        evalue: Largest E-value in a search space of `clusters.SEARCH_SPACE`.
        word_size: Letters of a seed of DNA, 4 or more: fewer find more and take longer. By the number of letters if
            None; proteins have words of 3 residues.
        journal: Takes the calls of BLAST.

    Returns:
        `identity` (0 to 1; None without a hit), `hits` (how many alignments there are), `word_size` (how thorough the
        search was), `coverage`, `evalue`, and of the hit with the largest identity, the longest of these: the numbers
        `train` and `test`, `length`, `strand` (of DNA).

    Raises:
        BadInput: If BLAST is missing or fails.
    """
    hits, options = _search(test, train, alphabet, coverage, evalue, word_size, "measuring splits", journal)
    told: dict[str, Any] = {
        "identity": None, "hits": len(hits), "word_size": int(options["word_size"]), "coverage": coverage,
        "evalue": evalue,
    }  # fmt: skip
    if hits.empty:
        return told
    best = hits.sort_values(
        ["identity", "length", "evalue", "query", "subject"], ascending=[False, False, True, True, True]
    ).iloc[0]
    told |= {
        name: int(best[column]) for name, column in (("train", "subject"), ("test", "query"), ("length", "length"))
    }
    told["identity"] = round(float(best["identity"]), 4)
    return told | ({"strand": "-" if best["sstart"] > best["send"] else "+"} if alphabet == "dna" else {})


@dataclass(frozen=True)
class Leaks:
    """What splits share.

    Attributes:
        drop: Which sequences have a relative in a later split, bool of shape (n,).
        hits: All alignments between splits, related or not: columns `earlier` and `later` (numbers of sequences),
            `identity`, `length`.
        word_size: How thorough the search was: letters of a seed.
        coverage: Least share of the shorter sequence's letters that an alignment spans.
        evalue: Largest E-value in a search space of `clusters.SEARCH_SPACE`.
    """

    drop: np.ndarray
    hits: pd.DataFrame
    word_size: int
    coverage: float
    evalue: float

    def largest(self, kept: np.ndarray) -> tuple[float, int] | None:
        """The largest identity between splits among some of the sequences, and the letters of its (longest) alignment.

        Args:
            kept: Bool, shape (n,).
        """
        hits = self.hits[kept[self.hits["earlier"].to_numpy(dtype=int)] & kept[self.hits["later"].to_numpy(dtype=int)]]
        if hits.empty:
            return None
        best = hits.sort_values(["identity", "length"]).iloc[-1]
        return float(best["identity"]), int(best["length"])

    def told(self, kept: np.ndarray, alphabet: Alphabet) -> str:
        """The same in a sentence."""
        largest = self.largest(kept)
        most = f"largest identity {largest[0]:.2f} (over {largest[1]} letters)" if largest else "no alignment"
        return (
            f"between splits ({alphabet}): {most}, by BLAST with words of {self.word_size}, alignments over at least "
            f"{self.coverage:g} of the shorter sequence, E <= {self.evalue:g} in {SEARCH_SPACE:,} places."
        )


def compared(splits: Sequence[Sequence[str]], sizes: Sequence[int], journal: Journal) -> str:
    """The largest identity between the DNA of splits that nobody has compared yet, in a sentence.

    Args:
        splits: Sequences of train, dev and test, or a sample of them; any may be empty.
        sizes: How many sequences each split has in all.
        journal: Takes the calls of BLAST.
    """
    if shutil.which("blastn") is None:
        return "between splits (dna): not measured, blastn is not installed."
    numbers = [len(texts) for texts in splits]
    split = np.repeat(np.arange(len(splits)), numbers)
    found = leaks([text for texts in splits for text in texts], split, journal=journal)
    told = found.told(np.ones(len(split), dtype=bool), "dna")
    if numbers == list(sizes):
        return told
    return (
        f"{told[:-1]}; of {' + '.join(f'{n:,}' for n in numbers)} sequences of {' + '.join(f'{n:,}' for n in sizes)}."
    )


def leaks(
    sequences: Sequence[str],
    split: np.ndarray,
    *,
    alphabet: Alphabet = "dna",
    identity: float = IDENTITY,
    coverage: float = COVERAGE,
    evalue: float = EVALUE,
    word_size: int | None = None,
    journal: Journal | None = None,
) -> Leaks:
    """Which sequences have a relative in a later split: what is to be dropped so that no two splits share a hit.

    The later split keeps its sequences; one that is itself dropped takes nothing with it.

    Args:
        sequences: DNA or proteins, upper case.
        split: Number of each one's split, shape (n,); a larger number is later.
        alphabet: DNA is compared on both strands.
        identity: Least share of equal columns of an alignment that counts, 0 to 1.
        coverage: Least share of the shorter sequence's letters that it spans, 0 to 1.
        evalue: Largest E-value in a search space of `clusters.SEARCH_SPACE`.
        word_size: Letters of a seed of DNA, 4 or more: fewer find more and take longer. By the number of letters if
            None; proteins have words of 3 residues.
        journal: Takes the calls of BLAST.

    Raises:
        BadInput: If BLAST is missing or fails.
    """
    numbers = np.unique(split)
    later = np.flatnonzero(split > numbers[0]) if len(numbers) else numbers
    earlier = np.flatnonzero(split < numbers[-1]) if len(numbers) else numbers
    queries, subjects = ([sequences[i] for i in rows.tolist()] for rows in (later, earlier))
    found, options = _search(queries, subjects, alphabet, coverage, evalue, word_size, "looking for leaks", journal)
    hits = pd.DataFrame({
        "earlier": earlier[found["subject"].to_numpy(dtype=int)], "later": later[found["query"].to_numpy(dtype=int)],
        "identity": found["identity"].to_numpy(dtype=float), "length": found["length"].to_numpy(dtype=int),
    })  # fmt: skip
    hits = hits[split[hits["later"]] > split[hits["earlier"]]].reset_index(drop=True)
    related = hits[hits["identity"] >= identity]
    keeps, loses = related["later"].to_numpy(dtype=int), related["earlier"].to_numpy(dtype=int)
    drop = np.zeros(len(sequences), dtype=bool)
    for number in numbers[:0:-1]:  # from the last: what it costs the middle one no longer counts against the first
        of = (split[keeps] == number) & ~drop[keeps]
        drop[loses[of]] = True
    return Leaks(drop, hits, int(options["word_size"]), coverage, evalue)


def _search(
    queries: Sequence[str],
    subjects: Sequence[str],
    alphabet: Alphabet,
    coverage: float,
    evalue: float,
    word_size: int | None,
    title: str,
    journal: Journal | None,
) -> tuple[pd.DataFrame, dict[str, str]]:
    word = word_size or _word(sum(map(len, queries)) + sum(map(len, subjects)))
    options = _DNA | {"word_size": str(word)} if alphabet == "dna" else _PROTEIN
    hits = hits_above(
        queries, subjects, options, alphabet=alphabet, coverage=coverage, evalue=evalue, title=title, journal=journal
    )
    return hits, options


def _word(letters: int) -> int:
    """Letters of the shortest affordable word: halves of these letters meet on two strands by chance once in 4^word."""
    meetings = 2 * (letters / 2) ** 2
    needed = math.ceil(math.log(max(1.0, meetings / _SEEDS), 4))
    return min(max(needed, _WORDS[0]), _WORDS[-1])
