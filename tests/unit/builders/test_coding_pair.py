"""Coding pairs: an oracle with a codon table of its own agrees with every row; genes and clusters stay in one split."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from exapt.builders.coding_recipe import CodingPairRecipe
from exapt.builders.negatives import KINDS
from exapt.errors import BadInput
from exapt.settings import one_line
from tests.unit.builders.annotated_text import HAND_TABLE
from tests.unit.builders.windows_text import write_gff

SENSE = sorted(codon for codon, residue in HAND_TABLE.items() if residue != "*")


def oracle(left: str, right: str) -> bool:
    """Whether a window codes for a protein in frame 0, by a codon table of its own."""
    return "".join(HAND_TABLE[left[i : i + 3]] for i in range(0, len(left), 3)) == right


@pytest.fixture(scope="module")
def genome(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Sixty genes on both strands of a FASTA with GFF3; gene 1 stands there twice, with some letters changed."""
    if shutil.which("blastp") is None:
        pytest.skip("needs blastp, which is not installed")
    rng = np.random.default_rng(3)
    genes = ["ATG" + "".join(rng.choice(SENSE, 120)) + "TAA" for _ in range(60)]
    copied = list(genes[1])
    for place in rng.choice(np.arange(4, 360, 3), 20, replace=False):
        copied[place] = "A" if copied[place - 1] != "T" else "C"
    genes.append("".join(copied))
    text, rows = "", ["##gff-version 3"]
    for number, gene in enumerate(genes):
        text += "".join(rng.choice(list("ACGT"), 50))
        minus = number % 2
        rows.append(
            f"chr\ttest\tCDS\t{len(text) + 1}\t{len(text) + len(gene)}\t.\t{'-' if minus else '+'}\t0\t"
            f"ID=cds{number};locus_tag=g{number};transl_table=11"
        )
        text += gene[::-1].translate(str.maketrans("ACGT", "TGCA")) if minus else gene
    folder = tmp_path_factory.mktemp("coding")
    fasta, gff = folder / "genome.fa.gz", folder / "genome.gff"
    with gzip.open(fasta, "wt") as stream:
        stream.write(f">chr\n{text}\n")
    gff.write_text("\n".join(rows) + "\n")
    return fasta, gff


def built(genome: tuple[Path, Path], out: Path, **settings: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    recipe = CodingPairRecipe(genome=str(genome[0]), features=str(genome[1]), length=60, **settings)
    manifest, _ = recipe.build(out)
    parts = (pd.read_parquet(out / f"{name}.parquet").assign(split=name) for name in ("train", "dev", "test"))
    return manifest, pd.concat(parts)


def test_windows_code_and_clusters_stay_together(genome: tuple[Path, Path], tmp_path: Path) -> None:
    manifest, table = built(genome, tmp_path / "out", fractions=[0.6, 0.2, 0.2])
    assert len(table) > 500
    assert [oracle(*sides) for sides in zip(table["left"], table["right"], strict=True)] == (
        table["label"] == "coding"
    ).tolist()
    counts = table.groupby(["split", "left", "label"]).size().unstack(fill_value=0)
    assert (counts == 1).all(axis=None)
    assert (table.groupby("left_unit")["split"].nunique() == 1).all()
    copies = table[(table["label"] == "coding") & table["gene"].str.contains("g1$|g60$|cds1$|cds60$")]
    assert copies["gene"].nunique() == 2 and copies["left_unit"].nunique() == 1
    assert manifest["counts"]["windows"] * 2 == len(table)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"near_miss", "mixed", "random"}))
def test_every_negative_stops_coding(kind: str, genome: tuple[Path, Path], tmp_path: Path) -> None:
    settings = {"fractions": [0.0, 0.0, 1.0], "split": "gene", "positives": 150, "negatives": KINDS[kind]()}
    _, table = built(genome, tmp_path / "out", **settings)
    assert len(table) >= 20
    assert [oracle(*sides) for sides in zip(table["left"], table["right"], strict=True)] == (
        table["label"] == "coding"
    ).tolist()


def test_the_published_recipe_wants_transcripts(genome: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no transcripts"):
        built(genome, tmp_path / "out", windows="published")


def test_the_published_recipe_begins_with_the_transcript(tmp_path: Path) -> None:
    """The first letters of the spliced mRNA, leader included, with the first residues of the protein."""
    if shutil.which("blastp") is None:
        pytest.skip("needs blastp, which is not installed")
    rng = np.random.default_rng(8)
    record, rows, expected = "", [], {}
    for number in range(40):
        coding = "ATG" + "".join(rng.choice(SENSE, 60)) + "TAA"
        leader, intron = ("".join(rng.choice(list("ACGT"), size)) for size in (int(rng.integers(5, 80)), 70))
        cut = len(leader) + 30  # the intron stands after 30 coding letters
        gene = (leader + coding)[:cut] + intron + (leader + coding)[cut:]
        start = len(record)
        first, last, end = start + len(leader), start + cut, start + len(gene)
        rows += [
            f"chr1 gene {start + 1} {end} + ID=g{number}",
            f"chr1 mRNA {start + 1} {end} + ID=m{number};Parent=g{number}",
            f"chr1 exon {start + 1} {last} + Parent=m{number}", f"chr1 exon {last + 71} {end} + Parent=m{number}",
            f"chr1 CDS {first + 1} {last} + ID=c{number};Parent=m{number}",
            f"chr1 CDS {last + 71} {end} + ID=c{number};Parent=m{number}",
        ]  # fmt: skip
        protein = "".join(HAND_TABLE[coding[i : i + 3]] for i in range(0, 183, 3))
        expected[(leader + coding)[:60]] = (protein[:20], len(leader))
        record += gene + "".join(rng.choice(list("ACGT"), 50))
    fasta, features = write_gff(tmp_path, {"chr1": record}, rows)
    recipe = CodingPairRecipe(
        genome=fasta, features=features, length=60, windows="published", split="gene", fractions=[0.0, 0.0, 1.0]
    )
    manifest, _ = recipe.build(tmp_path / "out")
    table = pd.read_parquet(tmp_path / "out" / "test.parquet")
    positive = table[table["label"] == "coding"]
    assert len(positive) >= 36
    assert all(expected[left][0] == right for left, right in zip(positive["left"], positive["right"], strict=True))
    bare = sum(leader > 57 for _, leader in expected.values())
    assert manifest["counts"]["windows that hold none of their protein"] == bare > 0
    assert "the first 60 letters of a transcript" in manifest["rule"]


@pytest.mark.parametrize(
    ("key", "value"), [("length", 50), ("length", 9), ("stride", 4), ("table", 99), ("positives", 1)]
)
def test_settings_out_of_range(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        CodingPairRecipe(**{key: value})
    assert str(value) in one_line(caught.value)
