"""The settings that decide what a `coding_pair` build holds, and the label rule they make."""

from dataclasses import field
from typing import Any, ClassVar, Literal

import pyarrow as pa

from exapt.builders.journal import Journal
from exapt.builders.negatives import Negatives
from exapt.builders.negatives.swapped import Random
from exapt.builders.pairs import MADE
from exapt.builders.recipe import SHUFFLED, Recipe
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.sequences import genetic_code
from exapt.settings import settings

NOT_CODING, CODING = "not_coding", "coding"


@settings
class CodingPairRecipe(Recipe):
    """How windows of coding sequences and their proteins become pairs.

    Attributes:
        genome: Annotated genome: GenBank, or FASTA with `features`.
        features: GFF3 of that genome.
        table: Genetic code of CDS that state none, by NCBI's number.
        length: Letters of a DNA window, a multiple of 3; the protein has a third as many residues.
        stride: Letters between the starts of two windows of one gene, a multiple of 3; `length` (no overlap) if None.
        windows: `frame`: windows that begin with a whole codon, with their exact translation; or `published`: the first
            `length` letters of the transcript (5' UTR included) with the first residues of the protein, as in arXiv
            2412.07678, where most windows hold little of their protein. Windows of `frame` with a codon that plain
            translation does not explain (a start read as M, selenocysteine), a slippage or an intron are left out.
        positives: Most windows with their proteins, drawn at random before they are clustered. None takes all.
        negatives: Kind of the negatives.
        split: What is never divided: homology clusters of proteins with their genes (`cluster`), genes, or records
            (`chromosome`); `random` divides freely and says so.
    """

    TASK: ClassVar[str] = "coding_pair"
    NAMES: ClassVar[tuple[str, str]] = (NOT_CODING, CODING)
    ORDER: ClassVar[str | None] = SHUFFLED
    INPUTS: ClassVar[dict[str, str | None]] = {"genome": "genomes/ecoli_k12_mg1655.gbff.gz", "features": None}
    COLUMNS: ClassVar[dict[str, pa.DataType]] = {
        **MADE, "gene": pa.string(), "table": pa.int64(), "left_record": pa.string(), "left_start": pa.int64(),
        "left_end": pa.int64(), "left_strand": pa.string(), "left_codon": pa.int64(), "left_unit": pa.string(),
    }  # fmt: skip

    genome: str | None = None
    features: str | None = None
    table: int = 1
    length: int = 150
    stride: int | None = None
    windows: Literal["frame", "published"] = "frame"
    positives: int | None = None
    negatives: Negatives = field(default_factory=Random)
    split: Literal["cluster", "gene", "chromosome", "random"] = "cluster"

    def __post_init__(self) -> None:
        super().__post_init__()
        genetic_code(self.table)
        if self.length < 30 or self.length % 3:
            raise BadInput(f"length={self.length}: give a multiple of 3, at least 30 letters.")
        if self.positives is not None and self.positives < 4:
            raise BadInput(f"positives={self.positives}: give at least 4, or leave it out for all.")
        if self.stride is not None and (self.stride < 3 or self.stride % 3):
            raise BadInput(f"stride={self.stride}: give a multiple of 3, so that every window begins with a codon.")

    def rule(self) -> str:
        from exapt.builders.coding_pair import context_of

        if self.windows == "published":
            what = (
                f"{CODING}: the first {self.length} letters of a transcript and the first {self.length // 3} residues "
                "of its protein, whether or not these letters code for them"
            )
        else:
            what = (
                f"{CODING}: {self.length} letters of a coding sequence from a whole codon on, sense strand, introns "
                f"out, and their exact translation in frame 0 ({self.length // 3} residues)"
            )
        return f"{what}; {NOT_CODING}: {self.negatives.rule(context_of(self))}."

    def parameters(self) -> dict[str, Any]:
        from exapt.builders.coding_pair import RELATED

        return {"related": RELATED}

    def make(self, writer: Writer, journal: Journal) -> None:
        from exapt.builders.coding_pair import make

        make(self, writer, journal)
