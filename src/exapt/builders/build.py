"""`exapt build`: makes a task's folder from genomes and says what is in it."""

from pathlib import Path
from typing import Any

from rich.console import Console

import exapt
from exapt.errors import BadInput
from exapt.settings import settings


@settings
class Build:
    """One build of one task; the arguments are the keys of conf/build.yaml.

    Attributes:
        task: A task that can be built: it has `build(out, query, against)`, which returns the manifest and whether the
            folder was there already.
        out: The folder to make.
        query: The genome that is cut into windows; the task's own if None.
        against: The genome that is searched; the task's own if None.
        data_dir: Folder of local data, which the sheets of tasks refer to.
    """

    task: Any
    out: str
    query: str | None = None
    against: str | None = None
    data_dir: str | None = None

    def __post_init__(self) -> None:
        if not callable(getattr(self.task, "build", None)):
            name = getattr(self.task, "name", type(self.task).__name__)
            raise BadInput(f"task={name}: is not made from genomes; `exapt build` makes: dna_pair.")
        if not self.out.strip():
            raise BadInput("out: is empty; give the folder to make.")

    def execute(self) -> dict[str, Any]:
        """Build, and say on stderr what the folder holds.

        Returns:
            The manifest.

        Raises:
            BadInput: As the task's `build` does.
        """
        manifest, reused = self.task.build(Path(self.out), self.query, self.against)
        pairs = ", ".join(f"{sum(counts.values()):,} {split}" for split, counts in manifest["examples"].items())
        how = "finished before and reused" if reused else f"built in {manifest['seconds']['all']:.0f} s"
        console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
        console.print(f"{self.out}: {how}; examples: {pairs}.")
        if manifest["exapt"] != exapt.__version__:
            console.print(f"{self.out}: was built by exapt {manifest['exapt']}, this is {exapt.__version__}.")
        return dict(manifest)
