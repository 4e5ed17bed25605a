"""`protein_pair`: homologous against unrelated proteins."""

from exapt.builders.homolog_recipe import HOMOLOGOUS
from exapt.builders.protein_recipe import ProteinPairRecipe
from exapt.settings import settings
from exapt.tasks.built import BuiltTask


@settings
class ProteinPair(ProteinPairRecipe, BuiltTask):
    """Pairs of proteins: homologous within a band of identity, or strangers."""

    name: str = "protein_pair"
    positive: str = HOMOLOGOUS
