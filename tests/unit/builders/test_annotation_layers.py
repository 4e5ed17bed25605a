"""What every letter is: painted by hand beside painted by code; introns and UTRs worked out equal those stated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exapt.builders.annotated import read_annotated
from exapt.builders.annotation_layers import Layer, intervals, introns, paint, utrs
from tests.unit.builders.annotated_text import genbank, gff, read, turned

GENE = "ATGGCTAAACGTTGGCATTAA"
SPLIT = "C" * 10 + GENE[:8] + "GTAAAAAG" + GENE[8:] + "G" * 11  # CDS 11..18 and 27..39 of 50
MODEL = [
    "chr1 x gene 5 45 . + . ID=g",
    "chr1 x mRNA 5 45 . + . ID=t;Parent=g",
    "chr1 x exon 5 18 . + . Parent=t",
    "chr1 x exon 27 45 . + . Parent=t",
    "chr1 x CDS 11 18 . + 0 ID=c;Parent=t",
    "chr1 x CDS 27 39 . + 1 ID=c;Parent=t",
    "chr1 x tRNA 47 48 . - . ID=r",
    "chr1 x pseudogene 2 3 . . . ID=p",
]
#        .PP.uuuuuucccccccc iiiiiiii ccccccccccccc uuuuuu . rr ..
PAINTED = ".pp." + "u" * 6 + "c" * 8 + "i" * 8 + "c" * 13 + "u" * 6 + "....."
NAMES = {
    0: ".", Layer.GENE | Layer.PSEUDO: "p", Layer.GENE | Layer.EXON | Layer.UTR: "u",
    Layer.GENE | Layer.EXON | Layer.CODING: "c", Layer.GENE | Layer.INTRON: "i",
    Layer.GENE | Layer.RNA | Layer.EXON: "r",
}  # fmt: skip


def drawn(layers: np.ndarray) -> list[str]:
    return ["".join(NAMES[Layer(int(value))] for value in row) for row in layers]


def test_every_letter_of_a_gff_by_hand(tmp_path: Path) -> None:
    [(name, layers)] = paint(read(tmp_path, gff(SPLIT, MODEL)))
    assert name == "chr1" and layers.dtype == np.uint8
    assert drawn(layers) == [PAINTED, ".pp." + "." * 42 + "rr.."]


def test_every_letter_of_a_genbank_record_on_the_minus_strand(tmp_path: Path) -> None:
    features: list[tuple[str, str, dict[str, str | None]]] = [
        ("gene", "complement(6..46)", {"locus_tag": "g"}),
        ("mRNA", "complement(join(6..24,33..46))", {"locus_tag": "g"}),
        ("CDS", "complement(join(12..24,33..40))", {"locus_tag": "g"}),
    ]
    annotated = read(tmp_path, genbank(turned(SPLIT), features))
    [(_, layers)] = paint(annotated)
    assert drawn(layers) == ["." * 50, PAINTED[::-1].replace("p", ".")]
    assert [f.kind for f in utrs(annotated)] == ["five_prime_UTR", "three_prime_UTR"]


def test_without_a_transcript_the_gaps_of_the_cds_are_introns_but_no_slip_and_no_pseudogene(tmp_path: Path) -> None:
    def gaps(**given: str | None) -> list[tuple[int, int]]:
        annotated = read(tmp_path, genbank(SPLIT, [("CDS", "join(11..18,27..39)", given)]))
        return [(p.start, p.end) for f in introns(annotated) for p in f.parts]

    assert gaps() == [(18, 26)]
    assert gaps(pseudo=None) == gaps(ribosomal_slippage=None) == []


def test_an_intron_over_the_origin(tmp_path: Path) -> None:
    turn = SPLIT[22:] + SPLIT[:22]  # CDS 39..46 and 5..17 of 50, intron 47..50 and 1..4
    end = SPLIT[26:] + SPLIT[:26]  # the intron ends with the record
    for sequence, location in (
        (turn, "join(39..46,5..17)"),
        (turned(turn), "complement(join(34..46,5..12))"),
        (end, "join(35..42,1..13)"),
        (turned(end), "complement(join(38..50,9..16))"),
    ):
        annotated = read(tmp_path, genbank(sequence, [("CDS", location, {})], circular=True))
        [intron] = introns(annotated)
        assert annotated.splice(intron) == "GTAAAAAG"


def test_intervals_are_a_row_for_each_part(tmp_path: Path) -> None:
    table = intervals(read(tmp_path, gff(SPLIT, MODEL)).by_kind()["CDS"])
    assert table[["start", "end", "strand", "gene"]].values.tolist() == [[10, 18, "+", "g"], [26, 39, "+", "g"]]
    assert intervals([]).empty and "record" in intervals([])


@pytest.mark.parametrize("name", ["C.elegans", "D.melanogaster"])
def test_introns_of_real_transcripts_are_those_that_the_file_states(data_dir: Path, name: str) -> None:
    annotated = read_annotated(data_dir / "annotated" / f"{name}.fa.gz", data_dir / "annotated" / f"{name}.gff.gz")
    kinds = annotated.by_kind()
    # the transposons of C. elegans have exons but state no introns; transcripts that were cut away the other way round
    states = {parent for f in kinds["intron"] for parent in f.parents}
    bare = tuple(f for f in kinds["mRNA"] if f.name in states)
    whole = {f.name for f in bare}
    stated = {(f.record, *f.parts) for f in kinds["intron"] if not whole.isdisjoint(f.parents)}
    worked_out = {(f.record, *f.parts) for f in introns(replace(annotated, features=bare))}
    assert len(stated) > 400 and worked_out == stated


@pytest.mark.parametrize("name", ["A.thaliana", "C.elegans", "D.melanogaster"])
def test_utrs_of_real_transcripts_are_those_that_the_file_states(data_dir: Path, name: str) -> None:
    annotated = read_annotated(data_dir / "annotated" / f"{name}.fa.gz", data_dir / "annotated" / f"{name}.gff.gz")
    kinds = annotated.by_kind()
    # a transcript that was cut away has UTRs in the file, but not its exons
    whole = {f.name for f in kinds["mRNA"]}
    stated = {
        (f.record, f.kind, transcript, part)
        for kind in ("five_prime_UTR", "three_prime_UTR") for f in kinds[kind]
        for transcript in f.parents if transcript in whole for part in f.parts
    }  # fmt: skip
    bare = replace(annotated, features=tuple(f for f in annotated.features if not f.kind.endswith("UTR")))
    worked_out = {(f.record, f.kind, f.name, part) for f in utrs(bare) for part in f.parts}
    assert len(stated) > 400 and worked_out == stated
