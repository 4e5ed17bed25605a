"""Proteins from FASTA: names, stops, several files, and one line for every fault."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from exapt.builders.proteins import read_proteins
from exapt.errors import BadInput


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_records_of_several_files_and_stops_at_their_ends(tmp_path: Path) -> None:
    first = tmp_path / "a.faa.gz"
    with gzip.open(first, "wt") as stream:
        stream.write(">p1 one\nMKTAY\niakqr*\n>p2\nMEEPQ*SDP\n")
    second = written(tmp_path / "b.faa", ">p1\r\nMEEPX\r\n")
    found = read_proteins([first, second])
    assert found.file == "a.faa.gz, b.faa"
    assert found.names == ("a.faa.gz:p1", "p2", "b.faa:p1")
    assert found.sequences == ("MKTAYIAKQR", "MEEPQ*SDP", "MEEPX")
    with pytest.raises(BadInput, match=r"'b\.faa:p1' occurs in two files of one name"):
        read_proteins([second, second])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("LOCUS   x", "is no FASTA"),
        (">\nMKT", "record 1 has no name"),
        (">p\n>q\nMKT", "record 'p' has no sequence"),
        (">p\n*\n", "record 'p' has no sequence"),
        (">p\nMKT\n>p\nMKT", "record 'p' occurs twice"),
        (">p\nMK-T", "record 'p': position 3 holds '-'"),
        (">p\nACGTACGTAC\n>q\nGGGTACRTAA", "holds DNA ('p' is ACGTACGTAC...)"),
    ],
)
def test_faults_are_one_line_with_the_file(text: str, said: str, tmp_path: Path) -> None:
    path = written(tmp_path / "bad.faa", text)
    with pytest.raises(BadInput) as caught:
        read_proteins([path])
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and said in message and "\n" not in message


def test_a_protein_of_a_and_t_among_others_is_no_dna(tmp_path: Path) -> None:
    path = written(tmp_path / "ice.faa", f">afgp\n{'AAT' * 8}\n>p\n{'MEEPQSDPSVEPPLSQETFSDLWKLLPENNV' * 2}\n")
    assert read_proteins([path]).names == ("afgp", "p")
