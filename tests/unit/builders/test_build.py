"""The verb: what can be built is built and said, what cannot is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from exapt.builders.build import BUILT, Build
from exapt.errors import BadInput
from exapt.settings import one_line
from exapt.tasks.dna_pair import DnaPair


def test_it_builds_says_so_and_reuses(
    genomes: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = DnaPair(query="ignored.fa", against=str(genomes[1]), fractions=[0.0, 0.0, 1.0])
    verb = Build(task=task, out=str(tmp_path / "out"), query=str(genomes[0]))
    manifest = verb.execute()
    said = capsys.readouterr()
    pairs = sum(manifest["examples"]["test"].values())
    assert f"{tmp_path / 'out'}: built in" in said.err
    assert f"{pairs:,} test" in said.err
    assert said.out == ""
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert verb.execute() == manifest
    assert "finished before and reused" in capsys.readouterr().err


def test_another_version_is_said_aloud(
    genomes: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = DnaPair(query=str(genomes[0]), against=str(genomes[1]), fractions=[0.0, 0.0, 1.0])
    verb = Build(task=task, out=str(tmp_path / "out"))
    verb.execute()
    monkeypatch.setattr("exapt.__version__", "99.0")
    verb.execute()
    assert "this is 99.0" in capsys.readouterr().err


def test_warnings_of_the_manifest_are_said(
    genomes: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = DnaPair(query=str(genomes[0]), against=str(genomes[1]), fractions=[0.5, 0.0, 0.5], split="random")
    Build(task=task, out=str(tmp_path / "out")).execute()
    assert "split=random: relatives may stand in several splits" in capsys.readouterr().err


class Sentences:
    name = "sentences"


def test_a_task_without_genomes_is_refused() -> None:
    for arguments, said in (
        (
            {"task": Sentences(), "out": "x"},
            f"task=sentences: is not made from biology; `exapt build` makes: {', '.join(BUILT)}.",
        ),
        ({"task": DnaPair(), "out": " "}, "out: is empty; give the folder to make."),
    ):
        with pytest.raises(ValidationError) as caught:
            Build(**arguments)
        assert one_line(caught.value) == said


def test_a_built_folder_is_not_built_again(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="path= reads a built folder"):
        Build(task=DnaPair(path=str(tmp_path)), out=str(tmp_path / "x")).execute()
