"""`gene_location`: coding or not, from any annotated genome."""

from exapt.builders.gene_location import CODING, GeneLocationRecipe
from exapt.settings import settings
from exapt.tasks.built import BuiltTask


@settings
class GeneLocation(GeneLocationRecipe, BuiltTask):
    """Windows of a genome: inside coding sequences, or outside of them."""

    name: str = "gene_location"
    positive: str = CODING
