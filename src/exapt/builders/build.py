"""`exapt build`: makes a task's folder from genomes and says what is in it."""

import dataclasses
from pathlib import Path
from typing import Any

from rich.console import Console

import exapt
from exapt.builders.ncbi import Ncbi
from exapt.errors import BadInput
from exapt.settings import settings

INPUTS = ("query", "against", "genome", "features")
BUILT = ("coding_pair", "dna_ladder", "dna_pair", "gene_location", "protein_pair", "region")


@settings
class Build:
    """One build of one task; the arguments are the keys of conf/build.yaml.

    Attributes:
        task: A task that can be built, such as `dna_pair`.
        out: The folder to make.
        query: File or files in place of the task's own input of this name; `ncbi:ACCESSION` fetches it.
        against: Likewise.
        genome: Likewise.
        features: Likewise.
        data_dir: Folder of local data, which the sheets of tasks refer to.
        ncbi: How NCBI is asked; the task's own way if None.
    """

    task: Any
    out: str
    query: str | list[str] | None = None
    against: str | list[str] | None = None
    genome: str | list[str] | None = None
    features: str | list[str] | None = None
    data_dir: str | None = None
    ncbi: Ncbi | None = None

    def __post_init__(self) -> None:
        name = getattr(self.task, "name", type(self.task).__name__)
        if not callable(getattr(self.task, "build", None)):
            raise BadInput(f"task={name}: is not made from biology; `exapt build` makes: {', '.join(BUILT)}.")
        takes = list(self.task.INPUTS)
        for role in self._given:
            if role not in takes:
                raise BadInput(f"{role}: {name} takes no such input; it takes {', '.join(takes) or 'none'}.")
        if not self.out.strip():
            raise BadInput("out: is empty; give the folder to make.")

    @property
    def _given(self) -> dict[str, Any]:
        return {role: getattr(self, role) for role in INPUTS if getattr(self, role) is not None}

    def execute(self) -> dict[str, Any]:
        """Build, and say on stderr what the folder holds.

        Returns:
            The manifest.

        Raises:
            BadInput: As the task's `build` does.
        """
        task = dataclasses.replace(self.task, ncbi=self.ncbi or self.task.ncbi, **self._given)
        manifest, reused = task.build(Path(self.out))
        pairs = ", ".join(f"{sum(counts.values()):,} {split}" for split, counts in manifest["examples"].items())
        how = "finished before and reused" if reused else f"built in {manifest['seconds']['all']:.0f} s"
        console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
        console.print(f"{self.out}: {how}; examples: {pairs}.")
        for note in manifest["notes"]:
            console.print(f"  {note}")
        if manifest["exapt"] != exapt.__version__:
            console.print(f"{self.out}: was built by exapt {manifest['exapt']}, this is {exapt.__version__}.")
        return dict(manifest)
