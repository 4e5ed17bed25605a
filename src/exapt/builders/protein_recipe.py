"""The settings that decide what a `protein_pair` build holds, and the label rule they make, in one sentence."""

import dataclasses
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa

from exapt.builders.clusters import CLUSTERS, IDENTITY
from exapt.builders.homolog_recipe import HOMOLOGOUS, UNRELATED, HomologRecipe
from exapt.builders.journal import Journal
from exapt.builders.pairs import MADE
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.sequences import genetic_code
from exapt.settings import settings

# What the engines are asked for homologs: written out, so that no default of a version decides. Simple sequence gives
# no seed, and scores are set right for composition (Yu and Altschul 2005), so that an E-value means homology.
_BLAST = {
    "matrix": "BLOSUM62", "word_size": "3", "gapopen": "11", "gapextend": "1", "seg": "12 2.2 2.5",
    "soft_masking": "true", "comp_based_stats": "2",
}  # fmt: skip
HOMOLOGS = {
    "blastp": {"task": "blastp", "threshold": "11", **_BLAST},
    "tblastn": {"task": "tblastn", "threshold": "13", **_BLAST},
    "mmseqs": {"s": "7.5"},
}
# And what must not be alike in two strangers: the set search space makes the bar one score (23 bits), whatever the
# number of pairs; of two chance stretches of 100 residues one pair in a thousand reaches it.
RELATED = {
    "task": "blastp", "matrix": "BLOSUM62", "word_size": "3", "threshold": "11", "gapopen": "11", "gapextend": "1",
    "evalue": "1", "searchsp": "10000000", "seg": "no", "comp_based_stats": "0", "max_hsps": "1",
}  # fmt: skip
GENOME = "genomes/salmonella_lt2.fna.gz"  # below data_dir: what tblastn searches if nothing else is given


@settings
class ProteinPairRecipe(HomologRecipe):
    """How proteins and their homologs become pairs.

    Attributes:
        query: Proteins, FASTA, gzipped or not.
        against: Proteins that are searched, also those of `query` themselves; with `search=tblastn` genomes, FASTA or
            GenBank, or `ncbi:ACCESSION`.
        search: `blastp`, proteins in proteins; or `tblastn`, proteins in translated DNA, whose right sides are the
            translation of what is aligned.
        table: Genetic code that `tblastn` reads DNA by, NCBI's number.
        min_identity: Of 256 unrelated pairs of 100 residues (E. coli, Swiss-Prot) none has more than 0.21.
        max_identity: 0.3 to 0.4 are remote homologs.
        negatives: Of `scrambled` those with `anchored: false`.
        split: What is never divided: homology clusters (`cluster`); `random` divides freely and says so.
        cluster_identity: Identity of a BLAST alignment from which two sequences are of one cluster: by default far
            lower than for DNA, since proteins of a family have less in common.
    """

    TASK: ClassVar[str] = "protein_pair"
    UNIT: ClassVar[str] = "residues"
    INPUTS: ClassVar[dict[str, str | None]] = {
        "query": "proteins/ecoli_k12_mg1655.faa.gz", "against": "proteins/swissprot_sample.fasta.gz",
    }  # fmt: skip
    COLUMNS: ClassVar[dict[str, pa.DataType]] = {
        **MADE,
        **{f"{side}_{what}": pa.string() for side in ("left", "right") for what in ("record", "unit")},
        **{f"{side}_{what}": pa.int64() for side in ("left", "right") for what in ("start", "end")},
        "right_strand": pa.string(),
    }

    search: Literal["blastp", "tblastn"] = "blastp"
    table: int = 1
    length: int | None = 100
    min_identity: float = 0.3
    split: Literal["cluster", "random"] = "cluster"
    cluster_identity: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        genetic_code(self.table)
        if self.search == "tblastn" and self.engine == "mmseqs":
            raise BadInput("engine=mmseqs: compares no proteins with DNA here; use engine=blast or search=blastp.")
        if not 0 < self.cluster_identity <= IDENTITY:
            raise BadInput(f"cluster_identity={self.cluster_identity}: must lie between 0 and {IDENTITY}.")

    @property
    def options(self) -> dict[str, str]:
        """What the engine is asked for homologs, beside the E-value."""
        code = {"db_gencode": str(self.table)} if self.search == "tblastn" else {}
        return HOMOLOGS["mmseqs" if self.engine == "mmseqs" else self.search] | code

    def inputs(self) -> dict[str, list[Path]]:
        if self.search == "tblastn" and self.against is None and self.data_dir is not None:
            return dataclasses.replace(self, against=str(Path(self.data_dir, GENOME))).inputs()
        return super().inputs()

    def parameters(self) -> dict[str, Any]:
        return {"homologs": self.options, "related": RELATED, "clusters": CLUSTERS}

    def rule(self) -> str:
        from exapt.builders.protein_pair import context_of

        program = "MMseqs2" if self.engine == "mmseqs" else self.search
        where = "the translated genome" if self.search == "tblastn" else "another protein"
        return (
            f"{HOMOLOGOUS}: {self.cuts} an alignment ({program}, E <= {self.evalue:g}) of a protein with {where}, gaps "
            f"removed, identity (1 - edit distance / length) from {self.min_identity:g} to {self.max_identity:g}, best "
            "scores first and nothing in two pairs; "
            f"{UNRELATED}: {self.negatives.rule(context_of(self))}."
        )

    def make(self, writer: Writer, journal: Journal) -> None:
        from exapt.builders.protein_pair import make

        make(self, writer, journal)
