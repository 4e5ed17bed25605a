"""`gene_location` as a task: its sheets, a built folder read again, examples of single sequences."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from exapt.builders.build import BUILT, Build
from exapt.tasks.gene_location import GeneLocation
from tests.unit.builders.windows_text import random_dna, write_gff


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> GeneLocation:
    genome, features = write_gff(tmp_path_factory.mktemp("genome"), {"c": random_dna(40_000)}, [
        row for n in range(1, 20)
        for row in (f"c gene {n * 2000} {n * 2000 + 999} + ID=g{n}", f"c CDS {n * 2000} {n * 2000 + 999} + Parent=g{n}")
    ])  # fmt: skip
    return GeneLocation(genome=genome, features=features, block=2_000, margin=100, fractions=[0.6, 0.2, 0.2])


def test_it_is_built_and_read(task: GeneLocation, tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = Build(task=task, out=str(out)).execute()
    read = GeneLocation(path=str(out))
    for split, counts in manifest["examples"].items():
        examples = read.load(split)
        assert not examples.paired
        assert examples.frame["label"].value_counts().to_dict() == counts
        assert counts["coding"] == counts["noncoding"] > 0
    assert read.space.names == ("noncoding", "coding")
    assert read.load("test").digest == GeneLocation(path=str(out)).load("test").digest
    assert "RNA" not in read.facts()["rule"]
    assert read.facts()["identity"]["settings"]["stride"] == 100


def test_on_demand_it_gives_the_same(task: GeneLocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path / "cache"))
    task.build(tmp_path / "out")
    assert task.load("dev").digest == GeneLocation(path=str(tmp_path / "out")).load("dev").digest


def test_the_sheets_name_arguments_of_the_class(root: Path) -> None:
    sheet = yaml.safe_load((root / "conf" / "task" / "gene_location.yaml").read_text())
    assert sheet.pop("_target_") == "exapt.tasks.gene_location.GeneLocation"
    assert sheet.pop("data_dir") == "${data_dir}"
    assert sheet.pop("signal") == ["composition", "k-mer bags"]
    assert GeneLocation(**sheet) == GeneLocation()
    assert "gene_location" in BUILT
    matched = yaml.safe_load((root / "conf" / "task" / "gene_location_gc.yaml").read_text())
    assert matched.pop("defaults") == ["gene_location", "_self_"]
    assert GeneLocation(**matched).match == "gc"
