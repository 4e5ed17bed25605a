"""`region`: isoforms and strands seen by eye, kinds against sets made letter by letter, real C. elegans."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exapt.builders.region import RegionRecipe
from exapt.errors import BadInput
from exapt.sequences import reverse_complement
from tests.unit.builders.windows_text import built, random_dna, spans, write_gff

ALL: dict[str, Any] = {"fractions": [0.0, 0.0, 1.0], "prevalence": "natural", "length": 20}
# counted from 0: gene g on plus has exons 40-120, 180-240 (t1) and 40-120, 160-240, 280-320 (t2), CDS 60-120, 180-220;
# gene h on minus has exons 400-460 and 500-560, CDS 420-460 and 500-540; an RNA in g's second intron of t2
ROWS = [
    "c gene 41 320 + ID=g", "c mRNA 41 240 + ID=t1;Parent=g", "c mRNA 41 320 + ID=t2;Parent=g",
    "c exon 41 120 + Parent=t1,t2", "c exon 181 240 + Parent=t1", "c exon 161 240 + Parent=t2",
    "c exon 281 320 + Parent=t2",
    "c CDS 61 120 + ID=d1;Parent=t1", "c CDS 181 220 + ID=d1;Parent=t1",
    "c CDS 61 120 + ID=d2;Parent=t2", "c CDS 161 220 + ID=d2;Parent=t2",
    "c gene 401 560 - ID=h", "c mRNA 401 560 - ID=t3;Parent=h",
    "c exon 401 460 - Parent=t3", "c exon 501 560 - Parent=t3",
    "c CDS 421 460 - ID=d3;Parent=t3", "c CDS 501 540 - ID=d3;Parent=t3",
    "c intron 1 40 + Name=evidence",
]  # fmt: skip


def by_hand(folder: Path, rows: list[str], **options: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    gff = write_gff(folder, {"c": random_dna(640)}, rows)
    return built(RegionRecipe(genome=gff[0], features=gff[1], **{**ALL, **options}))


def test_exons_and_introns_by_eye(tmp_path: Path) -> None:
    rows, manifest = by_hand(tmp_path, ROWS)
    assert spans(rows, "exon") == [
        (40, 60), (60, 80), (80, 100), (100, 120), (180, 200), (200, 220), (220, 240), (280, 300), (300, 320),
        (400, 420), (420, 440), (440, 460), (500, 520), (520, 540), (540, 560),
    ]  # fmt: skip
    assert spans(rows, "intron") == [(120, 140), (140, 160), (240, 260), (260, 280), (460, 480), (480, 500)]
    counts = manifest["counts"]
    assert counts["letters: exon in one transcript and intron in another"] == 20  # 160 to 180
    assert counts["windows of another kind, left out: exon in one transcript and intron in another"] == 1
    assert counts["windows of another kind, left out: intergenic"] == 32 - 15 - 6 - 1
    assert counts["annotation: intron rows without a parent (made), not read"] == 1


def test_windows_come_in_the_direction_of_the_gene(tmp_path: Path) -> None:
    rows, _ = by_hand(tmp_path, ROWS)
    sequence = random_dna(640)
    assert set(rows.loc[rows["start"] < 400, "strand"]) == {"+"}
    assert set(rows.loc[rows["start"] >= 400, "strand"]) == {"-"}
    for row in rows.itertuples():
        forward = sequence[row.start : row.end]
        assert row.left == (forward if row.start < 400 else reverse_complement(forward))
    between, _ = by_hand(tmp_path, ROWS, versus=["intergenic"], stride=3)
    assert set(between.loc[between["label"] == "intergenic", "strand"]) == {"+", "-"}


def test_utrs_are_worked_out_and_told_apart(tmp_path: Path) -> None:
    five, _ = by_hand(tmp_path, ROWS, kinds=["five_prime_UTR"], versus=["three_prime_UTR"])
    assert spans(five, "five_prime_UTR") == [(40, 60), (540, 560)]
    assert spans(five, "three_prime_UTR") == [(220, 240), (280, 300), (300, 320), (400, 420)]
    both, _ = by_hand(tmp_path, ROWS, kinds=["CDS"], versus=["UTR", "intron"])
    assert set(both["label"]) == {"CDS", "UTR_or_intron"}
    assert spans(both[both["kind"] == "CDS"], "CDS") == [
        (60, 80), (80, 100), (100, 120), (180, 200), (200, 220), (420, 440), (440, 460), (500, 520), (520, 540),
    ]  # fmt: skip
    assert (both["kind"] == "UTR").sum() == 6
    assert (both["kind"] == "intron").sum() == 6


def test_letters_of_both_strands_and_of_rna_genes_are_left_out(tmp_path: Path) -> None:
    more = [
        "c gene 71 110 - ID=x", "c mRNA 71 110 - ID=t9;Parent=x", "c exon 71 110 - Parent=t9",
        "c CDS 71 110 - ID=d9;Parent=t9", "c gene 241 260 + ID=s", "c snoRNA 241 260 + ID=s1;Parent=s",
        "c exon 241 260 + Parent=s1", "c pseudogene 581 600 + ID=p",
    ]  # fmt: skip
    before, _ = by_hand(tmp_path, ROWS, versus=["intergenic"])
    rows, manifest = by_hand(tmp_path, ROWS + more, versus=["intergenic"])
    assert set(spans(before, "exon")) - set(spans(rows, "exon")) == {(60, 80), (80, 100), (100, 120)}
    assert set(spans(before, "intergenic")) - set(spans(rows, "intergenic")) == {(580, 600)}
    introns, _ = by_hand(tmp_path, ROWS + more)
    assert spans(introns, "intron") == [(120, 140), (140, 160), (260, 280), (460, 480), (480, 500)]
    assert manifest["counts"]["letters: genes on both strands"] == 40
    assert manifest["counts"]["letters: gene without CDS, or pseudogene"] == 40


def test_genes_that_code_for_no_protein_give_no_windows(tmp_path: Path) -> None:
    more = [
        "c gene 561 640 + ID=n", "c lnc_RNA 561 640 + ID=n1;Parent=n",
        "c exon 561 580 + Parent=n1", "c exon 621 640 + Parent=n1",
        "c gene 321 400 + ID=m", "c mRNA 321 400 + ID=m1;Parent=m",
        "c exon 321 340 + Parent=m1", "c exon 381 400 + Parent=m1",
    ]  # fmt: skip
    before, _ = by_hand(tmp_path, ROWS)
    rows, manifest = by_hand(tmp_path, ROWS + more)
    assert rows["id"].tolist() == before["id"].tolist()
    assert manifest["counts"]["letters: exon of no coding transcript"] == 40
    assert manifest["counts"]["letters: gene without CDS, or pseudogene"] == 80 + 40


def test_a_group_is_a_gene_with_all_it_overlaps(tmp_path: Path) -> None:
    rows, _ = by_hand(tmp_path, ROWS)
    assert rows.groupby("group")["start"].agg(["min", "max"]).to_numpy().tolist() == [[400, 540], [40, 300]]
    assert set(rows["group"]) == {"c:41", "c:401"}


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"kinds": []}, r"kinds=\[\]: name at least one of exon, CDS"),
        ({"versus": ["introns"]}, r"versus: 'introns' is no kind of region\. Did you mean 'intron'"),
        ({"versus": ["CDS"]}, "versus: 'CDS' has letters of 'exon'; name kinds that share none"),
        ({"kinds": ["UTR", "five_prime_UTR"]}, "kinds: 'five_prime_UTR' has letters of 'UTR'"),
    ],
)
def test_kinds_that_do_not_fit_are_refused(given_: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RegionRecipe(**given_)


def test_a_genome_without_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"features\.gff: no windows of class 'intron' for test"):
        by_hand(tmp_path, ["c gene 41 240 + ID=g", "c mRNA 41 240 + ID=t;Parent=g", "c CDS 41 240 + ID=d;Parent=t"])


def test_what_is_left_of_a_transcript_cut_off_is_neither_exon_nor_intergenic(tmp_path: Path) -> None:
    cut = [row for row in ROWS if row not in ("c gene 401 560 - ID=h", "c mRNA 401 560 - ID=t3;Parent=h")]
    cut = [row for row in cut if " CDS 4" not in row and " CDS 5" not in row]
    rows, manifest = by_hand(tmp_path, cut, versus=["intergenic"])
    assert spans(rows, "intergenic") == [(0, 20), (20, 40), (320, 340), (340, 360), (360, 380), (380, 400)]
    assert max(end for _, end in spans(rows, "exon")) == 320
    # from its first exon to the end of the record, as nothing else lies there
    assert manifest["counts"]["letters: in a gene, neither exon nor intron"] == 640 - 400
    more = ["c gene 601 620 + ID=k", "c mRNA 601 620 + ID=t4;Parent=k", "c CDS 601 620 + ID=d4;Parent=t4"]
    rows, _ = by_hand(tmp_path, cut + more, versus=["intergenic"])
    assert spans(rows, "intergenic")[-3:] == [(560, 580), (580, 600), (620, 640)]


def rows_of(file: Path) -> Iterator[tuple[str, str, str, int, int, str, dict[str, str]]]:
    with gzip.open(file, "rt") as stream:
        for line in stream:
            if not line.startswith("#"):
                record, source, kind, start, end, _, strand, _, rest = line.rstrip("\n").split("\t")
                tags = dict(item.split("=", 1) for item in rest.split(";") if "=" in item)
                yield record, source, kind, int(start) - 1, int(end), strand, tags


@pytest.mark.slow
def test_c_elegans(data_dir: Path) -> None:
    genome, features = (data_dir / "annotated" / f"C.elegans.{end}.gz" for end in ("fa", "gff"))
    if not genome.exists():
        pytest.skip(f"{genome} is absent")
    options: dict[str, Any] = {"data_dir": str(data_dir), "prevalence": "natural"}
    rows, manifest = built(RegionRecipe(versus=["intron", "intergenic"], **options))
    assert (rows.groupby("split")["kind"].nunique() == 3).all()
    assert rows["split"].nunique() == 3
    # the file read line by line, without a parser of ours; introns are what lies between an mRNA's exons
    held = list(rows_of(features))
    mrnas = {tags["ID"] for _, _, kind, _, _, _, tags in held if kind == "mRNA"}
    masks: dict[tuple[str, str, str], np.ndarray] = {}
    exons: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    stated = set()

    def mark(record: str, name: str, strand: str, start: int, end: int) -> None:
        masks.setdefault((record, name, strand), np.zeros(300_000, bool))[start:end] = True

    for record, source, kind, start, end, strand, tags in held:
        parents = mrnas & set(tags.get("Parent", "").split(","))
        if kind == "gene":
            mark(record, "gene", strand, start, end)
        elif kind == "CDS":
            mark(record, "exon", strand, start, end)
        elif kind == "exon":
            for parent in parents:
                mark(record, "exon", strand, start, end)
                exons.setdefault((record, strand, parent), []).append((start, end))
        elif kind == "intron" and source == "WormBase":
            mark(record, "intron", strand, start, end)
            stated |= {(record, strand, parent, start, end) for parent in parents}
    derived = {
        (*key, this[1], after[0])
        for key, places in exons.items()
        for this, after in itertools.pairwise(sorted(places))
        if "CDS:" not in key[2]  # transposons, whose introns WormBase does not state
    }
    assert derived == stated
    for (record, strand, _), places in exons.items():
        for this, after in itertools.pairwise(sorted(places)):
            mark(record, "intron", strand, this[1], after[0])
    empty = np.zeros(300_000, bool)
    for row in rows.itertuples():
        inside = {
            (name, strand): masks.get((row.record, name, strand), empty)[row.start : row.end]
            for name in ("exon", "intron", "gene") for strand in "+-"
        }  # fmt: skip
        other = "-" if row.strand == "+" else "+"
        if row.kind == "intergenic":
            assert not any(found.any() for found in inside.values()), row.id
        else:
            assert inside[row.kind, row.strand].all(), row.id
            assert not inside["intron" if row.kind == "exon" else "exon", row.strand].any(), row.id
            assert not inside["gene", other].any(), row.id
    assert manifest["counts"]["annotation: intron rows without a parent (RNASeq_splice), not read"] == 7273
    assert (rows.groupby("group")["split"].nunique() == 1).all()
