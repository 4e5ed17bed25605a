"""`coding_pair`: windows of DNA with the protein that they code for, or with another one."""

from exapt.builders.coding_recipe import CODING, CodingPairRecipe
from exapt.settings import settings
from exapt.tasks.built import BuiltTask


@settings
class CodingPair(CodingPairRecipe, BuiltTask):
    """Pairs of a DNA window and a protein: coding in frame 0, or not."""

    name: str = "coding_pair"
    positive: str = CODING
