"""`dna_pair` as a task: read from a folder, built on demand into the cache, facts without places and times."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.errors import BadInput
from exapt.sequences import DNA
from exapt.tasks.dna_pair import DnaPair

FRACTIONS = [0.5, 0.0, 0.5]


def build(query: Path, against: Path, out: Path, recipe: DnaPairRecipe) -> tuple[dict[str, Any], bool]:
    return dataclasses.replace(recipe, query=str(query), against=str(against)).build(out)


@pytest.fixture(scope="module")
def genomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    rng = np.random.default_rng(3)
    letters = rng.integers(0, 4, 20_000)
    changed = np.where(rng.random(len(letters)) < 0.1, (letters + 1) % 4, letters)
    folder = tmp_path_factory.mktemp("data") / "genomes"
    folder.mkdir()
    files = folder / "ecoli_k12_mg1655.gbff.gz", folder / "salmonella_lt2.fna.gz"
    for file, numbers in zip(files, (letters, changed), strict=True):
        file.write_text(">r\n" + "".join(DNA[i] for i in numbers) + "\n")
    return files


@pytest.fixture(scope="module")
def built(genomes: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "pairs"
    build(*genomes, out, DnaPairRecipe(fractions=FRACTIONS))
    return out


def test_it_reads_a_built_folder(built: Path) -> None:
    task = DnaPair(path=str(built))
    examples = task.load("test")
    assert (task.space.names, task.space.positive) == (("unrelated", "homologous"), "homologous")
    assert examples.positive.mean() == 0.5
    assert (examples.frame["identity"] >= 0.6).equals(examples.frame["label"] == "homologous")
    assert task.load("test") is examples
    assert set(task.load("train").frame["group"]).isdisjoint(examples.frame["group"])
    with pytest.raises(BadInput, match="dev split is empty"):
        task.load("dev")


def test_the_positive_class_is_the_sheets_to_declare(built: Path) -> None:
    turned = DnaPair(path=str(built), positive="unrelated")
    assert turned.space.positive == "unrelated"
    assert (turned.load("test").positive == ~DnaPair(path=str(built)).load("test").positive).all()
    with pytest.raises(ValueError, match=r"'homolog' is not a class\. Did you mean 'homologous'"):
        DnaPair(positive="homolog")


def test_on_demand_it_is_built_once_into_the_cache(
    genomes: tuple[Path, Path], built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path))
    task = DnaPair(data_dir=str(genomes[0].parent.parent), fractions=FRACTIONS)
    digest = task.load("test").digest
    assert digest == DnaPair(path=str(built)).load("test").digest
    (folder,) = (tmp_path / "tasks").iterdir()
    assert folder.name.startswith("dna_pair-")
    # the same by other names, without BLAST: read from the cache
    monkeypatch.setenv("PATH", "")
    again = DnaPair(query=str(genomes[0]), against=str(genomes[1]), fractions=FRACTIONS)
    assert again.load("test").digest == digest
    assert again.facts() == task.facts()
    with pytest.raises(BadInput, match="blastn is not on the PATH"):
        DnaPair(query=str(genomes[0]), against=str(genomes[1]), fractions=FRACTIONS, seed=9).load("test")
    assert [p.name for p in (tmp_path / "tasks").iterdir()] == [folder.name]


def test_facts_hold_no_place_and_no_time(built: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(built, moved)
    facts = DnaPair(path=str(moved)).facts()
    assert facts == DnaPair(path=str(built)).facts()
    text = json.dumps(facts)
    assert "seconds" not in text
    assert "ecoli" not in text
    assert str(moved) not in text
    assert facts["identity"]["settings"]["length"] == 50
    assert facts["positive"] == "homologous"


def test_faulty_folders_are_one_line(built: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        DnaPair(path=str(tmp_path / "none")).load("test")
    with pytest.raises(BadInput, match=r"has no manifest\.json"):
        DnaPair(path=str(tmp_path)).load("test")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BadInput, match="is not JSON"):
        DnaPair(path=str(tmp_path)).load("test")
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(BadInput, match="is no build of dna_pair"):
        DnaPair(path=str(tmp_path)).load("test")
    changed = tmp_path / "changed"
    shutil.copytree(built, changed)
    shutil.copy(changed / "train.parquet", changed / "test.parquet")
    with pytest.raises(BadInput, match=r"test\.parquet: was changed after it was built"):
        DnaPair(path=str(changed)).load("test")
    (changed / "test.parquet").unlink()
    with pytest.raises(BadInput, match=r"test\.parquet: no such file"):
        DnaPair(path=str(changed)).load("test")


def test_a_setting_that_the_folder_does_not_have_is_refused(built: Path) -> None:
    assert len(DnaPair(path=str(built), fractions=FRACTIONS).load("test")) > 0
    with pytest.raises(BadInput, match="was built with length=50, not 60; drop length="):
        DnaPair(path=str(built), length=60).load("test")


def test_without_genomes_it_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="give query= and against=, or path=FOLDER, or data_dir="):
        DnaPair().load("test")
    with pytest.raises(BadInput, match=r"ecoli_k12_mg1655\.gbff\.gz: no such file"):
        DnaPair(data_dir=str(tmp_path)).load("test")


def test_the_sheet_names_arguments_of_the_class(root: Path) -> None:
    sheet = yaml.safe_load((root / "conf" / "task" / "dna_pair.yaml").read_text())
    assert sheet.pop("_target_") == "exapt.tasks.dna_pair.DnaPair"
    assert sheet.pop("data_dir") == "${data_dir}"
    assert "edit" in sheet.pop("signal")
    assert DnaPair(**sheet) == DnaPair()
