"""Shortcuts that one side, its form or its place gives away: a mark that rows of one class carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from exapt.audit.selftest.flaw import Flaw, Planted
from exapt.audit.selftest.flaws_labels import to_the_end
from exapt.audit.selftest.rows import Base, Change, Kind, changed, some
from exapt.sequences import genetic_code

# a mark that a share s of one class carries and none of the other has an AUROC of (1 + s) / 2
WEAK, STRONG = 0.12, 0.40
ADAPTER = "AGATCGGAAGAGC"  # with which Illumina's reads go on behind a short insert
CUT = 60  # letters of a database field


def marked(changes: Mapping[Kind, Change], positive: bool = True) -> Callable[..., Planted]:
    """A share of one class is changed as its kind of base says."""

    def plant(base: Base, share: float, rng: np.random.Generator) -> Planted:
        return Planted(changed(base, some(base.of("positive", positive), share, rng), changes[base.kind], rng))

    return plant


def mark(check: str, story: str, changes: Mapping[Kind, Change], *, positive: bool = True, why: str = "") -> Flaw:
    """A shortcut of AUROC 0.56 and 0.70."""
    of = "positives" if positive else "negatives"
    return Flaw(check, story, marked(changes, positive), WEAK, STRONG, of, tuple(changes), why)


def _with_word(text: str, rng: np.random.Generator) -> str:
    words = text.split(" ")
    words.insert(int(rng.integers(1, len(words))), "reportedly")
    return " ".join(words)


def recoded(dna: str) -> str:
    """The same protein in the synonymous codons that hold most G and C."""
    code = genetic_code(11).residues
    best = {residue: max((c for c in code if code[c] == residue), key=_gc) for residue in set(code.values())}
    return "".join(best[code[dna[i : i + 3]]] for i in range(0, len(dna) - 2, 3)) + dna[len(dna) // 3 * 3 :]


def _gc(codon: str) -> tuple[int, str]:
    return codon.count("G") + codon.count("C"), codon


def _rich(length: int, rng: np.random.Generator) -> str:
    return "".join(rng.choice(list("ACGT"), length, p=(0.1, 0.4, 0.4, 0.1)))


def _placed(text: str, place: int, piece: str) -> str:
    return text[:place] + piece + text[place + len(piece) :]


def _repeats(a: str, b: str, rng: np.random.Generator) -> tuple[str, str]:
    one, other = (_placed(text, int(rng.integers(len(text) - 24)), "CA" * 12) for text in (a, b))
    return one, other


def _glutamines(a: str, b: str, rng: np.random.Generator) -> tuple[str, str]:
    codon = int(rng.integers(len(a) // 3 - 10))
    return _placed(a, 3 * codon, "CAG" * 10), _placed(b, int(rng.integers(len(b) - 10)), "Q" * 10)


def _late(base: Base, share: float, rng: np.random.Generator) -> Planted:
    return Planted(to_the_end(base, share * float(base.frame["positive"].mean()), rng))


MARKS = (
    mark(
        "left only", "one class has a word, or an adapter's remains, on its left", {
            "text": lambda a, b, rng: (_with_word(a, rng), b),
            "dna": lambda a, b, rng: (_placed(a, 0, ADAPTER), b),
            "coding": lambda a, b, rng: (_placed(a, 0, ADAPTER), b),
        },
    ),
    mark(
        "right only", "one class has a word, an adapter or a His-tag on its right", {
            "text": lambda a, b, rng: (a, _with_word(b, rng)),
            "dna": lambda a, b, rng: (a, _placed(b, 0, ADAPTER)),
            "coding": lambda a, b, rng: (a, _placed(b, 0, "MGSSHHHHHH")),
        },
    ),
    mark(
        "lengths", "one class was cut at a field's width, or trimmed", {
            "text": lambda a, b, rng: (a, b[:CUT].rstrip()),
            "dna": lambda a, b, rng: (a, b[:-6]),
            "coding": lambda a, b, rng: (a, b[:-4]),
        },
    ),
    mark(
        "characters present", "a space at the end, soft-masked letters, a stop sign in one class", {
            "text": lambda a, b, rng: (a, b + " "),
            "dna": lambda a, b, rng: (a, b[:70] + b[70:].lower()),
            "coding": lambda a, b, rng: (a, b + "*"),
        },
    ),
    mark(
        "composition", "one class has scanned text (i read as l), GC-rich DNA, optimised codons", {
            "text": lambda a, b, rng: (a.replace("i", "l"), b),
            "dna": lambda a, b, rng: (_rich(len(a), rng), b),
            "coding": lambda a, b, rng: (recoded(a), b),
        },
    ),
    mark(
        "k-mer bags", "one class was drawn from one topic, or from repeats", {
            "text": lambda a, b, rng: (f"{a} in the cup final", f"{b} in the cup final"),
            "dna": _repeats, "coding": _glutamines,
        },
    ),
    mark(
        "start codon", "one class was cut at the start of genes", {
            "dna": lambda a, b, rng: ("ATG" + a[3:], b), "coding": lambda a, b, rng: ("ATG" + a[3:], b),
        },
        why="text has no codons",
    ),
    Flaw(
        "position", "the last positives of each file were added later", _late, WEAK, STRONG, "positives",
    ),
)  # fmt: skip
