"""`dna_pair`: homologous against unrelated DNA, read from a built folder or built on demand into the cache."""

import dataclasses
import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from exapt.builders.dna_pair import build, identity_of
from exapt.builders.folder import read_manifest
from exapt.builders.genomes import read_bytes
from exapt.builders.recipe import HOMOLOGOUS, UNRELATED, Recipe
from exapt.cache import cache_dir, content_key
from exapt.errors import BadInput
from exapt.example import Examples, LabelSpace
from exapt.settings import settings
from exapt.tasks.task import Split, Task

GENOMES = {"query": "ecoli_k12_mg1655.gbff.gz", "against": "salmonella_lt2.fna.gz"}


@settings
class DnaPair(Recipe, Task):
    """Pairs of DNA sequences: homologous by BLAST, or of two different places. The settings of `Recipe` apply too.

    Attributes:
        name: Short name of the task.
        path: A folder that `exapt build` made; without it the task is built into the cache when first loaded.
        query: Genome that is cut into windows (FASTA or GenBank, gzipped or not); without it `data_dir`/genomes/
            ecoli_k12_mg1655.gbff.gz.
        against: Genome that is searched; without it `data_dir`/genomes/salmonella_lt2.fna.gz.
        data_dir: Folder of local data, needed only for the default genomes.
        positive: The class that answers to the source's positive class.
    """

    name: str = "dna_pair"
    path: str | None = None
    query: str | None = None
    against: str | None = None
    data_dir: str | None = None
    positive: str = HOMOLOGOUS

    def __post_init__(self) -> None:
        super().__post_init__()
        LabelSpace((UNRELATED, HOMOLOGOUS), self.positive)

    @cached_property
    def space(self) -> LabelSpace:  # type: ignore[override]
        """The two classes."""
        return LabelSpace((UNRELATED, HOMOLOGOUS), self.positive)

    def build(self, out: Path, query: str | None = None, against: str | None = None) -> tuple[dict[str, Any], bool]:
        """Build the task into a folder.

        Args:
            out: The folder to make; reused if it holds the same build.
            query: Genome to use instead of the task's own.
            against: Likewise.

        Returns:
            The manifest, and whether the folder was there already.

        Raises:
            BadInput: If a genome is not given or faulty, BLAST is missing, or `out` holds something else.
        """
        if self.path is not None:
            raise BadInput(f"{self.name}: path= reads a built folder; to build one drop it and give out=.")
        return build(self._genome("query", query), self._genome("against", against), out, self._recipe)

    def load(self, split: Split) -> Examples:
        """The examples of one split; read, or first built, on the first call."""
        if split not in self._loaded:
            self._loaded[split] = self._read(split)
        return self._loaded[split]

    def facts(self) -> dict[str, Any]:
        """The manifest without times, file names and the version of exapt, which decide nothing in the content."""
        kept = {key: value for key, value in self._manifest.items() if key not in ("seconds", "inputs", "exapt")}
        return {"kind": "built", **kept, "positive": self.positive}

    @property
    def _recipe(self) -> Recipe:
        return Recipe(**{field.name: getattr(self, field.name) for field in dataclasses.fields(Recipe)})

    @cached_property
    def _loaded(self) -> dict[Split, Examples]:
        return {}

    @cached_property
    def _folder(self) -> Path:
        """The folder of the built task; made if it must be."""
        if self.path is not None:
            return Path(self.path)
        query, against = (hashlib.sha256(read_bytes(self._genome(role))).hexdigest() for role in ("query", "against"))
        key = content_key(identity_of(query, against, self._recipe))
        folder = cache_dir() / "tasks" / f"dna_pair-{key[:16]}"
        self.build(folder)
        return folder

    @cached_property
    def _manifest(self) -> dict[str, Any]:
        manifest = read_manifest(self._folder)
        identity = manifest.get("identity")
        if not isinstance(identity, dict) or identity.get("task") != "dna_pair" or "files" not in manifest:
            raise BadInput(f"{self._folder}: is no build of dna_pair; give a folder that `exapt build` made.")
        held = identity["settings"]
        defaults, mine = Recipe().as_settings(), self._recipe.as_settings()
        # a setting that only the builder reads must not be asked for in vain
        for key, value in mine.items():
            if value not in (defaults[key], held.get(key)):
                raise BadInput(f"{self._folder}: was built with {key}={held.get(key)}, not {value}; drop {key}=.")
        return manifest

    def _genome(self, role: str, given: str | None = None) -> Path:
        own = given or getattr(self, role)
        if own is not None:
            return Path(own)
        if self.data_dir is None:
            raise BadInput(f"{self.name}: no {role} genome; give query= and against=, or path=FOLDER, or data_dir=.")
        return Path(self.data_dir, "genomes", GENOMES[role])

    def _read(self, split: Split) -> Examples:
        file = self._folder / f"{split}.parquet"
        expected = self._manifest["files"].get(file.name)
        if hashlib.sha256(read_bytes(file)).hexdigest() != expected:
            raise BadInput(f"{file}: was changed after it was built; build it again, or read it with task=table.")
        try:
            frame = pd.read_parquet(file)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise BadInput(f"{file}: cannot be read as Parquet ({reason}); build it again.") from None
        if frame.empty:
            raise BadInput(f"{self.name}: the {split} split is empty; its share of fractions= is 0.")
        return Examples(frame, self.space, str(file))
