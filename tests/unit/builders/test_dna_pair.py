"""A whole build on two small genomes: balanced swap blocks, splits that share nothing, equal bytes, refusals."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from exapt.builders.blast import search
from exapt.builders.dna_recipe import RELATED, DnaPairRecipe
from exapt.builders.leaks import between
from exapt.builders.negatives import KINDS, NearMiss
from exapt.builders.splits import assign
from exapt.errors import BadInput
from exapt.sequences import reverse_complement
from exapt.settings import one_line
from tests.unit.builders.conftest import mutate

RECIPE = DnaPairRecipe(fractions=[0.6, 0.2, 0.2])


def build(query: Path, against: Path, out: Path, recipe: DnaPairRecipe) -> tuple[dict[str, Any], bool]:
    return dataclasses.replace(recipe, query=str(query), against=str(against)).build(out)


@pytest.fixture(scope="module")
def built(genomes: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "pairs"
    build(*genomes, out, RECIPE)
    return out


def check_build(out: Path, least: int) -> None:
    """All that a build promises, read from its files."""
    splits = {name: pd.read_parquet(out / f"{name}.parquet") for name in ("train", "dev", "test")}
    assert sum(map(len, splits.values())) >= least
    whole = pd.concat(splits.values(), keys=splits, names=["split"]).reset_index("split")
    assert whole["id"].is_unique
    for side in ("left", "right"):
        assert whole[side].str.fullmatch("[ACGT]{50}").all()
        for name, table in splits.items():
            counts = table.groupby([side, "label"]).size().unstack(fill_value=0)
            assert (counts == 1).all(axis=None), f"{name}: a {side} side does not stand once under each label"
    for column in ("group", "left_locus", "right_locus", "left_unit", "right_unit"):
        assert (whole.groupby(column)["split"].nunique() == 1).all()
    loci = [set(t["left_locus"]) | set(t["right_locus"]) for t in splits.values()]
    assert sum(map(len, loci)) == len(set.union(*loci))
    canonical = [{min(s, reverse_complement(s)) for s in [*t["left"], *t["right"]]} for t in splits.values()]
    assert sum(map(len, canonical)) == len(set.union(*canonical))
    for _, block in whole.groupby("group"):
        assert sorted(block["label"]) == ["homologous", "homologous", "unrelated", "unrelated"]
        assert block["left"].nunique() == block["right"].nunique() == 2
    first = (splits["train"]["label"] == "homologous").to_numpy()
    for turn in (2, 3, 4):  # blocks are written in random order: a row's place tells nothing
        for place in range(turn):
            assert abs(first[place::turn].mean() - 0.5) < 2.5 / len(first[place::turn]) ** 0.5
    negative = whole["label"] == "unrelated"
    assert (whole["identity"] < 0.6).equals(negative)
    assert (whole["kind"] == "random").equals(negative)
    assert (whole["left_locus"] != whole["right_locus"]).equals(negative)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["examples"] == {name: t["label"].value_counts().to_dict() for name, t in splits.items()}


def test_the_build_keeps_its_promises(built: Path) -> None:
    check_build(built, 400)
    assert sorted(p.name for p in built.iterdir()) == ["dev.parquet", "manifest.json", "test.parquet", "train.parquet"]
    assert [p.name for p in built.parent.iterdir()] == ["pairs"]


def test_no_negative_has_a_hit(built: Path) -> None:
    table = pd.read_parquet(built / "train.parquet")
    negative = table[table["label"] == "unrelated"]
    hits = search(list(negative["left"]), list(negative["right"]), RECIPE.related, [], "")
    assert (hits["query"] != hits["subject"]).any()
    assert not (hits["query"] == hits["subject"]).any()


def test_the_check_for_hits_refuses_blocks(
    genomes: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a bar so low that half of all pairs have a hit, blocks are refused, and what is left has none."""
    easy = {**RELATED, "searchsp": "3000", "evalue": "10"}
    monkeypatch.setattr("exapt.builders.dna_recipe.RELATED", easy)
    manifest, _ = build(*genomes, tmp_path / "a", DnaPairRecipe(fractions=[0.0, 0.0, 1.0]))
    assert manifest["counts"]["random negatives: blocks refused because sides are related"] > 50
    table = pd.read_parquet(tmp_path / "a" / "test.parquet")
    negative = table[table["label"] == "unrelated"]
    hits = search(list(negative["left"]), list(negative["right"]), easy, [], "")
    assert not (hits["query"] == hits["subject"]).any()


