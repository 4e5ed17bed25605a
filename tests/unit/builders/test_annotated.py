"""Real annotated genomes: our translation against the stated one and Biopython's, and counts that add up."""

from __future__ import annotations

import gzip
import io
import time
from pathlib import Path

import pytest
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqIO.FastaIO import SimpleFastaParser

from exapt.builders.annotated import read_annotated
from exapt.builders.annotation import Annotated
from exapt.builders.coding import CodingSequence, coding_sequences
from exapt.errors import BadInput
from tests.unit.builders.annotated_text import HAND_TABLE, genbank, read, turned


@pytest.fixture(scope="module")
def ecoli(data_dir: Path) -> Annotated:
    return read_annotated(data_dir / "genomes" / "ecoli_k12_mg1655.gbff.gz")


def check_parts(annotated: Annotated, found: CodingSequence) -> None:
    """Its parts hold its letters, cut out by hand; each codon by a table written by hand is its residue."""
    sequence = annotated.sequences[found.record]
    pieces = [sequence[p.start : p.end] if p.strand > 0 else turned(sequence[p.start : p.end]) for p in found.parts]
    assert found.dna + found.stop in "".join(pieces)
    special = {codon for codon, _ in found.recoded} | ({0} if found.alternative_start else set())
    assert len(found.dna) == 3 * len(found.protein) and "*" not in found.protein
    for codon, residue in enumerate(found.protein):
        assert codon in special or HAND_TABLE[found.dna[3 * codon : 3 * codon + 3]] == residue


@pytest.mark.slow
def test_every_stated_protein_of_e_coli_is_ours(ecoli: Annotated, data_dir: Path) -> None:
    begin = time.perf_counter()
    kept, counts = coding_sequences(ecoli)
    assert time.perf_counter() - begin < 10
    assert counts == {
        "CDS": 4315, "coding sequences": 4298, "pseudogene, left out": 17, "stated translation is the same": 4298,
        "alternative start read as M": 424, "programmed slippage": 3, "selenocysteine": 3,
    }  # fmt: skip
    # read here by other code: the file's own translations, and its proteins in a second file
    with gzip.open(data_dir / "genomes" / "ecoli_k12_mg1655.gbff.gz", "rt") as stream:
        [record] = SeqIO.parse(stream, "genbank")
    stated = {
        f.qualifiers["protein_id"][0]: f
        for f in record.features if f.type == "CDS" and "translation" in f.qualifiers
    }  # fmt: skip
    assert {k.name: k.protein for k in kept} == {n: f.qualifiers["translation"][0] for n, f in stated.items()}
    with gzip.open(data_dir / "proteins" / "ecoli_k12_mg1655.faa.gz", "rt") as stream:
        assert sorted(k.protein for k in kept) == sorted(sequence for _, sequence in SimpleFastaParser(stream))
    # Biopython's splicing and translation agree, but for the codons that a qualifier recodes
    for number, found in enumerate(kept):
        dna = stated[found.name].extract(record.seq)
        assert str(dna) == found.dna + found.stop
        theirs = dna.translate(table=11, cds=not found.recoded)
        for codon, residue in found.recoded:
            theirs = theirs[:codon] + residue + theirs[codon + 1 :]
        assert str(theirs).removesuffix("*") == found.protein
        if number % 10 == 0 or found.recoded or found.slips:
            check_parts(ecoli, found)


def test_the_special_genes_of_e_coli(ecoli: Annotated) -> None:
    kept = {k.symbol: k for k in coding_sequences(ecoli)[0]}
    assert kept["prfB"].slips == (75,) and kept["dnaX"].slips and not kept["prfB"].contiguous
    # the frameshift of prfB reads CTT T GAC: codon 25 is the last of the zero frame
    assert kept["prfB"].dna[72:75] == "CTT" and kept["prfB"].special(24, 2) == ["slippage"]
    assert {name for name, k in kept.items() if k.recoded} == {"fdnG", "fdhF", "fdoG"}
    assert [kept[n].protein[c] for n in ("fdnG", "fdhF", "fdoG") for c, _ in kept[n].recoded] == ["U"] * 3
    assert kept["thrA"].strand == "+" and kept["lacI"].dna.startswith("GTG") and kept["lacI"].protein.startswith("M")
    kinds = ecoli.by_kind()
    assert {kind: len(kinds[kind]) for kind in ("gene", "tRNA", "rRNA", "ncRNA")} == {
        "gene": 4639, "tRNA": 86, "rRNA": 22, "ncRNA": 99,
    }  # fmt: skip


