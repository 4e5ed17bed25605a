"""Protein pairs from families made by substitution: bands, cuts, places, clusters, negatives, tblastn."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import Seq
from pydantic import ValidationError
from rapidfuzz.distance import Levenshtein

from exapt.builders.genomes import read_genome
from exapt.builders.negatives import KINDS
from exapt.builders.protein_recipe import GENOME, ProteinPairRecipe
from exapt.builders.proteins import Proteins, read_proteins
from exapt.errors import BadInput
from exapt.sequences import PROTEIN
from exapt.settings import one_line

FAMILIES = 40
BACK = {"A": "GCT", "C": "TGC", "D": "GAT", "E": "GAA", "F": "TTC", "G": "GGC", "H": "CAC", "I": "ATC", "K": "AAA",
        "L": "CTG", "M": "ATG", "N": "AAC", "P": "CCG", "Q": "CAG", "R": "CGT", "S": "AGC", "T": "ACC", "V": "GTG",
        "W": "TGG", "Y": "TAC"}  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("blastp") is None, reason="needs blastp, which is not installed")


def substituted(protein: str, share: float, rng: np.random.Generator) -> str:
    """A protein with exactly this share of its residues replaced by others."""
    letters = list(protein)
    for place in rng.choice(len(letters), round(share * len(letters)), replace=False):
        letters[place] = str(rng.choice(list(PROTEIN.replace(letters[place], ""))))
    return "".join(letters)


def fasta(path: Path, records: dict[str, str]) -> Path:
    path.write_text("".join(f">{name}\n{sequence}\n" for name, sequence in records.items()))
    return path


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Forty ancestors; among the relatives one at 65%, one at 45% identity; of the ancestors 0 and 1 are relatives."""
    rng = np.random.default_rng(7)
    ancestors = ["M" + "".join(rng.choice(list(PROTEIN), int(rng.integers(150, 170)))) for _ in range(FAMILIES)]
    ancestors[1] = substituted(ancestors[0], 0.3, rng)
    relatives: dict[str, str] = {"same": ancestors[5], "marked": "X" * 4 + ancestors[6]}
    for number, ancestor in enumerate(ancestors):
        relatives[f"near{number}"] = substituted(ancestor, 0.35, rng)
        relatives[f"far{number}"] = substituted(ancestor, 0.55, rng)
    relatives["near3"] = relatives["near3"][:80] + "X" + relatives["near3"][81:]
    folder = tmp_path_factory.mktemp("proteins")
    query = fasta(folder / "query.faa", {f"q{number}": ancestor for number, ancestor in enumerate(ancestors)})
    return query, fasta(folder / "against.faa", relatives)


