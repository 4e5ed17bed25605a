"""`dna_ladder` as a task: generated data say so, a folder is read as it was built, sheets name arguments."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import yaml

from exapt.builders.build import BUILT, Build
from exapt.errors import BadInput
from exapt.sequences import DNA
from exapt.tasks.dna_ladder import DnaLadder

SMALL = DnaLadder(pairs=80, levels=[0.9, 0.6])


def test_it_is_built_on_demand_and_says_that_it_is_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path))
    examples = SMALL.load("train")
    assert examples.positive.sum() == len(examples) / 2 == 64
    assert set(examples.frame["level"]) == {"0.90", "0.60"}
    facts = SMALL.facts()
    assert facts["generated"] is True
    assert "generated (synthetic)" in facts["rule"]
    assert facts["identity"]["settings"]["levels"] == [0.9, 0.6]
    assert dataclasses.replace(SMALL).load("train").digest == examples.digest
    assert len(list((tmp_path / "tasks").iterdir())) == 1


def test_a_genomes_windows_are_not_generated_even_when_read_from_a_folder(tmp_path: Path) -> None:
    text = "".join(np.random.default_rng(0).choice(list(DNA), 30_000))
    (tmp_path / "g.fa").write_text(f">chr\n{text}\n")
    verb = Build(task=SMALL, out=str(tmp_path / "real"), genome=str(tmp_path / "g.fa"))
    verb.execute()
    Build(task=SMALL, out=str(tmp_path / "made")).execute()
    assert DnaLadder(path=str(tmp_path / "real")).facts()["generated"] is False
    assert DnaLadder(path=str(tmp_path / "made")).facts()["generated"] is True
    assert "dna_ladder" in BUILT
    with pytest.raises(BadInput, match=r"was built with levels=\[0\.9, 0\.6\]"):
        DnaLadder(path=str(tmp_path / "made"), levels=[0.7]).load("train")


@pytest.mark.parametrize("name", ["dna_ladder", "dna_ladder_indels", "dna_ladder_scrambled", "dna_ladder_synonymous"])
def test_the_sheets_name_arguments_of_the_class(root: Path, name: str) -> None:
    sheet = yaml.safe_load((root / "conf" / "task" / f"{name}.yaml").read_text())
    base = yaml.safe_load((root / "conf" / "task" / "dna_ladder.yaml").read_text())
    assert base.pop("_target_") == "exapt.tasks.dna_ladder.DnaLadder"
    for part in (sheet, base):
        part.pop("_target_", None)
        part.pop("defaults", None)
        part.pop("signal", None)
    task = DnaLadder(**{**base, **sheet})
    assert task.name == name
    assert (task == DnaLadder()) is (name == "dna_ladder")