LEFT_OUT = {
    "A.thaliana": {
        "CDS": 466, "coding sequences": 417, "ambiguous letters, left out": 2,
        "its transcript is not in the file, left out": 7,
        "mitochondrion without a stated genetic code, left out": 1,
        "same letters, frame and gene as another CDS, left out": 39,
    },
    "C.elegans": {"CDS": 271, "coding sequences": 265, "its transcript is not in the file, left out": 6},
    "D.melanogaster": {
        "CDS": 244, "coding sequences": 148, "its transcript is not in the file, left out": 8,
        "same letters, frame and gene as another CDS, left out": 88,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OUT)
def test_annotated_genomes_with_introns(data_dir: Path, name: str) -> None:
    annotated = read_annotated(data_dir / "annotated" / f"{name}.fa.gz", data_dir / "annotated" / f"{name}.gff.gz")
    kept, counts = coding_sequences(annotated)
    assert {k: v for k, v in counts.items() if k in ("CDS", "coding sequences") or "left out" in k} == LEFT_OUT[name]
    assert counts["CDS"] == counts["coding sequences"] + sum(v for k, v in counts.items() if k.endswith("left out"))
    for found in kept:
        check_parts(annotated, found)
        # a gene that is whole, between its start and its stop, in Biopython's eyes as well
        assert str(Seq(found.dna + found.stop).translate(table=found.table, cds=True)) == found.protein
    # transcripts of one gene share it, whatever their number
    assert len({k.gene for k in kept}) < len(kept) and all(k.gene for k in kept)


def test_c_elegans_proteins_of_its_genbank_twin(data_dir: Path, tmp_path: Path) -> None:
    """One genome by both ways: the GFF3's CDS written as GenBank give the same coding sequences."""
    annotated = read_annotated(data_dir / "annotated" / "C.elegans.fa.gz", data_dir / "annotated" / "C.elegans.gff.gz")
    kept, _ = coding_sequences(annotated)
    text = io.StringIO()
    for name, sequence in annotated.sequences.items():
        features: list[tuple[str, str, dict[str, str | None]]] = []
        for found in kept:
            if found.record == name:
                parts = found.parts if found.strand == "+" else found.parts[::-1]
                joined = f"join({','.join(f'{p.start + 1}..{p.end}' for p in parts)})"
                joined = joined if len(parts) > 1 else joined[5:-1]
                location = joined if found.strand == "+" else f"complement({joined})"
                # a long location goes on in the next line
                lines = location.replace(",", ",\n" + " " * 21)
                features.append(("CDS", lines, {"locus_tag": found.gene, "protein_id": found.name}))
        text.write(genbank(sequence, features, f"{name}.1"))
    again, _ = coding_sequences(read(tmp_path, text.getvalue()))
    assert [(k.name, k.dna, k.protein, k.junctions) for k in again] == [
        (k.name, k.dna, k.protein, k.junctions)
        for k in sorted(kept, key=lambda k: list(annotated.sequences).index(k.record))
    ]


def test_a_file_without_features(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="FASTA, which holds no features"):
        read_annotated(data_dir / "genomes" / "salmonella_lt2.fna.gz")
    with pytest.raises(BadInput, match="holds no genes or other features"):
        read(tmp_path, genbank("ACGTACGT", [("source", "1..8", {})]))
    for text, said in (("", "is empty"), ("rubbish", "neither GenBank"), ("LOCUS", "truncated")):
        with pytest.raises(BadInput, match=said):
            read(tmp_path, text)
    with pytest.raises(BadInput, match="no such file"):
        read_annotated(tmp_path / "none.gbff")
