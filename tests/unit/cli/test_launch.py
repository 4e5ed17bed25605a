"""A run through the command line: what it says on which stream, and what it leaves."""

from __future__ import annotations

from pathlib import Path

from exapt.cli.launch import conf_dir
from exapt.record import read_record
from tests.unit.cli.conftest import TINY, Call

SYNTH = ["target=dna_synth_80", "target=dna_synth_65"]
SYNTH += [
    f"targets.{name}.{split}=32" for name in ("dna_synth_80", "dna_synth_65") for split in ("train", "dev", "test")
]


def test_sheets_are_found() -> None:
    assert (conf_dir() / "run.yaml").is_file()


def test_a_run_says_what_it_does_and_prints_what_it_found(work: Path, call: Call) -> None:
    said = call("run", *TINY, *SYNTH, "name=first")
    assert said.code == 0 and said.lines == []
    (folder,) = (work / "runs").iterdir()
    assert folder.name.startswith("first-")
    assert f"runs/{folder.name}: training on 64 examples of text_match" in said.err
    assert "model shards" not in said.err and "Traceback" not in said.err
    table, _, rest = said.out.partition("report: ")
    assert rest == f"runs/{folder.name}/report.md\n"
    assert all(name in table for name in ("text_match*", "dna_synth_80", "dna_synth_65"))
    assert set(read_record(folder).scores) == {"text_match", "dna_synth_80", "dna_synth_65"}
    assert {path.name for path in folder.iterdir()} >= {
        "record.json",
        "report.md",
        "config.yaml",
        "metrics.csv",
        "checkpoint",
    }
    assert not (folder / "resume").exists()


def test_finished_work_is_reused_and_said_so(work: Path, call: Call) -> None:
    call("run", *TINY)
    (folder,) = (work / "runs").iterdir()
    again = call("run", *TINY)
    assert again.code == 0 and again.changed == set()
    assert "finished before, its fit is reused" in again.err and "training on" not in again.err
    more = call("run", *TINY, *SYNTH[:1], *SYNTH[2:5])
    assert more.code == 0 and "training on" not in more.err
    assert set(read_record(folder).scores) == {"text_match", "dna_synth_80"}
