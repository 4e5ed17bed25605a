"""Flaws between a tokenizer and a task: what is erased, cut, read in crumbs, never trained, or taken for padding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from exapt.audit.selftest.bases import BASES, sentences
from exapt.audit.selftest.flaw import Flaw, Planted
from exapt.audit.selftest.rows import Base, Change, Kind, changed, some
from exapt.audit.selftest.vocabulary import KMER, Vocabulary, vocabulary_of
from exapt.builders.evolve import coding_windows, texts_of

_GREEK = str.maketrans("abcdefghijklmnopqrstuvwxyz", "αβψδεφγηιξκλμνοπθρστυωχζςέ")
WRAP = 60  # letters of a line of FASTA
_MIX = 1.15  # characters per token: just below 1.2


def _in_some(change: Callable[[Kind], Change]) -> Callable[..., Planted]:
    """A share of all rows is changed, whatever their label; the tokenizer is the clean base's."""

    def plant(base: Base, share: float, rng: np.random.Generator) -> Planted:
        rows = some(np.arange(len(base)), share, rng)
        return Planted(changed(base, rows, change(base.kind), rng), vocabulary=vocabulary_of(base))

    return plant


def _foreign(kind: Kind) -> Change:
    """Another script; DNA that was not cut to its window is a word of more than 100 letters."""
    if kind == "text":
        return lambda a, b, rng: (a, b.translate(_GREEK))
    return lambda a, b, rng: (texts_of(coding_windows(1, 140, rng))[0], b)


def _long(times: int) -> Callable[[Kind], Change]:
    """A paragraph for a sentence, a whole gene in lines of 60 letters for a window of it."""

    def change(kind: Kind) -> Change:
        if kind == "text":
            return lambda a, b, rng: (" ".join([a, *sentences(6 * times, rng)]), b)
        return lambda a, b, rng: (_lines(a + texts_of(coding_windows(1, 480 * times, rng))[0]), b)

    return change


def _lines(dna: str) -> str:
    return "\n".join(dna[i : i + WRAP] for i in range(0, len(dna), WRAP))


def _soft_masked(kind: Kind) -> Change:
    return lambda a, b, rng: (a.lower(), b)


