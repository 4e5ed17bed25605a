"""What `--help` says of sheets: all keys of one, and only what a verb can use."""

from __future__ import annotations

import dataclasses

import pytest

from exapt.cli.launch import conf_dir
from exapt.cli.sheets import settings_help
from exapt.errors import BadInput
from exapt.tasks.dna_pair import DnaPair
from exapt.tasks.table import Table


def test_a_sheet_shows_its_keys_and_those_of_its_class() -> None:
    for words, made in ((["task=dna_pair"], DnaPair), (["source=table"], Table)):
        said = settings_help("run", conf_dir(), words)
        for field in dataclasses.fields(made):
            assert f"\n  {field.name}: " in said
    assert "identity: 0.8" in settings_help("run", conf_dir(), ["target=dna_synth_80"])  # a sheet that begins from one
    assert "epochs: 3" in settings_help("run", conf_dir(), ["method=standard"])


def test_a_build_lists_what_can_be_built_and_its_negatives() -> None:
    said = settings_help("build", conf_dir(), [])
    tasks = next(line for line in said.splitlines() if line.startswith("task: "))
    assert "dna_pair" in tasks and "coding_pair" in tasks and "region_exon_intron" in tasks
    assert "pawsx" not in tasks and "table" not in tasks
    assert "negatives: complement, composition_matched" in said


def test_wrong_names_are_one_line() -> None:
    with pytest.raises(BadInput, match="Did you mean 'dna_pair'"):
        settings_help("run", conf_dir(), ["task=dna_piar"])
    with pytest.raises(BadInput, match="no sheets of this kind"):
        settings_help("run", conf_dir(), ["seed=3"])
