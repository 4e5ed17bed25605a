"""The settings that tasks of homologous pairs share, whatever their alphabet."""

from dataclasses import field
from typing import ClassVar, Literal

from exapt.builders.journal import Journal
from exapt.builders.negatives import Negatives
from exapt.builders.negatives.swapped import Random
from exapt.builders.recipe import SHUFFLED, Recipe
from exapt.errors import BadInput
from exapt.settings import settings

UNRELATED, HOMOLOGOUS = "unrelated", "homologous"


@settings
class HomologRecipe(Recipe):
    """How alignments become pairs. Subclasses say of what.

    Attributes:
        query: File or files of which each pair's left side is.
        against: File or files that are searched.
        engine: `blast` or, for large inputs, `mmseqs`: it finds the homologs; whether negatives, clusters and splits
            are related is looked up by BLAST all the same.
        length: Letters (residues) of each side, from the middle of the alignment; None keeps every alignment as long as
            it is, and then only negatives such as `length_matched` do not show by their lengths.
        min_length: Least letters of a side if `length` is None.
        min_identity: A positive pair must reach this identity (0 to 1): 1 - edit distance / longer side, of the sides
            as they are stored.
        max_identity: And must not exceed this one.
        evalue: Largest E-value of an alignment.
        positives: Most natural homologous pairs, drawn at random before they are clustered; each gives two rows (with
            `scrambled`, `reverse` and the complements four). None takes all.
        negatives: Kind of the negatives.
    """

    NAMES: ClassVar[tuple[str, str]] = (UNRELATED, HOMOLOGOUS)
    UNIT: ClassVar[str] = "letters"
    ORDER: ClassVar[str | None] = SHUFFLED

    query: str | list[str] | None = None
    against: str | list[str] | None = None
    engine: Literal["blast", "mmseqs"] = "blast"
    length: int | None = 50
    min_length: int = 50
    min_identity: float = 0.6
    max_identity: float = 1.0
    evalue: float = 1e-5
    positives: int | None = None
    negatives: Negatives = field(default_factory=Random)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.least < 20:
            name = "min_length" if self.length is None else "length"
            raise BadInput(f"{name}={self.least}: a pair needs at least 20 {self.UNIT} a side.")
        if not 0 <= self.min_identity <= self.max_identity <= 1:
            low, high = self.min_identity, self.max_identity
            raise BadInput(f"min_identity={low}, max_identity={high}: give 0 <= min_identity <= max_identity <= 1.")
        if self.positives is not None and self.positives < 4:
            raise BadInput(f"positives={self.positives}: give at least 4, or leave it out for all.")
        if not 0 < self.evalue <= 10:
            raise BadInput(f"evalue={self.evalue}: must lie between 0 and 10.")

    def warn(self, journal: Journal) -> None:
        """Note settings that let something else than homology tell the classes apart."""
        if self.length is None and self.negatives.kind == "random":
            journal.notes.append(
                "length=null with random negatives: aligned sides are about as long as each other, strangers are not, "
                "and so the lengths tell the label; take negatives=length_matched."
            )

    @property
    def least(self) -> int:
        """Least letters of a side."""
        return self.min_length if self.length is None else self.length

    @property
    def cuts(self) -> str:
        """What of an alignment becomes a side, in words."""
        if self.length is None:
            return f"{self.least} {self.UNIT} or more from"
        return f"{self.length} {self.UNIT} from the middle of"
