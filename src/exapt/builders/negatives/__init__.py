"""Negatives, one axis each, that force a model to do what the task claims to measure."""

from exapt.builders.negatives.composition import CompositionMatched
from exapt.builders.negatives.frameshifted import Frameshifted
from exapt.builders.negatives.kind import Negatives
from exapt.builders.negatives.made import Context, Made, Sides
from exapt.builders.negatives.mixed import Mixed
from exapt.builders.negatives.mutated import Mutated
from exapt.builders.negatives.near_miss import NearMiss
from exapt.builders.negatives.scrambled import Scrambled
from exapt.builders.negatives.swapped import LengthMatched, Random
from exapt.builders.negatives.turned import Complement, Reverse, ReverseComplement

KINDS: dict[str, type[Negatives]] = {
    made.kind: made
    for made in (
        Random,
        LengthMatched,
        CompositionMatched,
        Scrambled,
        Reverse,
        Complement,
        ReverseComplement,
        Frameshifted,
        Mutated,
        NearMiss,
        Mixed,
    )
}

__all__ = ["KINDS", "Context", "Made", "Negatives", "Sides", *(made.__name__ for made in KINDS.values())]
