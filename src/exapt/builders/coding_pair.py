"""Makes the rows of `coding_pair`: windows of coding sequences with their proteins, dealt to splits, and negatives."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pandas as pd

from exapt.builders.alignment import identity
from exapt.builders.annotated import read_annotated
from exapt.builders.annotation import MRNA, Annotated
from exapt.builders.blast import met, search_each
from exapt.builders.clusters import cluster
from exapt.builders.coding import CodingSequence, coding_sequences
from exapt.builders.coding_recipe import CODING, CodingPairRecipe
from exapt.builders.journal import Journal
from exapt.builders.negatives import Context, Sides
from exapt.builders.pairs import dealt, drawn, without_leaks, write_pairs
from exapt.builders.units import keys_of, merged
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.sequences import DNA, PROTEIN

# two proteins of which BLAST finds anything alike are no pair of strangers; the set search space makes the bar one
# score, whatever the number of pairs
RELATED = {
    "task": "blastp-short", "matrix": "BLOSUM62", "word_size": "3", "gapopen": "11", "gapextend": "1", "evalue": "1",
    "searchsp": "10000000", "seg": "no", "comp_based_stats": "0", "max_hsps": "1",
}  # fmt: skip
ALIKE = 0.6  # identity of the translation and the protein from which on a made negative counts as coding


def context_of(
    recipe: CodingPairRecipe, positives: pd.DataFrame | None = None, journal: Journal | None = None
) -> Context:
    """What makers of negatives have to know of coding pairs.

    Args:
        recipe: The settings.
        positives: Columns `left`, `right` and `table`; without them the context is good for a rule only.
        journal: Takes the calls of BLAST.
    """
    proteins = {} if positives is None else dict(zip(positives["left"], positives["right"], strict=True))
    table = recipe.table if positives is None else int(positives["table"].iloc[0])

    def related(sets: list[Sides]) -> list[set[tuple[int, int]]]:
        own = [([proteins[window] for window in left], right) for left, right in sets]
        return met(search_each(own, RELATED, [], "checking negatives", program="blastp", journal=journal))

    if recipe.windows == "published":  # a window need not hold its protein: there is nothing to compare
        return Context(related, lambda _, __: float("nan"), ALIKE, None, PROTEIN)
    return Context(related, identity, ALIKE, table, PROTEIN)


def make(recipe: CodingPairRecipe, writer: Writer, journal: Journal) -> None:
    """Make the rows of a recipe.

    Raises:
        BadInput: For a genome without CDS (or without transcripts, where they are asked for), no BLAST, or too few
            windows.
    """
    files = recipe.inputs()
    with journal.timed("reading"):
        features = files.get("features", [None])[0]
        annotated = read_annotated(files["genome"][0], features, table=recipe.table)
        coding, counts = coding_sequences(annotated)
        journal.count(counts)
    with journal.timed("windows"):
        coding = _of_one_code(coding, journal)
        found = _published(annotated, coding, recipe) if recipe.windows == "published" else _in_frame(coding, recipe)
        journal.count(found[1])
        positives = pd.DataFrame(found[0])
        if positives.empty:
            raise BadInput(f"{annotated.file}: gives no window of {recipe.length} letters; give a shorter length=.")
        positives = positives[~positives.duplicated("left") & ~positives.duplicated("right")].reset_index(drop=True)
        repeated = len(found[0]) - len(positives)
        journal.count({"windows whose letters or residues stand in another one, left out": repeated})
    with journal.timed("splits"):
        positives = drawn(positives, recipe.positives, recipe.seed)
        positives["unit"] = positives["left_unit"] = _units(recipe, positives, journal)
        split = dealt(recipe, recipe.split, positives, journal)
        if recipe.split == "cluster":
            positives, split = without_leaks(positives, split, {"left": "dna", "right": "protein"}, journal)
    journal.count({"windows": len(positives), "units": int(positives["unit"].nunique())})
    with journal.timed("negatives"):
        context = context_of(recipe, positives, journal)
        write_pairs(recipe, recipe.negatives, positives, split, context, CODING, writer, journal)


def _of_one_code(coding: list[CodingSequence], journal: Journal) -> list[CodingSequence]:
    """The coding sequences of the most frequent genetic code, of each gene the first of the longest proteins."""
    codes = Counter(sequence.table for sequence in coding)
    code = codes.most_common(1)[0][0]
    journal.count({"of another genetic code than most, left out": len(coding) - codes[code]})
    best: dict[tuple[str, str], CodingSequence] = {}
    for sequence in coding:
        if sequence.table == code:
            key = (sequence.record, sequence.gene or sequence.name)
            if key not in best or len(sequence.protein) > len(best[key].protein):
                best[key] = sequence
    journal.count({"further transcripts of a gene, left out": codes[code] - len(best)})
    return list(best.values())


def _in_frame(coding: list[CodingSequence], recipe: CodingPairRecipe) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Windows that begin with a whole codon and their exact translation."""
    codons, step = recipe.length // 3, (recipe.stride or recipe.length) // 3
    rows: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    for sequence in coding:
        for first in range(0, len(sequence.protein) - codons + 1, step):
            special = sequence.special(first, codons)
            counts.update(f"windows with {reason}, left out" for reason in special)
            if special:
                continue
            begin, end = 3 * first, 3 * (first + codons)
            rows.append({
                **_row(sequence, first), "left": sequence.dna[begin:end],
                "right": sequence.protein[first : first + codons],
                "context_left": sequence.dna[max(0, begin - 2) : begin], "context_right": sequence.dna[end : end + 2],
            })  # fmt: skip
    return rows, counts


