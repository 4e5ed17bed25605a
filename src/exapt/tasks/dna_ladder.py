"""`dna_ladder`: DNA against its descendant or against no relative, at exactly set difficulty."""

from typing import Any

from exapt.builders.ladder import HOMOLOGOUS, DnaLadderRecipe
from exapt.settings import settings
from exapt.tasks.built import BuiltTask


@settings
class DnaLadder(DnaLadderRecipe, BuiltTask):
    """Pairs of DNA sequences at several levels: homologous by having been made so, or unrelated."""

    name: str = "dna_ladder"
    positive: str = HOMOLOGOUS

    def facts(self) -> dict[str, Any]:
        """The manifest's, and whether the ancestors are generated too; a genome's windows are not."""
        facts = super().facts()
        return {**facts, "generated": facts["identity"]["parameters"]["generated"]}