@pytest.mark.slow
def test_equal_inputs_and_seed_give_equal_bytes(genomes: tuple[Path, Path], built: Path, tmp_path: Path) -> None:
    build(*genomes, tmp_path / "again", RECIPE)
    build(*genomes, tmp_path / "other", DnaPairRecipe(fractions=RECIPE.fractions, seed=1))
    for name in ("train", "dev", "test"):
        first = (built / f"{name}.parquet").read_bytes()
        assert (tmp_path / "again" / f"{name}.parquet").read_bytes() == first
        assert (tmp_path / "other" / f"{name}.parquet").read_bytes() != first


def test_a_finished_folder_is_reused_and_another_one_refused(
    genomes: tuple[Path, Path], built: Path, tmp_path: Path
) -> None:
    before = (built / "manifest.json").stat()
    manifest, reused = build(*genomes, built, RECIPE)
    assert reused
    assert (built / "manifest.json").stat() == before
    assert manifest["inputs"]["query"] == ["query.fa.gz"]
    with pytest.raises(BadInput, match="finished task with other settings"):
        build(*genomes, built, DnaPairRecipe(seed=4))
    with pytest.raises(BadInput, match="other inputs"):
        build(genomes[1], genomes[0], built, RECIPE)
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(BadInput, match="something else"):
        build(*genomes, tmp_path, RECIPE)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(BadInput, match="cannot be written"):
        build(*genomes, tmp_path / "mine.txt" / "out", RECIPE)


def test_too_little_in_common_is_one_line_and_leaves_nothing(genomes: tuple[Path, Path], tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    (tmp_path / "in").mkdir()
    stranger = tmp_path / "in" / "stranger.fa"
    stranger.write_text(">s\n" + "".join(rng.choice(list("ACGT"), 20_000)) + "\n")
    short = tmp_path / "in" / "short.fa"
    short.write_text(">s\n" + "ACGT" * 20 + "\n")
    for query in (stranger, short):
        with pytest.raises(BadInput, match="no window has a homolog"):
            build(query, genomes[1], tmp_path / "out", RECIPE)
    with pytest.raises(BadInput, match="too few for dev"):
        build(*genomes, tmp_path / "out", DnaPairRecipe(fractions=[0.999, 0.0005, 0.0005]))
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("length", 10), ("window", 99), ("stride", 0), ("locus", 500), ("min_identity", 1.5), ("seed", -1),
     ("fractions", [0.5, 0.5]), ("fractions", [0.5, 0.6, -0.1]), ("fractions", [0.5, 0.2, 0.2])],
)  # fmt: skip
def test_settings_out_of_range(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        DnaPairRecipe(**{key: value})
    assert one_line(caught.value).startswith(f"{key}=")


def test_overlapping_windows_divide_nothing(genomes: tuple[Path, Path], tmp_path: Path) -> None:
    manifest, _ = build(*genomes, tmp_path / "dense", DnaPairRecipe(stride=50, fractions=RECIPE.fractions))
    assert manifest["counts"]["windows"] > 900
    check_build(tmp_path / "dense", 1_200)


@pytest.mark.slow
def test_the_real_build(data_dir: Path, tmp_path: Path) -> None:
    genomes = data_dir / "genomes"
    recipe = DnaPairRecipe(stride=600)  # each fourth window: all of them take a minute
    build(genomes / "ecoli_k12_mg1655.gbff.gz", genomes / "salmonella_lt2.fna.gz", tmp_path / "real", recipe)
    check_build(tmp_path / "real", 4_500)


def rows_of(out: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(out / f"{name}.parquet").assign(split=name) for name in ("train", "dev", "test")])


