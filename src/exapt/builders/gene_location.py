"""`gene_location`: windows of a genome inside coding sequences or outside of them, on either strand."""

from dataclasses import field
from typing import ClassVar, Literal

import numpy as np

from exapt.builders.annotation_layers import Layer
from exapt.builders.letters import Letters
from exapt.builders.windows_recipe import WindowsRecipe
from exapt.errors import BadInput
from exapt.settings import settings

NONCODING, CODING = "noncoding", "coding"
INTERGENIC, RNA, UNTRANSLATED = "intergenic", "rna", "untranslated"
PSEUDOGENE, UNCLEAR = "pseudogene", "in a gene, whether coding is not said"
SAID = {
    INTERGENIC: "between genes", RNA: "inside RNAs that code for no protein", UNTRANSLATED: "inside introns or UTRs",
}  # fmt: skip


@settings
class GeneLocationRecipe(WindowsRecipe):
    """Windows that are coding or not.

    A letter of a CDS is coding whatever else lies there, on the other strand for instance; of the others a pseudogene's
    are left out, and a mature RNA's are `rna`; introns of any gene and UTRs are `untranslated`.

    Attributes:
        noncoding: Kinds that are the non-coding class; windows of the others are left out.
    """

    TASK: ClassVar[str] = "gene_location"
    NAMES: ClassVar[tuple[str, str]] = (NONCODING, CODING)
    INPUTS: ClassVar[dict[str, str | None]] = {"genome": "genomes/ecoli_k12_mg1655.gbff.gz", "features": None}

    noncoding: list[Literal["intergenic", "rna", "untranslated"]] = field(default_factory=lambda: ["intergenic"])

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.noncoding:
            raise BadInput("noncoding=[]: name at least one of intergenic, rna, untranslated.")

    @property
    def names(self) -> list[str]:
        return [INTERGENIC, CODING, UNTRANSLATED, RNA, PSEUDOGENE, UNCLEAR]

    @property
    def labelled(self) -> dict[str, tuple[str, str]]:
        return {CODING: (CODING, CODING), **{kind: (kind, NONCODING) for kind in sorted(self.noncoding)}}

    def read(self, letters: Letters) -> tuple[np.ndarray, np.ndarray]:
        kinds = np.zeros(len(letters.sequence), np.uint8)
        # each overrules those before it
        for where, name in (
            (letters.has(Layer.GENE), UNCLEAR), (letters.has(Layer.INTRON | Layer.UTR), UNTRANSLATED),
            (letters.has(Layer.RNA), RNA), (letters.has(Layer.PSEUDO), PSEUDOGENE),
            (letters.has(Layer.CODING), CODING),
        ):  # fmt: skip
            kinds[where] = self.names.index(name)
        return kinds, np.zeros(len(kinds), np.int8)

    def rule(self) -> str:
        outside = " or ".join(f"wholly {SAID[kind]}" for kind in sorted(self.noncoding))
        return (
            f"{CODING}: a window of {self.length} letters wholly inside coding sequences (CDS, stop codon included) of "
            f"either strand; {NONCODING}: {outside}; pseudogenes and windows of more than one kind are left out, and "
            "the strand that is shown is drawn, whichever codes."
        )