def built(paths: tuple[Path, Path], out: Path, **settings: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    recipe = ProteinPairRecipe(query=str(paths[0]), against=str(paths[1]), **settings)
    manifest, _ = recipe.build(out)
    parts = (pd.read_parquet(out / f"{name}.parquet").assign(split=name) for name in ("train", "dev", "test"))
    return manifest, pd.concat(parts, ignore_index=True)


def likeness(left: str, right: str) -> float:
    return float(Levenshtein.normalized_similarity(left, right))


def places_hold(table: pd.DataFrame, query: Proteins, against: Proteins) -> bool:
    """Whether the natural sides of positives stand where the table says."""
    texts = [dict(zip(proteins.names, proteins.sequences, strict=True)) for proteins in (query, against)]
    return all(
        texts[0][row.left_record][row.left_start : row.left_end] == row.left
        and texts[1][row.right_record][row.right_start : row.right_end] == row.right
        for row in table[table["label"] == "homologous"].itertuples()
    )


def test_best_homologs_in_clusters_each_once(families: tuple[Path, Path], tmp_path: Path) -> None:
    manifest, table = built(families, tmp_path / "out", fractions=[0.5, 0.0, 0.5], min_identity=0.4)
    positive = table[table["label"] == "homologous"]
    assert len(positive) >= 30 and len(table) == 2 * len(positive)
    assert (table["left"].str.len() == 100).all() and (table["right"].str.len() == 100).all()
    assert positive["left_record"].is_unique and positive["right_record"].is_unique
    equal = set(positive["left"]) & set(positive["right"])
    assert equal == set(positive.loc[positive["right_record"] == "marked", "left"])
    assert not table["right_record"].isin(["same"]).any()
    own = [
        (q[1:], r.removeprefix("near").removeprefix("far")) for q, r in positive[["left_record", "right_record"]].values
    ]
    assert all(a == b or {a, b} <= {"0", "1"} or (a, b) == ("6", "marked") for a, b in own)
    assert [likeness(*sides) for sides in table[["left", "right"]].values] == pytest.approx(table["identity"].tolist())
    assert (positive["identity"] >= 0.4).all()
    assert (table.loc[table["label"] == "unrelated", "identity"] < 0.4).all()
    assert places_hold(table, *(read_proteins([path]) for path in families))
    sides = table.groupby(["split", "left", "label"]).size().unstack(fill_value=0)
    assert (sides == 1).all(axis=None)
    twins = positive[positive["left_record"].isin(["q0", "q1"])]
    assert len(twins) == 2 and twins["left_unit"].nunique() == 1 and twins["split"].nunique() == 1
    assert manifest["counts"]["self hits, left out"] >= 1
    assert any("between splits (protein)" in note for note in manifest["notes"])


def test_a_band_of_identity_takes_the_farther_relatives(families: tuple[Path, Path], tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "min_identity": 0.4,
        "max_identity": 0.55,
        "split": "random",
        "fractions": [0.0, 0.0, 1.0],
    }
    manifest, table = built(families, tmp_path / "out", length=None, min_length=60, **settings)
    positive = table[table["label"] == "homologous"]
    assert len(positive) >= 25 and positive["identity"].between(0.4, 0.55).all()
    assert positive["right_record"].str.startswith("far").mean() > 0.8
    lengths = positive["left"].str.len()
    assert lengths.min() >= 60 and lengths.nunique() > 5
    assert manifest["counts"]["alignments above max_identity, left out"] >= 25


def test_ambiguous_residues_are_left_out_and_counted(families: tuple[Path, Path], tmp_path: Path) -> None:
    manifest, table = built(families, tmp_path / "out", split="random", fractions=[0.0, 0.0, 1.0], min_identity=0.5)
    assert manifest["counts"]["alignments with ambiguous letters or stops, left out"] >= 1
    assert "near3" not in set(table["right_record"])
    assert set("".join(table["left"]) + "".join(table["right"])) <= set(PROTEIN)


def test_a_set_against_itself_gives_each_two_once(families: tuple[Path, Path], tmp_path: Path) -> None:
    settings: dict[str, Any] = {"length": 60, "split": "random", "fractions": [0.0, 0.0, 1.0]}
    manifest, table = built((families[1], families[1]), tmp_path / "out", **settings)
    positive = table[table["label"] == "homologous"]
    assert len(positive) >= 25
    stand = [*positive["left_record"], *positive["right_record"]]
    assert len(set(stand)) == len(stand)
    assert manifest["counts"]["self hits, left out"] >= 2 * FAMILIES


@pytest.mark.parametrize(
    "kind", ["length_matched", "composition_matched", "scrambled", "reverse", "mutated", "near_miss"]
)
def test_every_negative_is_below_the_bound(kind: str, families: tuple[Path, Path], tmp_path: Path) -> None:
    given = {"scrambled": {"anchored": False}, "length_matched": {"tolerance": 5}}.get(kind, {})
    split = "cluster" if kind == "near_miss" else "random"  # farther homologs are clustered, too
    settings: dict[str, Any] = {"negatives": KINDS[kind](**given), "fractions": [0.0, 0.0, 1.0], "split": split}
    length = None if kind == "length_matched" else 60
    manifest, table = built(families, tmp_path / "out", min_identity=0.5, length=length, **settings)
    negative = table[table["label"] == "unrelated"]
    assert len(negative) >= 4 and len(table) == 2 * len(negative)
    assert (negative["kind"] == kind).all()
    assert all(likeness(*sides) < 0.5 for sides in negative[["left", "right"]].values)
    assert any("flattered" in note for note in manifest["notes"]) == (split == "random")
    if kind == "near_miss":
        relatives = read_proteins([families[1]]).sequences
        assert all(any(text in protein for protein in relatives) for text in negative["right"])


def test_proteins_against_a_genome(families: tuple[Path, Path], tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    dna = ""
    for number, protein in enumerate(read_proteins([families[1]]).sequences):
        gene = "".join(BACK.get(residue, "NNN") for residue in protein)
        gene = str(Seq(gene).reverse_complement()) if number % 2 else gene
        dna += "".join(rng.choice(list("ACGT"), 40)) + gene
    genome = fasta(tmp_path / "genome.fna", {"chr": dna})
    _, table = built(
        (families[0], genome), tmp_path / "out", search="tblastn", length=60, min_identity=0.4, split="random",
        fractions=[0.0, 0.0, 1.0],
    )  # fmt: skip
    positive = table[table["label"] == "homologous"]
    assert len(positive) >= 30 and set(positive["right_strand"]) == {"+", "-"}
    letters = read_genome(genome).sequences[0]
    used = np.zeros(len(letters), dtype=int)
    for row in positive.itertuples():
        place = Seq(letters[row.right_start : row.right_end])
        assert str((place.reverse_complement() if row.right_strand == "-" else place).translate()) == row.right
        used[row.right_start : row.right_end] += 1
    assert used.max() == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("mmseqs") is None, reason="needs mmseqs, which is not installed")
def test_mmseqs_finds_the_same_relatives(families: tuple[Path, Path], tmp_path: Path) -> None:
    settings: dict[str, Any] = {"min_identity": 0.5, "fractions": [0.0, 0.0, 1.0], "split": "random"}
    found = [
        set(map(tuple, table.loc[table["label"] == "homologous", ["left_record", "right_record"]].values))
        for engine in ("blast", "mmseqs")
        for table in [built(families, tmp_path / engine, engine=engine, **settings)[1]]
    ]
    assert len(found[0] & found[1]) >= 25


def test_faults_of_the_inputs(families: tuple[Path, Path], tmp_path: Path) -> None:
    genome = fasta(tmp_path / "genome.fna", {"chr": "ACGT" * 100})
    with pytest.raises(BadInput, match=r"genome\.fna: holds DNA"):
        built((families[0], genome), tmp_path / "out")
    with pytest.raises(BadInput, match="looks like a protein"):
        built(families, tmp_path / "out", search="tblastn")
    with pytest.raises(BadInput, match=r"no homologs of 140 residues with identity 0\.75 to 0\.9;"):
        built(families, tmp_path / "out", length=140, min_identity=0.75, max_identity=0.9)
    assert not (tmp_path / "out").exists()


def test_tblastn_takes_a_genome_by_default(tmp_path: Path) -> None:
    recipe = ProteinPairRecipe(search="tblastn", data_dir=str(tmp_path))
    assert recipe.inputs()["against"] == [tmp_path / GENOME]
    assert ProteinPairRecipe(data_dir=str(tmp_path)).inputs()["against"][0].name.startswith("swissprot")


@pytest.mark.parametrize(
    ("key", "value"),
    [("length", 19), ("table", 99), ("positives", 1), ("evalue", 0.0), ("cluster_identity", 0.9),
     ("min_identity", 1.2), ("max_identity", 0.2)],
)  # fmt: skip
def test_settings_out_of_range(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        ProteinPairRecipe(**{key: value})
    assert str(value) in one_line(caught.value)


def test_mmseqs_reads_no_genomes() -> None:
    with pytest.raises(ValidationError) as caught:
        ProteinPairRecipe(search="tblastn", engine="mmseqs")
    assert "use engine=blast" in one_line(caught.value)
