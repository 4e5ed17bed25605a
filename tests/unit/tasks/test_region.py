"""`region` as a task: its classes bear the names of their kinds; its sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from exapt.builders.build import BUILT
from exapt.tasks.region import Region
from tests.unit.builders.windows_text import random_dna, write_gff


def test_classes_bear_the_names_of_their_kinds(tmp_path: Path) -> None:
    genome, features = write_gff(tmp_path, {"c": random_dna(1_000)}, [
        "c gene 201 800 + ID=g", "c mRNA 201 800 + ID=t;Parent=g", "c exon 201 400 + Parent=t",
        "c exon 601 800 + Parent=t", "c CDS 201 400 + ID=d;Parent=t", "c CDS 601 800 + ID=d;Parent=t",
    ])  # fmt: skip
    options: dict[str, Any] = {
        "genome": genome, "features": features, "versus": ["intron", "intergenic"], "positive": "intron_or_intergenic",
        "fractions": [0.0, 0.0, 1.0],
    }  # fmt: skip
    Region(**options).build(tmp_path / "out")
    task = Region(
        path=str(tmp_path / "out"), versus=["intron", "intergenic"], positive="intron_or_intergenic"
    )  # fmt: skip
    assert task.space.names == ("intron_or_intergenic", "exon")
    examples = task.load("test")
    assert examples.positive.mean() == 0.5
    assert set(examples.frame["kind"]) == {"exon", "intron", "intergenic"}
    with pytest.raises(ValueError, match="positive class 'exon' is not a class"):
        Region(kinds=["CDS"], versus=["UTR"])
    with pytest.raises(ValueError, match=r"was built with versus=\['intron', 'intergenic'\]"):
        Region(path=str(tmp_path / "out"), versus=["intergenic"]).load("test")


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("exon_intron", ("intron", "exon")), ("exon_intergenic", ("intergenic", "exon")),
        ("intron_intergenic", ("intergenic", "intron")), ("cds_utr", ("UTR", "CDS")),
    ],
)  # fmt: skip
def test_the_sheets_name_arguments_of_the_class(root: Path, name: str, names: tuple[str, str]) -> None:
    folder = root / "conf" / "task"
    base = yaml.safe_load((folder / "region.yaml").read_text())
    assert base.pop("_target_") == "exapt.tasks.region.Region"
    assert base.pop("data_dir") == "${data_dir}"
    assert base.pop("signal") == ["composition", "k-mer bags"]
    assert Region(**base) == Region()
    sheet = yaml.safe_load((folder / f"region_{name}.yaml").read_text())
    assert sheet.pop("defaults") == ["region", "_self_"]
    task = Region(**{**base, **sheet})
    assert (task.space.names, task.space.positive) == (names, names[1])
    assert task.name == f"region_{name}"
    assert "region" in BUILT
