"""The settings that decide what a `dna_pair` build holds, and the label rule they make, in one sentence."""

from dataclasses import field
from typing import Any, ClassVar, Literal

import pyarrow as pa

from exapt.builders.clusters import CLUSTERS
from exapt.builders.journal import Journal
from exapt.builders.negatives import Negatives
from exapt.builders.negatives.swapped import Random
from exapt.builders.pairs import MADE
from exapt.builders.recipe import Recipe
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.settings import settings

UNRELATED, HOMOLOGOUS = "unrelated", "homologous"

# What BLAST is asked when it looks for homologs of windows: written out, so that no default of a version decides.
HOMOLOGS = {
    "task": "dc-megablast", "word_size": "11", "template_type": "coding", "template_length": "18",
    "reward": "2", "penalty": "-3", "gapopen": "5", "gapextend": "2",
    "dust": "20 64 1", "soft_masking": "true",
}  # fmt: skip
# And when it must find what is still alike in two short sequences: the shortest word, a mismatch as dear as a match is
# worth (made for 75% identity), no masking, both strands. The set search space makes the bar one score, whatever the
# number of pairs; the E-value falls with the square of the length, so that at any length about 0.2% of chance pairs are
# hits and negatives stay a fair draw. The drop-offs cost no hit, and spare half the time.
RELATED = {
    "task": "blastn", "word_size": "7", "reward": "1", "penalty": "-1", "gapopen": "3", "gapextend": "2",
    "searchsp": "10000000", "dust": "no", "strand": "both", "max_hsps": "1", "xdrop_gap": "20", "xdrop_gap_final": "30",
}  # fmt: skip
RELATED_EVALUE, AT_LENGTH = 10.0, 50
PLACE = {
    "record": pa.string(), "start": pa.int64(), "end": pa.int64(), "locus": pa.int64(), "unit": pa.string(),
}  # fmt: skip


@settings
class DnaPairRecipe(Recipe):
    """How windows of one genome and their homologs in others become pairs.

    Attributes:
        query: Genome (or transcripts) that is cut into windows: FASTA or GenBank, gzipped or not, or `ncbi:ACCESSION`.
        against: The genome, or genomes, that are searched.
        length: Letters of each side of a pair; None keeps every alignment as long as it is.
        min_length: Least letters of a side if `length` is None.
        window: Letters of the windows that are searched; at least `length` + 50, since alignments lose ends and gaps.
            `length` + 100 if None.
        stride: Letters between the starts of two windows; the window itself (no overlap) if None.
        locus: Least letters of a locus on the query genome, at least 1,000.
        min_identity: A positive pair must reach this identity (0 to 1) after cutting: where a long gap shifted the
            cut, the sides are no more alike than unrelated ones, which seldom reach 0.6 by edit distance.
        max_identity: And must not exceed this one.
        evalue: Largest E-value of an alignment.
        strand: Strands of the searched genome that are looked at; hits on the other one come in the query's direction.
        positives: Most natural homologous pairs, drawn at random before they are clustered; each gives two rows (with
            `scrambled`, `reverse` and the complements four). None takes all.
        negatives: Kind of the negatives.
        split: What is never divided: homology clusters with their loci (`cluster`), loci, records of the query genome
            (`chromosome`); `random` divides freely and says so.
    """

    TASK: ClassVar[str] = "dna_pair"
    NAMES: ClassVar[tuple[str, str]] = (UNRELATED, HOMOLOGOUS)
    INPUTS: ClassVar[dict[str, str | None]] = {
        "query": "genomes/ecoli_k12_mg1655.gbff.gz", "against": "genomes/salmonella_lt2.fna.gz",
    }  # fmt: skip
    COLUMNS: ClassVar[dict[str, pa.DataType]] = {
        **MADE,
        **{f"{side}_{what}": kind for side in ("left", "right") for what, kind in PLACE.items()},
        "strand": pa.string(),
    }

    query: str | None = None
    against: str | list[str] | None = None
    length: int | None = 50
    min_length: int = 50
    window: int | None = None
    stride: int | None = None
    locus: int = 1000
    min_identity: float = 0.6
    max_identity: float = 1.0
    evalue: float = 1e-5
    strand: Literal["both", "plus"] = "both"
    positives: int | None = None
    negatives: Negatives = field(default_factory=Random)
    split: Literal["cluster", "locus", "chromosome", "random"] = "cluster"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.least < 20:
            name = "min_length" if self.length is None else "length"
            raise BadInput(f"{name}={self.least}: a pair needs at least 20 letters a side.")
        if self.window is not None and self.window < self.least + 50:
            raise BadInput(
                f"window={self.window}: must be at least length + 50 = {self.least + 50}; alignments lose letters."
            )
        if self.stride is not None and self.stride < 1:
            raise BadInput(f"stride={self.stride}: must be 1 or more; leave it out for windows without overlap.")
        if self.locus < 1000:
            raise BadInput(f"locus={self.locus}: must be at least 1000 letters.")
        if not 0 <= self.min_identity <= self.max_identity <= 1:
            low, high = self.min_identity, self.max_identity
            raise BadInput(f"min_identity={low}, max_identity={high}: give 0 <= min_identity <= max_identity <= 1.")
        if self.positives is not None and self.positives < 4:
            raise BadInput(f"positives={self.positives}: give at least 4, or leave it out for all.")
        if not 0 < self.evalue <= 10:
            raise BadInput(f"evalue={self.evalue}: must lie between 0 and 10.")

    @property
    def least(self) -> int:
        """Least letters of a side."""
        return self.min_length if self.length is None else self.length

    @property
    def letters(self) -> int:
        """Letters of a window."""
        return self.window or self.least + 100

    @property
    def step(self) -> int:
        """Letters between the starts of two windows."""
        return self.stride or self.letters

    @property
    def search(self) -> dict[str, str]:
        """What BLAST is asked for homologs."""
        return {**HOMOLOGS, "evalue": f"{self.evalue:g}", "strand": self.strand}

    @property
    def related(self) -> dict[str, str]:
        """What BLAST is asked for what is alike in two sides."""
        return {**RELATED, "evalue": f"{RELATED_EVALUE * (AT_LENGTH / self.least) ** 2:.3g}"}

    def as_settings(self) -> dict[str, Any]:
        return {**super().as_settings(), "window": self.letters, "stride": self.step}

    def parameters(self) -> dict[str, Any]:
        return {"homologs": self.search, "related": self.related, "clusters": CLUSTERS}

    def rule(self) -> str:
        what = "the best BLAST alignment" if self.length is None else "the middle of the best BLAST alignment"
        size = f"{self.least} letters or more" if self.length is None else f"{self.length} letters"
        band = f"at least {self.min_identity:g}"
        if self.max_identity < 1:
            band = f"from {self.min_identity:g} to {self.max_identity:g}"
        from exapt.builders.dna_pair import context_of

        return (
            f"{HOMOLOGOUS}: {size} from {what} "
            f"({HOMOLOGS['task']}, E <= {self.evalue:g}) of a {self.letters}-letter window of the query genome in "
            f"the other genome, gaps removed, identity (1 - edit distance / length) {band}; "
            f"{UNRELATED}: {self.negatives.rule(context_of(self))}."
        )

    def make(self, writer: Writer, journal: Journal) -> None:
        from exapt.builders.dna_pair import make

        make(self, writer, journal)
