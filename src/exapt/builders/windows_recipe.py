"""The settings that tasks of single windows share: where the windows come from, how they are split and evened out."""

from abc import abstractmethod
from dataclasses import field
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa

from exapt.builders.journal import Journal
from exapt.builders.letters import Letters
from exapt.builders.recipe import Recipe
from exapt.builders.repeats import WORD
from exapt.builders.windows_even import GC_BIN
from exapt.builders.writer import Writer
from exapt.errors import BadInput
from exapt.settings import settings


@settings
class WindowsRecipe(Recipe):
    """How an annotated genome becomes labelled windows. Subclasses say which kind every letter has.

    Windows lie on a grid that begins with the record, so that no place within a gene is preferred. The group of a
    window is its locus: the genes that overlap or touch there, or the stretch between two of them (within one block).
    Windows of one locus share composition, codon usage and, with a small stride, letters; a locus lies in one split.

    Attributes:
        genome: GenBank, FASTA, or GFF3 with its FASTA; gzipped or not, or `ncbi:ACCESSION`.
        features: GFF3 of the genome, where `genome` does not hold the features itself.
        length: Letters of a window, 20 or more.
        stride: Letters between the starts of two windows; `length` (no overlap) if None.
        split: What is dealt to splits: blocks of the genome, or whole records.
        block: Letters of a block, 1,000 or more; a border that would divide a gene moves to its end.
        margin: Windows less than this many letters from a block of another split are left out.
        dev: Records that make the dev split, and all that do, if `split` is chromosome. If neither these nor `test` are
            given, records are dealt by `fractions`.
        test: Likewise.
        prevalence: `natural` keeps all windows; `balanced` draws as many of the larger class as there are of the
            smaller one, in each split.
        match: `gc` draws windows of the two classes in equal numbers from each 2% of GC, in each split, so that
            composition alone tells little.
    """

    INPUTS: ClassVar[dict[str, str | None]] = {"genome": None, "features": None}
    COMPARED: ClassVar[bool] = True
    COLUMNS: ClassVar[dict[str, pa.DataType]] = {
        "kind": pa.string(), "record": pa.string(), "start": pa.int64(), "end": pa.int64(), "strand": pa.string(),
        "block": pa.string(), "gc": pa.float64(),
    }  # fmt: skip

    genome: str | None = None
    features: str | None = None
    length: int = 100
    stride: int | None = None
    split: Literal["block", "chromosome"] = "block"
    block: int = 50_000
    margin: int = 1_000
    dev: list[str] = field(default_factory=list)
    test: list[str] = field(default_factory=list)
    prevalence: Literal["balanced", "natural"] = "balanced"
    match: Literal["none", "gc"] = "none"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.genome is not None:  # features of one genome must not be taken for another's
            object.__setattr__(self, "INPUTS", dict.fromkeys(self.INPUTS))
        if self.length < 20:
            raise BadInput(f"length={self.length}: a window needs at least 20 letters.")
        if self.stride is not None and self.stride < 1:
            raise BadInput(f"stride={self.stride}: must be 1 or more; leave it out for windows without overlap.")
        if self.block < 1000:
            raise BadInput(f"block={self.block}: must be at least 1000 letters.")
        if self.margin < 0:
            raise BadInput(f"margin={self.margin}: must be 0 or more.")
        if self.split == "block" and (self.dev or self.test):
            raise BadInput("dev=, test=: name records only with split=chromosome.")
        if twice := sorted(set(self.dev) & set(self.test)):
            raise BadInput(f"test={self.test}: record '{twice[0]}' is in dev too; give it to one split.")
        if self.match == "gc" and self.prevalence == "natural":
            raise BadInput("match=gc: makes the classes equal in number; give prevalence=balanced.")

    @property
    def step(self) -> int:
        """Letters between the starts of two windows."""
        return self.stride or self.length

    def expects(self, number: int) -> bool:
        """Whether a split (0 train, 1 dev, 2 test) shall have examples."""
        if self.dev or self.test:
            return bool((True, self.dev, self.test)[number])
        return self.fractions[number] > 0

    @property
    @abstractmethod
    def labelled(self) -> dict[str, tuple[str, str]]:
        """By the kind of a letter, as `read` names it: a window's `kind` and its class; kinds left out are missing."""

    @abstractmethod
    def read(self, letters: Letters) -> tuple[np.ndarray, np.ndarray]:
        """What the letters of a record are.

        Returns:
            The kind of each letter as an index into `names`, uint8; and its strand, int8: 1, -1, or 0 where windows
            shall come in a drawn direction. Both of shape (letters,).
        """

    @property
    @abstractmethod
    def names(self) -> list[str]:
        """The kinds that a letter can have; also the reasons for which windows are left out."""

    def as_settings(self) -> dict[str, Any]:
        return {**super().as_settings(), "stride": self.step}

    def parameters(self) -> dict[str, Any]:
        return {"word shared by no two splits": WORD, "width of a GC bin": GC_BIN}

    def make(self, writer: Writer, journal: Journal) -> None:
        from exapt.builders.windows import make

        make(self, writer, journal)
