"""The settings that decide what a `dna_pair` build holds, and the label rule they make, in one sentence."""

from typing import Any, ClassVar, Literal

import pyarrow as pa

from exapt.builders.clusters import CLUSTERS
from exapt.builders.homolog_recipe import HOMOLOGOUS, UNRELATED, HomologRecipe
from exapt.builders.journal import Journal
from exapt.builders.pairs import MADE
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.settings import settings

# What is asked when homologs of windows are looked for: written out, so that no default of a version decides.
_BLAST = {"reward": "2", "penalty": "-3", "gapopen": "5", "gapextend": "2", "dust": "20 64 1", "soft_masking": "true"}
HOMOLOGS = {
    "dc-megablast": {
        "task": "dc-megablast", "word_size": "11", "template_type": "coding", "template_length": "18", **_BLAST,
    },
    "blastn": {"task": "blastn", "word_size": "11", **_BLAST},
    "mmseqs": {},
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
class DnaPairRecipe(HomologRecipe):
    """How windows of one genome and their homologs in others become pairs.

    Attributes:
        query: Genome (or transcripts) that is cut into windows: FASTA or GenBank, gzipped or not, or `ncbi:ACCESSION`.
        against: The genome, or genomes, that are searched.
        features: GFF3 of each query genome, in their order, where the windows need an annotation and it holds none.
        windows: Of what the windows are: the records as they are (`genome`), or of each gene its longest coding
            sequence (`cds`) or messenger RNA (`transcripts`), spliced and in reading direction.
        search: What BLAST is asked for: `dc-megablast`, or `blastn` with words of 11 letters, slower.
        window: Letters of the windows that are searched; at least `length` + 50, since alignments lose ends and gaps.
            `length` + 100 if None.
        stride: Letters between the starts of two windows; the window itself (no overlap) if None.
        locus: Least letters of a locus on the query genome, at least 1,000.
        min_identity: After cutting: where a long gap shifted the cut, the sides are no more alike than unrelated ones,
            which seldom reach 0.6 by edit distance.
        strand: Strands of the searched genome that are looked at; hits on the other one come in the query's direction.
        split: What is never divided: homology clusters with their loci (`cluster`), loci, records of the query genome
            (`chromosome`); `random` divides freely and says so.
    """

    TASK: ClassVar[str] = "dna_pair"
    INPUTS: ClassVar[dict[str, str | None]] = {
        "query": "genomes/ecoli_k12_mg1655.gbff.gz", "against": "genomes/salmonella_lt2.fna.gz", "features": None,
    }  # fmt: skip
    COLUMNS: ClassVar[dict[str, pa.DataType]] = {
        **MADE,
        **{f"{side}_{what}": kind for side in ("left", "right") for what, kind in PLACE.items()},
        "left_strand": pa.string(), "left_gene": pa.string(), "strand": pa.string(),
    }  # fmt: skip

    features: str | list[str] | None = None
    windows: Literal["genome", "cds", "transcripts"] = "genome"
    search: Literal["dc-megablast", "blastn"] = "dc-megablast"
    window: int | None = None
    stride: int | None = None
    locus: int = 1000
    strand: Literal["both", "plus"] = "both"
    split: Literal["cluster", "locus", "chromosome", "random"] = "cluster"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.window is not None and self.window < self.least + 50:
            raise BadInput(
                f"window={self.window}: must be at least length + 50 = {self.least + 50}; alignments lose letters."
            )
        if self.stride is not None and self.stride < 1:
            raise BadInput(f"stride={self.stride}: must be 1 or more; leave it out for windows without overlap.")
        if self.locus < 1000:
            raise BadInput(f"locus={self.locus}: must be at least 1000 letters.")
        if self.windows == "genome" and self.features is not None:
            raise BadInput("features=: is read only for windows of genes; give windows=cds or windows=transcripts.")
        if self.engine == "mmseqs" and self.search != "dc-megablast":
            raise BadInput(f"search={self.search}: is a way of BLAST; drop it, or give engine=blast.")

    @property
    def letters(self) -> int:
        """Letters of a window."""
        return self.window or self.least + 100

    @property
    def step(self) -> int:
        """Letters between the starts of two windows."""
        return self.stride or self.letters

    @property
    def options(self) -> dict[str, str]:
        """What the engine is asked for homologs, beside E-value and strand."""
        return HOMOLOGS["mmseqs" if self.engine == "mmseqs" else self.search]

    @property
    def related(self) -> dict[str, str]:
        """What BLAST is asked for what is alike in two sides."""
        return {**RELATED, "evalue": f"{RELATED_EVALUE * (AT_LENGTH / self.least) ** 2:.3g}"}

    def as_settings(self) -> dict[str, Any]:
        return {**super().as_settings(), "window": self.letters, "stride": self.step}

    def parameters(self) -> dict[str, Any]:
        return {"homologs": self.options, "related": self.related, "clusters": CLUSTERS}

    def rule(self) -> str:
        from exapt.builders.dna_pair import context_of

        program = "MMseqs2" if self.engine == "mmseqs" else self.search
        band = f"at least {self.min_identity:g}"
        if self.max_identity < 1:
            band = f"from {self.min_identity:g} to {self.max_identity:g}"
        of = {"genome": "", "cds": "coding sequences of ", "transcripts": "messenger RNAs of "}[self.windows]
        return (
            f"{HOMOLOGOUS}: {self.cuts} the best alignment ({program}, E <= {self.evalue:g}) of a "
            f"{self.letters}-letter window of {of}the query genome in the other genome, gaps removed, identity (1 - "
            f"edit distance / length) {band}; {UNRELATED}: {self.negatives.rule(context_of(self))}."
        )

    def make(self, writer: Writer, journal: Journal) -> None:
        from exapt.builders.dna_pair import make

        make(self, writer, journal)