def _padded(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """Texts were saved with their padding; a gap is the pad token of an aligned alphabet."""
    rows = some(np.arange(len(base)), share, rng)
    vocabulary = vocabulary_of(base)
    if base.kind == "text":
        return Planted(changed(base, rows, lambda a, b, rng: (a, f"{b} [PAD] [PAD]"), rng), vocabulary=vocabulary)
    gapped = changed(base, rows, lambda a, b, rng: (f"{a[:40]}---{a[43:]}", b), rng)
    return Planted(gapped, vocabulary=replace(vocabulary, pad="-"))


def _in_crumbs(base: Base, strong: bool, rng: np.random.Generator) -> Planted:
    """Text that the vocabulary hardly knows; DNA in long words on one side and in letters on the other."""
    if base.kind == "text":
        return Planted(base, vocabulary=Vocabulary(() if strong else _few_words(base)))
    if base.kind == "coding":
        return Planted(base, vocabulary=Vocabulary(kmer=6 if strong else 5))
    rows = some(np.arange(len(base)), 1.0 if strong else 0.65, rng)
    return Planted(changed(base, rows, lambda a, b, rng: (a, b.lower()), rng), vocabulary=Vocabulary(kmer=6))


def _few_words(base: Base) -> tuple[str, ...]:
    """Words that make 1.15 characters of a token, the most frequent first."""
    uses = _uses(base)
    letters = sum(len(word) * count for word, count in uses.items())
    room = letters - letters / _MIX  # tokens that whole words save
    known = []
    for word, count in uses.most_common():
        if (len(word) - 1) * count <= room:
            known.append(word)
            room -= (len(word) - 1) * count
    return tuple(known)


def _uses(base: Base) -> Counter[str]:
    """How often each piece is used: words of texts, k-mers of DNA after each side's first, residues."""
    k = KMER[base.kind]
    texts = [text for side in ("left", "right") for text in base.frame[side]]
    if base.kind == "text":
        return Counter(word for text in texts for word in text.split())
    # all k-mers of DNA; a protein is counted in letters
    dna = texts if base.kind == "dna" else base.frame["left"].tolist()
    found = Counter(f"##{text[i : i + k]}" for text in dna for i in range(k, len(text) - k + 1, k))
    if base.kind == "coding":
        found += Counter(f"##{letter}" for text in base.frame["right"] for letter in text[1:])
    return found


def _never_trained(base: Base, share: float, rng: np.random.Generator) -> Planted:
    """Pieces that make up a share of what is read were added to the vocabulary after pretraining."""
    uses = _uses(base)
    room = share * sum(uses.values())
    fresh = []
    for piece in rng.permutation(sorted(uses)).tolist():
        # the DNA of coding pairs only: a residue more or less would be too coarse
        if uses[piece] <= room and (base.kind == "text" or len(piece) > 3):
            fresh.append(piece)
            room -= uses[piece]
    return Planted(base, vocabulary=replace(vocabulary_of(base), untrained=tuple(fresh)))


def _unshared(base: Base, strong: bool, rng: np.random.Generator) -> Planted:
    """The source is of another kind, or (weak) so small or one-sided that most of what is read is news."""
    if strong:
        source = BASES["dna" if base.kind == "text" else "text"](rng, rows=400)
    elif base.kind == "coding":
        source = BASES["dna"](rng, rows=400)
        source = changed(source, np.arange(len(source)), lambda a, b, rng: (a[:90], b[:90]), rng)
    else:
        source = _small(base, rng)
    return Planted(base, source, vocabulary_of(base))


def _small(base: Base, rng: np.random.Generator) -> Base:
    """Rows of the same kind, as many as share just under half of what the base uses."""
    uses, large = _uses(base), BASES[base.kind](rng, rows=400)
    total, known = sum(uses.values()), set()
    for rows in range(1, len(large) + 1):
        known |= set(_uses(Base(base.kind, large.frame.iloc[rows - 1 : rows])))
        if sum(uses[piece] for piece in known) > 0.48 * total:
            break
    return Base(base.kind, large.frame.iloc[: max(rows - 1, 1)].reset_index(drop=True))


def _by_strength(
    plant: Callable[[Base, bool, np.random.Generator], Planted],
) -> Callable[[Base, float, np.random.Generator], Planted]:
    """A flaw of all rows, which has two forms instead of two shares."""
    return lambda base, share, rng: plant(base, share >= 1, rng)


_ALL_ROWS = "a number of the whole task, which 2% of the rows hardly move; the weak form is just past the threshold"
TOKENS = (
    Flaw("unknown tokens", "sides in another script, or DNA in words of over 100 letters", _in_some(_foreign)),
    Flaw("truncation", "paragraphs among sentences, whole genes among windows", _in_some(_long(1))),
    Flaw(
        "characters per token", "the vocabulary is of another language; one side is read in letters",
        _by_strength(_in_crumbs), weak=0.5, strong=1.0, of="form", why=_ALL_ROWS,
    ),
    Flaw("effective letters", "very long sides, of which the model sees the beginning", _in_some(_long(4))),
    Flaw(
        "shared tokens", "the source is another language, or far too small", _by_strength(_unshared), weak=0.5,
        strong=1.0, of="form", why=_ALL_ROWS,
    ),
    Flaw(
        "trained embeddings", "words were added to the vocabulary after pretraining", _never_trained, weak=0.06,
        strong=0.20, of="tokens read", why="promised above 5% of what is read",
    ),
    Flaw("padding invariance", "the pad token stands in the texts", _padded),
    Flaw(
        "case sensitivity", "soft-masked DNA, read by a tokenizer with capitals", _in_some(_soft_masked),
        bases=("dna", "coding"), why="the case of text may carry meaning: it never alarms",
    ),
)  # fmt: skip
