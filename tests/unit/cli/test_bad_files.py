"""Files that are wrong, through the command line: one line with the file and the place, and nothing half-written."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import LITTLE, TINY

DRAW = random.Random(0)


def dna(length: int) -> str:
    return "".join(DRAW.choice("ACGT") for _ in range(length))


ROWS = [[f"r{i}", dna(30), dna(30), str(i % 2)] for i in range(8)]
HEADER = "id,sentence1,sentence2,label"
DIVIDED = "source.fractions={train: 0.5, dev: 0.25, test: 0.25}"


def table(rows: list[list[str]], header: str = HEADER) -> str:
    return "\n".join([header, *map(",".join, rows)]) + "\n"


def changed(row: int, column: int, value: str) -> str:
    rows = [list(cells) for cells in ROWS]
    rows[row][column] = value
    return table(rows)


TABLES: dict[str, tuple[str | bytes, list[str]]] = {
    "no_column.csv": (table(ROWS, "id,sentence1,sentence_2,label"), ["no column 'sentence2'", "'sentence_2'"]),
    "third_label.csv": (changed(3, 3, "2"), ["row 4 has the label '2'", "0, 1"]),
    "no_label.csv": (changed(3, 3, ""), ["row 4 has no label"]),
    "empty_id.csv": (changed(3, 0, ""), ["row 4 has an empty id", "drop the row"]),
    "repeated_id.csv": (changed(3, 0, "r2"), ["row 4 repeats the id 'r2'"]),
    "empty_side.csv": (changed(3, 2, " "), ["row 4 has an empty sentence2"]),
    "letters.csv": (changed(3, 1, "ACGJACGTACGT"), ["row 4, sentence1", "position 4 holds 'J'"]),
    "protein.csv": (changed(3, 1, "MKTAYIAKQRQISFVKSHFSRQ"), ["row 4, sentence1 looks like a protein"]),
    "ragged.csv": (table([*ROWS[:2], ROWS[2][:3]]), ["line 4 has 3 fields, the header 4"]),
    "quotes.csv": (table([["r0", '"ACGT', "ACGT", "1"]]), ["line 2", "quoting=false"]),
    "header_only.csv": (HEADER + "\n", ["holds no rows"]),
    "empty.csv": ("", ["is empty"]),
    "truncated.csv.gz": (gzip.compress(table(ROWS).encode())[:-9], ["the gzip is truncated or damaged"]),
    "no_gzip.csv.gz": (table(ROWS), ["the gzip is truncated or damaged"]),
    "latin.csv": (changed(3, 1, "é").encode("latin-1"), ["line 5 is not UTF-8"]),
    "broken.jsonl": ('{"sentence1": "A", "sentence2": "C", "label": 1}\n{"sent\n', ["line 2 is not JSON"]),
    "broken.parquet": (b"PAR1 no table PAR1", ["is not a whole Parquet file"]),
    "rows.xlsx": (b"PK", ["the name does not tell the format", "csv, tsv, jsonl, parquet"]),
}


def keys(role: str, path: str) -> list[str]:
    """A table in a role, with checked letters and named ids."""
    return [
        f"{role}.path={path}",
        f"{role}.labels={{0: no, 1: yes}}",
        f"{role}.positive=yes",
        f"{role}.columns={{id: id}}" if path.endswith((".csv", ".csv.gz")) else f"{role}.group=row",
        f"{role}.alphabet={{left: dna}}",
    ]


@pytest.mark.parametrize("name", TABLES)
def test_a_faulty_table_is_refused_as_source_and_before_training_as_target(
    name: str, work: Path, refused: Callable[..., str]
) -> None:
    content, said = TABLES[name]
    (work / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    lines = [
        refused("run", *LITTLE, "source=table", *keys("source", name), DIVIDED),
        refused("run", *TINY, "+task@targets.mine=table", *keys("targets.mine", name)),
    ]
    for line in lines:
        assert line.startswith(name)
        assert [part for part in said if part not in line] == []


def test_the_table_without_faults_is_taken(work: Path, refused: Callable[..., str]) -> None:
    """So that what the others are refused for is their fault: the next thing that is wrong is something else."""
    (work / "good.csv").write_text(table(ROWS))
    line = refused("run", *LITTLE, "source=table", *keys("source", "good.csv"), DIVIDED, "out=good.csv")
    assert line == "out: good.csv is a file; give a folder."


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("gone.csv", "gone.csv: no such file; check the path. Did you mean 'good.csv'?"),
        ("folder.csv", "folder.csv: is a folder; name the file of rows in it."),
        ("good.csv/x.csv", "good.csv/x.csv: cannot be read (Not a directory)"),
        ("nowhere/x.csv", "nowhere/x.csv: no such file, nor its folder"),
    ],
)
def test_a_table_that_cannot_be_opened(path: str, said: str, work: Path, refused: Callable[..., str]) -> None:
    (work / "good.csv").write_text(table(ROWS))
    (work / "folder.csv").mkdir()
    assert refused("run", *LITTLE, "source=table", *keys("source", path), DIVIDED).startswith(said)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(work: Path, refused: Callable[..., str]) -> None:
    closed = work / "closed"
    closed.mkdir()
    (work / "good.fa").write_text(f">g\n{dna(500)}\n")
    closed.chmod(0)
    try:
        line = refused("run", *LITTLE, "source=table", *keys("source", "closed/x.csv"), DIVIDED)
        assert line.startswith("closed/x.csv: cannot be read (Permission denied)")
        assert refused("run", *TINY, "out=closed").startswith("out: closed")
        line = refused("build", "task=dna_pair", "query=good.fa", "against=good.fa", "out=closed/made")
        assert line.startswith("closed/made: cannot be")
        assert refused("report", "closed").startswith("closed")
    finally:
        closed.chmod(0o755)


@pytest.mark.parametrize(
    ("data_dir", "said"),
    [("nowhere", "nowhere/pawsx/train.en.tsv: no such file"), ("file", "file/pawsx/train.en.tsv: cannot be read")],
)
def test_a_data_dir_that_is_none(data_dir: str, said: str, work: Path, refused: Callable[..., str]) -> None:
    (work / "file").write_text("")
    assert refused("run", *LITTLE, "source=pawsx_en", f"data_dir={data_dir}").startswith(said)


GENBANK = """LOCUS       X   120 bp    DNA     linear   BCT 01-JAN-2020
DEFINITION  x.
ACCESSION   X
VERSION     X.1
FEATURES             Location/Qualifiers
     source          1..120
