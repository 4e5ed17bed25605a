"""`region`: exon, intron, UTR or intergenic, from a genome with GFF3."""

from exapt.builders.region import RegionRecipe
from exapt.settings import settings
from exapt.tasks.built import BuiltTask


@settings
class Region(RegionRecipe, BuiltTask):
    """Windows of two kinds of regions of a genome."""

    name: str = "region"
    positive: str = "exon"
