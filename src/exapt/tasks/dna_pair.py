"""`dna_pair`: homologous against unrelated DNA."""

from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.homolog_recipe import HOMOLOGOUS
from exapt.settings import settings
from exapt.tasks.built import BuiltTask


@settings
class DnaPair(DnaPairRecipe, BuiltTask):
    """Pairs of DNA sequences: homologous by BLAST, or of two different places."""

    name: str = "dna_pair"
    positive: str = HOMOLOGOUS