def test_as_long_as_aligned_and_within_a_band(genomes: tuple[Path, Path], tmp_path: Path) -> None:
    """`length: null` keeps alignments whole; both ends of the identity band hold."""
    recipe = DnaPairRecipe(length=None, min_length=60, min_identity=0.8, max_identity=0.9, strand="plus")
    manifest, _ = build(*genomes, tmp_path / "out", recipe)
    table = rows_of(tmp_path / "out")
    positive = table[table["label"] == "homologous"]
    lengths = positive["left"].str.len()
    assert lengths.min() >= 60 and lengths.nunique() > 10
    assert positive["identity"].between(0.8, 0.9).all()
    assert manifest["counts"]["alignments above max_identity, left out"] > 0
    assert set(table["strand"]) == {"+"}
    assert any("the lengths tell the label" in note for note in manifest["notes"])
    assert "from 0.8 to 0.9" in manifest["rule"]


def test_several_genomes_are_searched_and_the_farther_homolog_is_a_near_miss(
    genomes: tuple[Path, Path], tmp_path: Path
) -> None:
    rng = np.random.default_rng(9)
    relative = genomes[1].read_text().replace("N", "").split("\n")
    far = tmp_path / "far.fa"
    far.write_text("".join(f"{x}\n" if x.startswith(">") else f"{mutate(x, 0.12, rng)}\n" for x in relative if x))
    recipe = DnaPairRecipe(
        query=str(genomes[0]), against=[str(genomes[1]), str(far)], min_identity=0.86, negatives=NearMiss(),
        fractions=[0.0, 0.0, 1.0],
    )  # fmt: skip
    manifest, _ = recipe.build(tmp_path / "out")
    table = rows_of(tmp_path / "out")
    negative, positive = (table[table["label"] == label] for label in ("unrelated", "homologous"))
    assert len(negative) == len(positive) > 50
    assert negative["identity"].max() < 0.86 <= positive["identity"].min()
    assert negative["identity"].median() > 0.7  # homologs all the same
    assert sorted(negative["left"]) == sorted(positive["left"])
    assert manifest["inputs"]["against"] == ["against.fa", "far.fa"]
    whole = dataclasses.replace(recipe, fractions=[0.6, 0.0, 0.4])
    whole.build(tmp_path / "splits")
    dealt = rows_of(tmp_path / "splits")
    sequences = {name: dealt.loc[dealt["split"] == name, "right"].tolist() for name in ("train", "test")}
    assert between(sequences["train"], sequences["test"])["identity"] is None  # the farther homologs, too
    assert set(positive["right_record"]) == {"against.fa:rel1", "against.fa:rel2"}


@pytest.mark.slow
def test_units_are_dealt_by_content_and_random_division_says_so(
    genomes: tuple[Path, Path], built: Path, tmp_path: Path
) -> None:
    fewer = DnaPairRecipe(fractions=RECIPE.fractions, positives=150)
    manifest, _ = build(*genomes, tmp_path / "fewer", fewer)
    assert manifest["counts"]["pairs"] <= 150
    assert not any("random" in note for note in manifest["notes"])
    assert any(note.startswith("between splits (dna)") for note in manifest["notes"])
    manifest, _ = build(*genomes, tmp_path / "random", DnaPairRecipe(fractions=RECIPE.fractions, split="random"))
    assert any("flattered" in note for note in manifest["notes"])
    halves = [0.5, 0.0, 0.5]
    seed = next(seed for seed in range(20) if len(set(assign(["chr1", "chr2"], halves, seed))) == 2)
    build(*genomes, tmp_path / "record", DnaPairRecipe(fractions=halves, split="chromosome", seed=seed))
    assert rows_of(tmp_path / "record").groupby("left_record")["split"].nunique().eq(1).all()


@pytest.mark.parametrize(
    "kind", ["scrambled", "composition_matched", "reverse", "complement", "reverse_complement", "mutated"]
)
def test_other_negatives(kind: str, genomes: tuple[Path, Path], tmp_path: Path) -> None:
    recipe = DnaPairRecipe(fractions=[0.0, 0.0, 1.0], positives=100, split="locus", negatives=KINDS[kind]())
    manifest, _ = build(*genomes, tmp_path / "out", recipe)
    table = rows_of(tmp_path / "out")
    assert set(table.loc[table["label"] == "unrelated", "kind"]) == {kind}
    assert table["label"].value_counts().nunique() == 1
    assert (table["left_made"] | table["right_made"]).any()
    assert manifest["identity"]["settings"]["negatives"]["kind"] == kind
    if KINDS[kind].one_side:
        for side in ("left", "right"):
            assert (table.groupby([side, "label"]).size().unstack(fill_value=0).nunique(axis=1) == 1).all()