ORIGIN
        1 acgtacgtac gtacgtacgt acgtacgtac gtacgtacgt acgtacgtac gtacgtacgt
       61 acgtacgtac gtacgtacgt acgtacgtac gtacgtacgt acgtacgtac gtacgtacgt
//
"""
GENOMES: dict[str, tuple[str | bytes, list[str]]] = {
    "protein.fa": (">p1\nMKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ\n", ["record 'p1' looks like a protein", "DNA is needed"]),
    "letters.fa": (f">a\n{dna(50)}J{dna(50)}\n", ["record 'a'", "position 51 holds 'J'", "ACGTRYSWKMBDHVN"]),
    "rna.fa": (">a\nAUGGCUAACGCUGCGUAA\n", ["record 'a'", "write RNA with T for U"]),
    "twice.fa": (">a\nACGT\n>a\nACGT\n", ["record 'a' occurs twice"]),
    "empty_record.fa": (">a\nACGT\n>b\n", ["record 'b' has no sequence"]),
    "truncated.fa.gz": (gzip.compress(f">a\n{dna(3000)}\n".encode())[:-9], ["the gzip file is truncated"]),
    "empty.fa": ("", ["the file is empty"]),
    "table.fa": (table(ROWS), ["neither FASTA", "nor GenBank"]),
    "no_sequence.gb": (
        GENBANK.partition("ORIGIN")[0] + "CONTIG      join(A:1..120)\n//\n",
        ["record 'X.1' has no sequence", "download the file with its sequence"],
    ),
    "truncated.gb": (GENBANK[:-20], ["the GenBank file is truncated"]),
    "binary.gb": (b"\x00\xff\xfe", ["is not text"]),
}


@pytest.mark.parametrize("name", GENOMES)
def test_a_faulty_genome_is_refused(name: str, work: Path, refused: Callable[..., str]) -> None:
    content, said = GENOMES[name]
    (work / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (work / "good.fa").write_text(f">g\n{dna(500)}\n")
    for roles in ((name, "good.fa"), ("good.fa", name)):
        line = refused("build", "task=dna_pair", f"query={roles[0]}", f"against={roles[1]}", "out=made")
        assert line.startswith(name)
        assert [part for part in said if part not in line] == []


@pytest.mark.parametrize(
    ("path", "said"),
    [("gone.fa", "no such file"), (".", "is a folder"), ("good.fa/x.fa", "cannot be read (Not a directory)")],
)
def test_a_genome_that_cannot_be_opened(path: str, said: str, work: Path, refused: Callable[..., str]) -> None:
    (work / "good.fa").write_text(f">g\n{dna(500)}\n")
    line = refused("build", "task=dna_pair", f"query={path}", "against=good.fa", "out=made")
    assert line.startswith(f"{path}: {said}")


def test_genbank_without_cds_is_a_genome(work: Path, refused: Callable[..., str]) -> None:
    """DNA pairs need the sequence alone: the file is read, and what is wrong with this one is its size."""
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    (work / "small.gb").write_text(GENBANK)
    line = refused("build", "task=dna_pair", "query=small.gb", "against=small.gb", "out=made")
    assert "no window has a homolog" in line and "small.gb against small.gb" in line


@pytest.mark.parametrize("out", ["file", "file/made", "full"])
def test_a_build_that_cannot_be_written(out: str, work: Path, refused: Callable[..., str]) -> None:
    (work / "good.fa").write_text(f">g\n{dna(500)}\n")
    (work / "file").write_text("")
    (work / "full").mkdir()
    (work / "full" / "notes.txt").write_text("mine")
    line = refused("build", "task=dna_pair", "query=good.fa", "against=good.fa", f"out={out}")
    assert line.startswith(f"{out}: ") and "choose another out=" in line
