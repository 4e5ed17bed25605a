"""The settings that decide what a `dna_pair` build holds, and the label rule they make, in one sentence."""

from dataclasses import field
from typing import Any

from exapt.errors import BadInput
from exapt.settings import settings

UNRELATED, HOMOLOGOUS = "unrelated", "homologous"

# What BLAST is asked when it looks for homologs of windows: written out, so that no default of a version decides.
HOMOLOGS = {
    "task": "dc-megablast", "word_size": "11", "template_type": "coding", "template_length": "18",
    "reward": "2", "penalty": "-3", "gapopen": "5", "gapextend": "2",
    "evalue": "1e-5", "dust": "20 64 1", "soft_masking": "true", "strand": "both",
}  # fmt: skip
# And when it must find what is still alike in two short sequences: the shortest word, a mismatch as dear as a match is
# worth (made for 75% identity), no masking, both strands. The set search space makes the bar one score, whatever the
# number of pairs; at E = 10 about 0.2% of chance pairs are hits, so negatives stay a fair draw.
RELATED = {
    "task": "blastn", "word_size": "7", "reward": "1", "penalty": "-1", "gapopen": "3", "gapextend": "2",
    "evalue": "10", "searchsp": "10000000", "dust": "no", "strand": "both", "max_hsps": "1",
}  # fmt: skip


@settings
class Recipe:
    """How windows of one genome and their homologs in another become pairs.

    Attributes:
        length: Letters of each side of a pair.
        window: Letters of the windows that are searched; at least `length` + 50, since alignments lose ends and gaps.
            `length` + 100 if None.
        stride: Letters between the starts of two windows; the window itself (no overlap) if None.
        locus: Least letters of a locus on the query genome, at least 1,000.
        min_identity: A positive pair must reach this identity (0 to 1) after cutting: where a long gap shifted the
            cut, the sides are no more alike than unrelated ones, which seldom reach 0.6 by edit distance.
        fractions: Shares of train, dev and test; 0 leaves a split empty.
        seed: Decides which loci go where and who shares a swap block.
    """

    length: int = 50
    window: int | None = None
    stride: int | None = None
    locus: int = 1000
    min_identity: float = 0.6
    fractions: list[float] = field(default_factory=lambda: [0.8, 0.1, 0.1])
    seed: int = 0

    def __post_init__(self) -> None:
        if self.length < 20:
            raise BadInput(f"length={self.length}: a pair needs at least 20 letters a side.")
        if self.window is not None and self.window < self.length + 50:
            least = self.length + 50
            raise BadInput(f"window={self.window}: must be at least length + 50 = {least}; alignments lose letters.")
        if self.stride is not None and self.stride < 1:
            raise BadInput(f"stride={self.stride}: must be 1 or more; leave it out for windows without overlap.")
        if self.locus < 1000:
            raise BadInput(f"locus={self.locus}: must be at least 1000 letters.")
        if not 0 <= self.min_identity <= 1:
            raise BadInput(f"min_identity={self.min_identity}: must lie between 0 and 1.")
        if len(self.fractions) != 3 or min(self.fractions) < 0 or abs(sum(self.fractions) - 1) > 1e-6:
            raise BadInput(f"fractions={self.fractions}: give three shares (train, dev, test) that add up to 1.")
        if self.seed < 0:
            raise BadInput(f"seed={self.seed}: must be 0 or more.")

    @property
    def letters(self) -> int:
        """Letters of a window."""
        return self.window or self.length + 100

    @property
    def step(self) -> int:
        """Letters between the starts of two windows."""
        return self.stride or self.letters

    def as_settings(self) -> dict[str, Any]:
        """The settings, resolved, as a manifest holds them."""
        return {
            "length": self.length, "window": self.letters, "stride": self.step, "locus": self.locus,
            "min_identity": self.min_identity, "fractions": self.fractions, "seed": self.seed,
        }  # fmt: skip

    def rule(self) -> str:
        """The label rule in one sentence."""
        return (
            f"{HOMOLOGOUS}: {self.length} letters from the middle of the best BLAST alignment "
            f"({HOMOLOGS['task']}, E <= {HOMOLOGS['evalue']}) of a {self.letters}-letter window of the query genome in "
            f"the other genome, gaps removed, identity (1 - edit distance / length) at least {self.min_identity:g}; "
            f"{UNRELATED}: the sides of two such pairs of different loci exchanged, with no BLAST hit "
            f"({RELATED['task']}, word {RELATED['word_size']}, either strand, score as of E <= {RELATED['evalue']} in "
            f"{int(RELATED['searchsp']):,} places) between them."
        )
