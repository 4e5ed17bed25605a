"""The settings that decide what a `dna_ladder` build holds, and the label rule they make, in one sentence."""

from dataclasses import field
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from exapt.builders.journal import Journal
from exapt.builders.recipe import Recipe
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.sequences import genetic_code
from exapt.settings import settings

UNRELATED, HOMOLOGOUS = "unrelated", "homologous"
WORD = 20  # a genome's windows share no word of this length on either strand
REGION = 1000  # least letters of a genome that go to one split together
ANY = 0.5  # transitions per transversion if all three other letters are equally likely
PLACE = {"record": pa.string(), "start": pa.int64(), "end": pa.int64(), "locus": pa.int64()}


class Rung(NamedTuple):
    """One difficulty: a level and a length."""

    level: float
    length: int


@settings
class DnaLadderRecipe(Recipe):
    """Pairs of DNA at exactly set difficulty: an ancestor against its descendant, or against no relative of it.

    Attributes:
        genome: FASTA or GenBank file (or files) whose windows are the ancestors, each used once; without it they are
            generated.
        levels: Identities of the positives, 0.6 to 1: their edit distance is exactly round((1 - level) · length), and
            without indels as many letters differ in place. If `synonymous`, shares of the codons that are changed,
            0 to 1: exactly round(level · codons).
        lengths: Letters of a side; each length stands at each level.
        pairs: Pairs of each level and length, over all splits; a multiple of 4.
        ts_tv: Transitions per transversion among the substitutions; 0.5, where all other letters are equally likely,
            if None.
        indels: Share of the edits that are insertions or deletions, 0 to 1; as many of the one as of the other, so
            that the length stays (of an odd number of edits one is always a substitution).
        synonymous: Change codons to others of the same residue, all equally likely, and nothing else. Windows begin
            with a codon and hold no stop; a genome is then best given as coding sequences, in FASTA.
        table: Number of the genetic code, if `synonymous`.
        gc: Share of G and C in generated sequences, 0.1 to 0.9, their letters independent but for the stops left out
            if `synonymous`; codons by the usage of E. coli if None.
        negatives: `random` pairs an ancestor with the descendant of another one of its level, length and split;
            `block_scrambled` with its own, blocks in another order, while both in that order are a positive.
        block: Letters of a block of `block_scrambled`; at least 4 blocks to a sequence.
    """

    TASK: ClassVar[str] = "dna_ladder"
    NAMES: ClassVar[tuple[str, str]] = (UNRELATED, HOMOLOGOUS)
    INPUTS: ClassVar[dict[str, str | None]] = {"genome": None}
    COMPARED: ClassVar[bool] = True
    COLUMNS: ClassVar[dict[str, pa.DataType]] = {
        "level": pa.string(), "length": pa.int32(), "identity": pa.float64(), "kind": pa.string(),
        "transitions": pa.int32(), "transversions": pa.int32(), "indels": pa.int32(),
        **{f"{side}_{what}": kind for side in ("left", "right") for what, kind in PLACE.items()},
    }  # fmt: skip

    genome: str | list[str] | None = None
    levels: list[float] = field(default_factory=lambda: [0.95, 0.90, 0.85, 0.80, 0.75, 0.70, 0.65, 0.60])
    lengths: list[int] = field(default_factory=lambda: [40])
    pairs: int = 4000
    ts_tv: float | None = None
    indels: float = 0.0
    synonymous: bool = False
    table: int = 1
    gc: float | None = None
    negatives: Literal["random", "block_scrambled"] = "random"
    block: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        low = 0.0 if self.synonymous else 0.6
        for name in ("levels", "lengths"):
            values = getattr(self, name)
            if not values or len(set(values)) != len(values):
                raise BadInput(f"{name}={values}: give at least one, each once.")
        if not all(low <= level <= 1 for level in self.levels):
            what = "shares of codons, 0 to 1" if self.synonymous else "identities, 0.6 to 1 (random DNA aligns at 0.5)"
            raise BadInput(f"levels={self.levels}: give {what}.")
        if min(self.lengths) < WORD:
            raise BadInput(f"lengths={self.lengths}: a side needs at least {WORD} letters.")
        if self.pairs < 4 or self.pairs % 4:
            raise BadInput(f"pairs={self.pairs}: give a multiple of 4.")
        if self.ts_tv is not None and not 0 <= self.ts_tv <= 1000:
            raise BadInput(f"ts_tv={self.ts_tv}: give 0 to 1000 transitions per transversion.")
        if not 0 <= self.indels <= 1:
            raise BadInput(f"indels={self.indels}: give a share of the edits, 0 to 1.")
        if self.gc is not None and (self.genome is not None or not 0.1 <= self.gc <= 0.9):
            raise BadInput(f"gc={self.gc}: give 0.1 to 0.9, and no genome=, whose windows are as they are.")
        largest = min(self.lengths) // 4
        if self.negatives == "block_scrambled" and not 2 <= self.block <= largest:
            raise BadInput(f"block={self.block}: give 2 to {largest}, a quarter of the least length.")
        if self.synonymous:
            self._check_codons()
        for number, share in enumerate(self.fractions):
            if share > 0 and not self.blocks(number):
                raise BadInput(f"pairs={self.pairs}: too few for fractions={self.fractions}; give more pairs=.")

    def _check_codons(self) -> None:
        genetic_code(self.table)
        if self.ts_tv is not None or self.indels:
            raise BadInput("synonymous=true: the code decides on the letters; leave out ts_tv= and indels=.")
        if any(length % 3 for length in self.lengths):
            raise BadInput(f"lengths={self.lengths}: must be multiples of 3 if synonymous=true.")
        if self.negatives == "block_scrambled" and self.block % 3:
            raise BadInput(f"block={self.block}: must be a multiple of 3 if synonymous=true.")

    @property
    def rungs(self) -> list[Rung]:
        """All levels at all lengths."""
        return [Rung(level, length) for length in self.lengths for level in self.levels]

    def edits(self, rung: Rung) -> int:
        """Edits of a positive pair; if `synonymous`, codons changed."""
        if self.synonymous:
            return round(rung.level * (rung.length // 3))
        return round((1 - rung.level) * rung.length)

    def blocks(self, split: int) -> int:
        """Swap blocks (4 pairs) of each level and length in train (0), dev (1) or test (2)."""
        bounds = np.rint(np.cumsum([0.0, *self.fractions]) * (self.pairs // 4)).astype(int)
        return int(bounds[split + 1] - bounds[split])

    def parameters(self) -> dict[str, Any]:
        if self.genome is None:
            return {"generated": True}
        return {"generated": False, "word": WORD, "region": REGION}

    def rule(self) -> str:
        return f"{HOMOLOGOUS}: {self._ancestor()} and its descendant, {self._descendant()}; {self._negative()}."

    def _ancestor(self) -> str:
        frame = f", read in frame 0 by genetic code {self.table} and without a stop," if self.synonymous else ""
        size = " or ".join(map(str, self.lengths))
        if self.genome is not None:
            return (
                f"a {size}-letter window of the genome{frame} of A, C, G and T, used once, no {WORD} letters of which "
                f"stand a second time in the windows on either strand, regions of {REGION:,} letters or more never "
                "divided between splits,"
            )
        how = "codons drawn by the usage of E. coli" if self.gc is None else f"letters drawn with G+C {self.gc:g}"
        return (
            f"a generated (synthetic) {size}-letter sequence{frame} of {how}, no other one beginning with the same "
            f"{min(self.lengths)} letters,"
        )

    def _descendant(self) -> str:
        if self.synonymous:
            return (
                "generated by changing exactly round(level x codons) codons to others of the same residue, so that "
                "both have one protein and the level is the share of codons changed, not an identity"
            )
        ratio = ANY if self.ts_tv is None else self.ts_tv
        shares = f"{ratio:g} transitions per transversion"
        if self.indels:
            return (
                "generated by edits that are exactly their edit distance, round((1 - level) x length), of which on "
                f"average a share {self.indels:g} are insertions or deletions (as many of the one as of the other) and "
                f"the rest substitutions with {shares}"
            )
        return (
            "generated by substitutions of exactly round((1 - level) x length) letters, which is their Hamming and "
            f"their edit distance, on average with {shares}"
        )

    def _negative(self) -> str:
        same = "of one level, length and split"
        if self.negatives == "random":
            return f"{UNRELATED}: the sides of two such pairs {same} exchanged, whatever their identity"
        return (
            f"{UNRELATED}: an ancestor with its own descendant after its blocks of {self.block} letters (of the "
            "ancestor) were put in another order, none in its place or after its former neighbour, and the other way "
            f"round; both sides in that order are {HOMOLOGOUS} too"
        )

    def make(self, writer: Writer, journal: Journal) -> None:
        from exapt.builders.ladder_rows import make

        make(self, writer, journal)
