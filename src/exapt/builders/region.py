"""`region`: windows inside exons, introns, UTRs or between genes, in the gene's direction."""

from dataclasses import field
from typing import ClassVar

import numpy as np

from exapt.builders.annotation_layers import Layer
from exapt.builders.letters import Letters
from exapt.builders.windows_recipe import WindowsRecipe
from exapt.errors import BadInput, did_you_mean
from exapt.settings import settings

INTERGENIC, INTRON = "intergenic", "intron"
_CDS, _FIVE, _THREE, _MIXED = "CDS", "five_prime_UTR", "three_prime_UTR", "exon, coding and UTR by isoform"
_EXON = "exon of no coding transcript"
KINDS: dict[str, list[str]] = {  # what a class can be made of, and the letters that make it
    "exon": [_CDS, _FIVE, _THREE, _MIXED], "CDS": [_CDS], "UTR": [_FIVE, _THREE],
    "five_prime_UTR": [_FIVE], "three_prime_UTR": [_THREE], INTRON: [INTRON], INTERGENIC: [INTERGENIC],
}  # fmt: skip
STRANDS, OTHER = "genes on both strands", "gene without CDS, or pseudogene"
AMBIGUOUS, NEITHER = "exon in one transcript and intron in another", "in a gene, neither exon nor intron"


@settings
class RegionRecipe(WindowsRecipe):
    """Windows of two classes of kinds, each window wholly inside one kind.

    A letter that is exon in one transcript and intron in another, or that lies in genes of both strands, is ambiguous;
    windows with such letters are left out. So are genes that code for no protein, pseudogenes, and exons that are in no
    coding transcript.

    Attributes:
        kinds: What makes one class: some of exon, CDS, UTR, five_prime_UTR, three_prime_UTR, intron, intergenic. The
            class bears their names: `exon`, `five_prime_UTR_or_intron`.
        versus: What makes the other class.
    """

    TASK: ClassVar[str] = "region"
    INPUTS: ClassVar[dict[str, str | None]] = {
        "genome": "annotated/C.elegans.fa.gz", "features": "annotated/C.elegans.gff.gz",
    }  # fmt: skip

    kinds: list[str] = field(default_factory=lambda: ["exon"])
    versus: list[str] = field(default_factory=lambda: [INTRON])
    length: int = 50
    block: int = 20_000
    margin: int = 200

    def __post_init__(self) -> None:
        owner: dict[str, str] = {}
        for key, kinds in (("kinds", self.kinds), ("versus", self.versus)):
            if not kinds:
                raise BadInput(f"{key}=[]: name at least one of {', '.join(KINDS)}.")
            for kind in kinds:
                if kind not in KINDS:
                    raise BadInput(f"{key}: '{kind}' is no kind of region.{did_you_mean(kind, KINDS)}")
                if other := next((owner[letter] for letter in KINDS[kind] if letter in owner), None):
                    raise BadInput(f"{key}: '{kind}' has letters of '{other}'; name kinds that share none.")
                owner.update(dict.fromkeys(KINDS[kind], kind))
        object.__setattr__(self, "NAMES", ("_or_".join(self.versus), "_or_".join(self.kinds)))
        super().__post_init__()

    @property
    def names(self) -> list[str]:
        return [INTERGENIC, INTRON, *KINDS["exon"], _EXON, STRANDS, OTHER, AMBIGUOUS, NEITHER]

    @property
    def labelled(self) -> dict[str, tuple[str, str]]:
        asked = zip(self.NAMES, (self.versus, self.kinds), strict=True)
        return {letter: (kind, name) for name, kinds in asked for kind in kinds for letter in KINDS[kind]}

    def read(self, letters: Letters) -> tuple[np.ndarray, np.ndarray]:
        exon, intron, coding = (letters.has(layer) for layer in (Layer.EXON, Layer.INTRON, Layer.CODING))
        five, three = letters.five, letters.three
        plus, minus = letters.layers != 0
        kinds = np.zeros(len(letters.sequence), np.uint8)
        # each overrules those before it
        for where, name in (
            (plus | minus, NEITHER), (intron, INTRON), (exon, _EXON), (coding, _CDS), (five, _FIVE), (three, _THREE),
            ((coding & (five | three)) | (five & three), _MIXED), (exon & intron, AMBIGUOUS),
            (letters.has(Layer.RNA | Layer.PSEUDO) | letters.bare_introns, OTHER), (plus & minus, STRANDS),
        ):  # fmt: skip
            kinds[where] = self.names.index(name)
        return kinds, plus.astype(np.int8) - minus.astype(np.int8)

    def rule(self) -> str:
        told = [
            f"{name}: wholly inside {' or wholly inside '.join(kinds)}"
            for name, kinds in zip(self.NAMES[::-1], (self.kinds, self.versus), strict=True)
        ]
        return (
            f"{'; '.join(told)}; windows of {self.length} letters in the direction of the gene (a drawn one between "
            "genes); in no window are letters that are exon in one transcript and intron in another, or lie in genes "
            "of both strands, in genes that code for no protein, or in pseudogenes."
        )
