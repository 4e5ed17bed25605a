"""Genomes by content; every fault of a file is one line that names it."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.genomes import read_genome
from exapt.errors import BadInput

GENBANK = """LOCUS       NC_1                      12 bp    DNA     linear   BCT 01-JAN-2020
DEFINITION  something.
ACCESSION   NC_1
VERSION     NC_1.3
FEATURES             Location/Qualifiers
     source          1..12
{origin}//
"""
ORIGIN = "ORIGIN\n        1 acgtacgtac nn\n"


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    fasta, genbank = tmp_path / "a.gbff", tmp_path / "b.fa"
    fasta.write_bytes(gzip.compress(b">one described\r\nacg\r\nTTN\r\n>two\nRY\n", mtime=0))
    genbank.write_text(GENBANK.format(origin=ORIGIN))
    read = read_genome(fasta)
    assert (read.names, read.sequences) == (("one", "two"), ("ACGTTN", "RY"))
    assert (read.file, read.sha256) == ("a.gbff", hashlib.sha256(fasta.read_bytes()).hexdigest())
    assert (read_genome(genbank).names, read_genome(genbank).sequences) == (("NC_1.3",), ("ACGTACGTACNN",))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (gzip.compress(b">a\nACGT" * 99, mtime=0)[:-12], "truncated"),
        (b"\x1f\x8b\x08\x00rubbish here", "damaged|truncated"),
        (b"\xff\xfe\x00\x01", "not text"),
        (b"ACGTACGT\n", "neither FASTA"),
        (b">a\nACGT\n>a\nACGT\n", "record 'a' occurs twice"),
        (b">a\nACGT\n>b\n>c\nAC\n", "record 'b' has no sequence"),
        (b">a\nACGT\n>\nAC\n", "record 2 has no name"),
        (b">a\nACGT\n>b\nACGTACXGT\n", "record 'b': position 7 holds 'X'"),
        (b">p\nMKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ\n", "record 'p' looks like a protein"),
        (GENBANK.format(origin="CONTIG      join(U00096.3:1..12)\n").encode(), "record 'NC_1.3' has no sequence"),
        (GENBANK.format(origin=ORIGIN).encode()[:-4], "truncated"),
    ],
)
def test_a_faulty_file_is_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "g.fa"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=said) as caught:
        read_genome(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_genome(tmp_path / "none.fa")
    with pytest.raises(BadInput, match="is a folder"):
        read_genome(tmp_path)


@given(st.binary(max_size=60), st.sampled_from([b"", b">", b"LOCUS ", b"\x1f\x8b"]))
def test_no_bytes_do_worse_than_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.fa"
    file.write_bytes(start + content)
    try:
        assert all(read_genome(file).sequences)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1


def test_the_real_genomes(data_dir: Path) -> None:
    ecoli = read_genome(data_dir / "genomes" / "ecoli_k12_mg1655.gbff.gz")
    assert ecoli.names == ("NC_000913.3",)
    assert len(ecoli.sequences[0]) == 4_641_652
    assert sum(map(len, read_genome(data_dir / "genomes" / "salmonella_lt2.fna.gz").sequences)) == 4_951_371
    with pytest.raises(BadInput, match="looks like a protein"):
        read_genome(data_dir / "proteins" / "ecoli_k12_mg1655.faa.gz")
