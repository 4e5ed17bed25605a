"""Small annotated genomes for tests of single windows, and the rows that a build makes of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exapt.builders.windows_recipe import WindowsRecipe
from exapt.builders.writer import SPLITS


def random_dna(letters: int, seed: int = 0, gc: float = 0.5) -> str:
    """Letters drawn at random."""
    shares = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    return "".join(np.random.default_rng(seed).choice(list("ACGT"), letters, p=shares))


def write_gff(folder: Path, records: dict[str, str], rows: list[str]) -> tuple[str, str]:
    """FASTA and GFF3 files; rows have spaces for tabs, and neither source nor score.

    Returns:
        Their paths.
    """
    fasta, features = folder / "genome.fa", folder / "features.gff"
    fasta.write_text("".join(f">{name}\n{sequence}\n" for name, sequence in records.items()))
    lines = ["##gff-version 3"]
    for row in rows:
        record, kind, start, end, strand, attributes = row.split(" ")
        phase = "0" if kind == "CDS" else "."
        lines.append("\t".join([record, "made", kind, start, end, ".", strand, phase, attributes]))
    features.write_text("\n".join(lines) + "\n")
    return str(fasta), str(features)


def built(recipe: WindowsRecipe) -> tuple[pd.DataFrame, dict[str, Any]]:
    """All rows of a build, with their split, in the order of their places; and the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        manifest, _ = recipe.build(out)
        parts = [pd.read_parquet(out / f"{split}.parquet").assign(split=split) for split in SPLITS]
    return pd.concat(parts).sort_values(["record", "start"], ignore_index=True), manifest


def spans(rows: pd.DataFrame, label: str) -> list[tuple[int, int]]:
    """Start and end of the windows of a class."""
    return [(int(s), int(e)) for s, e in rows.loc[rows["label"] == label, ["start", "end"]].to_numpy()]