def _published(
    annotated: Annotated, coding: list[CodingSequence], recipe: CodingPairRecipe
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The first letters of each transcript with the first residues of its protein."""
    transcripts: dict[tuple[str, str], list[str]] = {}
    for feature in annotated.features:
        if feature.kind == MRNA:
            transcripts.setdefault((feature.record, feature.gene), []).append(annotated.splice(feature))
    if not transcripts:
        raise BadInput(
            f"{annotated.file}: holds no transcripts (mRNA), which windows=published begins with; take windows=frame."
        )
    plain = re.compile(f"[{DNA}]*")
    rows: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    for sequence in coding:
        own = next((t for t in transcripts.get((sequence.record, sequence.gene), []) if sequence.dna in t), None)
        if own is None:
            counts["coding sequences without a transcript that holds them, left out"] += 1
        elif len(own) < recipe.length or len(sequence.protein) < recipe.length // 3:
            counts["transcripts or proteins too short, left out"] += 1
        elif not plain.fullmatch(own[: recipe.length]):
            counts["windows with ambiguous letters, left out"] += 1
        else:
            inside = max(0, recipe.length - own.find(sequence.dna))
            counts["windows that hold none of their protein"] += inside < 3
            rows.append({
                **_row(sequence, 0), "left": own[: recipe.length], "right": sequence.protein[: recipe.length // 3],
            })  # fmt: skip
    return rows, counts


def _row(sequence: CodingSequence, codon: int) -> dict[str, Any]:
    return {
        "gene": sequence.gene or sequence.name, "table": sequence.table, "left_record": sequence.record,
        "left_start": sequence.start, "left_end": sequence.end, "left_strand": sequence.strand, "left_codon": codon,
    }  # fmt: skip


def _units(recipe: CodingPairRecipe, positives: pd.DataFrame, journal: Journal) -> list[str]:
    """Which pairs belong together, by a key of their content."""
    texts = positives["left"].tolist()
    links = [[pd.factorize(positives["left_record"] + "\t" + positives["gene"])[0]]]
    if recipe.split == "cluster":
        links.append([cluster(positives["right"].tolist(), alphabet="protein", journal=journal)])
        links.append([cluster(texts, journal=journal)])
    return keys_of(merged(links), texts)
