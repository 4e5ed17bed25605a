"""Clean tasks from real data, made anew from each seed: sentences, windows of two genomes, coding sequences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from exapt.audit.duplicates import near_duplicates
from exapt.audit.selftest.bases import DNA, GENE, coding_from
from exapt.audit.selftest.rows import Base, Kind, swap_blocks
from exapt.audit.view import Alphabet
from exapt.builders.annotated import read_annotated
from exapt.builders.coding import coding_sequences
from exapt.builders.genomes import read_genome
from exapt.errors import BadInput
from exapt.sequences import translate

SENTENCES = "pawsx/train_12k.en.tsv"
GENOMES = ("genomes/ecoli_k12_mg1655.gbff.gz", "genomes/salmonella_lt2.fna.gz")
APART = 0.7  # no two sides are so alike; the audit calls 0.8 a near duplicate
WORD = 8  # residues; chance makes a few dozen such words twice in a genome
_SPARE = 1.3  # times as many are drawn, since some are too alike
_PLAIN = re.compile("[ACGT]+")


def check_data(data_dir: Path) -> None:
    """Refuse a folder that lacks a file.

    Raises:
        BadInput: Naming the first file that is not there.
    """
    for name in (SENTENCES, *GENOMES):
        if not (data_dir / name).is_file():
            raise BadInput(f"data_dir: {data_dir / name} is not there; give another data_dir=, or none at all.")


def real(kind: Kind, data_dir: Path, rows: int, source: int, rng: np.random.Generator) -> tuple[Base, Base]:
    """A clean task of real sides, its labels drawn, and a source that shares no side with it.

    Args:
        kind: Sentences of PAWS-X; windows of E. coli against windows of Salmonella; windows of coding sequences of
            E. coli against windows of their proteins.
        data_dir: Folder of the data.
        rows: Of the task, a multiple of 4.
        source: Rows of the source, a multiple of 4.
        rng: Draws.
    """
    return _MADE[kind](data_dir, rows, source, rng)


def apart(texts: Sequence[str], alphabet: Alphabet) -> list[str]:
    """The texts without those that are like an earlier one."""
    different = list(dict.fromkeys(texts))
    like = set(near_duplicates(different, alphabet, identity=APART).second.tolist())
    return [text for number, text in enumerate(different) if number not in like]


@lru_cache(maxsize=1)
def _sentences(data_dir: Path) -> list[str]:
    frame = pd.read_csv(data_dir / SENTENCES, sep="\t", quoting=3, dtype=str, keep_default_na=False)
    return apart([text for text in frame["sentence1"] if text.strip()], "text")


@lru_cache(maxsize=2)
def _letters(file: Path) -> str:
    return max(read_genome(file).sequences, key=len)


@lru_cache(maxsize=1)
def _genes(file: Path) -> list[str]:
    """Coding sequences without those that share eight residues in a row with an earlier one.

    A genome has genes twice. Windows of two copies at different places are unlike as a whole, but the sides that are
    cut from them may be alike; the audit finds that, and is right to.
    """
    found, _ = coding_sequences(read_annotated(file))
    kept, known = [], set[str]()
    for one in found:
        words = {one.protein[i : i + WORD] for i in range(len(one.protein) - WORD + 1)}
        if len(one.protein) > GENE and _PLAIN.fullmatch(one.dna) and not words & known:
            kept.append(one.dna)
            known |= words
    return kept


def _text(data_dir: Path, rows: int, source: int, rng: np.random.Generator) -> tuple[Base, Base]:
    pool = _sentences(data_dir)
    drawn = [pool[i] for i in rng.choice(len(pool), rows + source, replace=False)]
    made = []
    for part in (drawn[:rows], drawn[rows:]):
        half = len(part) // 2
        made.append(Base("text", swap_blocks(part[:half], part[half:], rng)))
    return made[0], made[1]


def _dna(data_dir: Path, rows: int, source: int, rng: np.random.Generator) -> tuple[Base, Base]:
    sides, wanted = [], (rows + source) // 2
    for name in GENOMES:
        genome = _letters(data_dir / name)
        starts = rng.integers(len(genome) - DNA, size=round(_SPARE * wanted))
        sides.append([window for start in starts if _PLAIN.fullmatch(window := genome[start : start + DNA])])
    kept = set(apart([*sides[0], *sides[1]], "dna"))
    left, right = ([window for window in dict.fromkeys(side) if window in kept][:wanted] for side in sides)
    half = rows // 2
    return (
        Base("dna", swap_blocks(left[:half], right[:half], rng)),
        Base("dna", swap_blocks(left[half:], right[half:], rng)),
    )


def _coding(data_dir: Path, rows: int, source: int, rng: np.random.Generator) -> tuple[Base, Base]:
    pool = _genes(data_dir / GENOMES[0])
    wanted = (rows + source) // 4
    drawn = []
    for number in rng.choice(len(pool), min(len(pool), round(_SPARE * wanted)), replace=False):
        gene = pool[number]
        start = 3 * int(rng.integers(len(gene) // 3 - GENE + 1))
        drawn.append(gene[start : start + 3 * GENE])
    genes = [gene for gene in apart(drawn, "dna") if "*" not in translate(gene)][:wanted]
    return coding_from(genes[: rows // 4], rng), coding_from(genes[rows // 4 :], rng)


_MADE: Mapping[Kind, Callable[[Path, int, int, np.random.Generator], tuple[Base, Base]]] = {
    "text": _text, "dna": _dna, "coding": _coding,
}  # fmt: skip
