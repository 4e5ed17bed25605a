"""Windows of query genomes: of whole records, of coding sequences or of transcripts, with the place of every letter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from exapt.builders.annotated import read_annotated
from exapt.builders.annotation import MRNA, Annotated, places
from exapt.builders.coding import coding_sequences
from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.genomes import Genome, joined, read_genome
from exapt.builders.loci import tile
from exapt.errors import BadInput
from exapt.sequences import DNA

_AMBIGUOUS = re.compile(f"[^{DNA}]")


@dataclass(frozen=True)
class Stretch:
    """Letters that are read one after the other: a record, or what a gene is spliced to.

    Attributes:
        gene: Name of the gene; None for a record.
        record: Number of the record.
        sequence: The letters, in reading direction.
        places: Place of each on the record, 0-based.
    """

    gene: str | None
    record: int
    sequence: str
    places: range | np.ndarray


@dataclass(frozen=True)
class Query:
    """The genomes that are cut into windows.

    Attributes:
        genome: All their records.
        stretches: What the windows are cut from.
        counts: What was read and left out.
    """

    genome: Genome
    stretches: list[Stretch]
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Windows:
    """Windows of plain A, C, G, T.

    Attributes:
        sequences: Their letters.
        genes: Name of each one's gene, or None.
        records: Number of its record, shape (n,).
        places: Place of each of its letters on the record, 0-based, in reading direction.
        blocks: Its block, shape (n,); blocks of one stretch share no letter.
        counts: How many windows were left out, by reason.
    """

    sequences: list[str]
    genes: list[str | None]
    records: np.ndarray
    places: list[range | np.ndarray]
    blocks: np.ndarray
    counts: dict[str, int]

    def spans(self) -> pd.DataFrame:
        """The unbroken stretches of the records that windows cover: `window`, `record`, `start`, `end` (excluded)."""
        rows: list[tuple[int, int, int]] = []
        for window, where in enumerate(self.places):
            if isinstance(where, range):
                rows.append((window, min(where), max(where) + 1))
                continue
            ends = np.flatnonzero(np.abs(np.diff(where)) != 1) + 1
            rows += [(window, int(run.min()), int(run.max()) + 1) for run in np.split(where, ends)]
        spans = pd.DataFrame(rows, columns=["window", "start", "end"])
        return spans.assign(record=self.records[spans["window"].to_numpy(dtype=int)])


def read_query(files: Mapping[str, Sequence[Path]], recipe: DnaPairRecipe) -> Query:
    """Read what the windows of a recipe are cut from.

    Args:
        files: `query`, and `features` (GFF3 of each query, in their order) where the genomes hold none.
        recipe: Says whether windows are of genomes, coding sequences or transcripts.

    Raises:
        BadInput: For faulty files, or genomes without what is asked for.
    """
    if recipe.windows == "genome":
        return whole(joined([read_genome(path) for path in files["query"]]))
    features: Sequence[Path | None] = files.get("features") or [None] * len(files["query"])
    if len(features) != len(files["query"]):
        raise BadInput(f"features=: {len(features)} for {len(files['query'])} query genomes; give one for each.")
    annotated = [read_annotated(*pair) for pair in zip(files["query"], features, strict=True)]
    counts: Counter[str] = Counter()
    stretches: list[Stretch] = []
    before = 0
    for genome in annotated:
        read = _coding if recipe.windows == "cds" else _transcripts
        longest: dict[tuple[int, str], Stretch] = {}
        for found in read(genome, counts):
            key = (found.record, str(found.gene))
            counts["further transcripts of a gene, left out"] += key in longest
            if key not in longest or len(found.sequence) > len(longest[key].sequence):
                longest[key] = found
        stretches += [Stretch(s.gene, s.record + before, s.sequence, s.places) for s in longest.values()]
        before += len(genome.genome.names)
    return Query(joined([genome.genome for genome in annotated]), stretches, dict(counts))


def whole(genome: Genome) -> Query:
    """A genome whose windows are cut from its records."""
    return Query(genome, [Stretch(None, i, s, range(len(s))) for i, s in enumerate(genome.sequences)])


def windows_of(query: Query, recipe: DnaPairRecipe) -> Windows:
    """Windows along every stretch."""
    sequences: list[str] = []
    genes: list[str | None] = []
    where: list[range | np.ndarray] = []
    numbers: list[tuple[int, int]] = []
    counts: Counter[str] = Counter()
    first = 0
    for stretch in query.stretches:
        starts, blocks = tile(len(stretch.sequence), recipe.letters, recipe.step, recipe.locus)
        for start, block in zip(starts.tolist(), blocks.tolist(), strict=True):
            letters = stretch.sequence[start : start + recipe.letters]
            own = stretch.places[start : start + recipe.letters]
            if _AMBIGUOUS.search(letters):
                counts["windows with ambiguous letters, left out"] += 1
            elif not isinstance(own, range) and np.unique(np.sign(np.diff(own))).size > 1:
                counts["windows over the origin of a circle or trans-spliced, left out"] += 1
            else:
                sequences.append(letters)
                genes.append(stretch.gene)
                where.append(own)
                numbers.append((stretch.record, first + block))
        first += int(blocks.max()) + 1 if len(blocks) else 0
    records, blocks = np.array(numbers, dtype=int).reshape(-1, 2).T
    return Windows(sequences, genes, records, where, blocks, dict(counts))


def _coding(annotated: Annotated, counts: Counter[str]) -> Iterator[Stretch]:
    """The coding sequences of a genome whose protein is beyond doubt."""
    number = {name: i for i, name in enumerate(annotated.genome.names)}
    found, told = coding_sequences(annotated)
    counts.update(told)
    for s in found:
        own = places(s.parts)[s.offset : s.offset + len(s.dna)]
        yield Stretch(s.gene or s.name, number[s.record], s.dna, own)


def _transcripts(annotated: Annotated, counts: Counter[str]) -> Iterator[Stretch]:
    """The spliced messenger RNAs of a genome, as DNA."""
    number = {name: i for i, name in enumerate(annotated.genome.names)}
    found = [feature for feature in annotated.features if feature.kind == MRNA and not feature.pseudo]
    if not found:
        raise BadInput(f"{annotated.file}: holds no transcripts (mRNA); take windows=cds or windows=genome.")
    counts["transcripts"] += len(found)
    for feature in found:
        yield Stretch(
            feature.gene or feature.name, number[feature.record], annotated.splice(feature), places(feature.parts)
        )
