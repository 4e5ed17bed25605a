"""GFF3: columns, escapes, rows that belong together, circles, evidence that is no gene; and each trap of a CDS."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.annotated import read_annotated
from exapt.builders.coding import coding_sequences
from exapt.errors import BadInput
from tests.unit.builders.annotated_text import coding, gff, place, read, turned

GENE = "ATGGCTAAACGTTGGCATTAA"  # M A K R W H, stop
BEFORE, AFTER = "CCCCCCCCCC", "GGGGGGGGGG"
PLAIN = BEFORE + GENE + AFTER
SPLIT = BEFORE + GENE[:8] + "GTAAAAAG" + GENE[8:] + AFTER  # 11..18 and 27..39
GOOD = "chr1 x CDS 11 31 . + 0 ID=good"


def left_out(folder: Path, rows: list[str], sequence: str = PLAIN, **options: bool) -> str:
    """Why the only bad CDS of two is left out."""
    end = len(sequence)
    good = f"chr1 x CDS {end + 1} {end + len(GENE)} . + 0 ID=good"
    kept, counts = coding(folder, gff(sequence + GENE, [*rows, good], **options))  # type: ignore[arg-type]
    assert [k.name for k in kept] == ["good"]
    reasons = [name for name in counts if name.endswith(", left out")]
    assert len(reasons) == 1 and counts["CDS"] == 2
    return reasons[0].removesuffix(", left out")


MODEL = [
    "chr1 x gene 5 45 . + . ID=gene1;Name=abcD",
    "chr1 x mRNA 5 45 . + . ID=t1;Parent=gene1",
    "chr1 x exon 5 18 . + . Parent=t1",
    "chr1 x exon 27 45 . + . Parent=t1",
    "chr1 RNASeq intron 19 26 77 + . ID=evidence",
    "chr1 RNASeq transcript_region 1 49 3 . . Name=reads",
]


@pytest.mark.parametrize(
    "cds",
    [
        ["27 39 . + 1 ID=c1;Parent=t1", "11 18 . + 0 ID=c1;Parent=t1"],  # in any order
        ["11 18 . + 0 Parent=t1", "27 39 . + 1 Parent=t1"],  # no ID
        ["11 18 . + 0 Parent=t1,p1;", "27 39 . + 1 Parent=t1,p1;"],  # a protein beside the transcript
        ["11 18 . + 0 ID=c.1;Parent=t1", "27 39 . + 1 ID=c.2;Parent=t1"],  # an ID for each row
    ],
)
def test_rows_of_one_cds_are_joined(tmp_path: Path, cds: list[str]) -> None:
    protein = "chr1 x polypeptide 11 39 . + . ID=p1;Derives_from=t1"
    annotated = read(tmp_path, gff(SPLIT, [*MODEL, protein, *(f"chr1 x CDS {row}" for row in cds)]))
    kept, counts = coding_sequences(annotated)
    assert [(k.dna, k.protein, k.gene, k.symbol, k.junctions) for k in kept] == [
        (GENE[:-3], "MAKRWH", "gene1", "abcD", (8,))
    ]
    assert counts["CDS"] == 1
    # a transcript's parts are its exons; evidence is no part of a gene
    mrna = annotated.by_kind()["mRNA"][0]
    assert [(p.start, p.end) for p in mrna.parts] == [(4, 18), (26, 45)]
    assert annotated.splice(mrna) == SPLIT[4:18] + SPLIT[26:45]
    assert annotated.counts["intron rows without a parent (RNASeq), not read"] == 1
    assert annotated.counts["transcript_region rows (RNASeq), not read"] == 1
    assert "intron" not in annotated.by_kind()


def test_each_transcript_of_a_row_with_two_parents_has_a_cds_of_its_own(tmp_path: Path) -> None:
    rows = [
        "chr1 x gene 1 49 . + . ID=g",
        "chr1 x mRNA 1 49 . + . ID=a;Parent=g",
        "chr1 x mRNA 1 49 . + . ID=b;Parent=g",
        "chr1 x CDS 11 18 . + 0 Parent=a,b",
        "chr1 x CDS 27 39 . + 1 Parent=a",
        "chr1 x CDS 30 39 . + 1 Parent=b",
    ]
    kept, _ = coding(tmp_path, gff(SPLIT, rows))
    assert [(k.name, k.gene, k.protein) for k in kept] == [("a", "g", "MAKRWH"), ("b", "g", "MANWH")]
    assert kept[1].dna == (GENE[:8] + SPLIT[29:39])[:-3]


@pytest.mark.parametrize("second", ["12 31 . + 2", "17 31 . + 0"])  # another frame; the same from a later start
def test_rows_with_an_id_each_that_do_not_go_on_are_several_cds(tmp_path: Path, second: str) -> None:
    two = BEFORE + GENE + "CCCC" + GENE + AFTER
    rows = [
        "chr1 x mRNA 1 60 . + . ID=t",
        "chr1 x CDS 11 31 . + 0 ID=a;Parent=t",
        f"chr1 x CDS {second} ID=b;Parent=t",
    ]
    assert [k.name for k in coding(tmp_path, gff(two, rows))[0]] == ["a", "b"]


def test_the_minus_strand_reads_the_last_row_first(tmp_path: Path) -> None:
    rows = ["chr1 x CDS 11 23 . - 1 ID=c", "chr1 x CDS 32 39 . - 0 ID=c"]
    kept, _ = coding(tmp_path, gff(turned(SPLIT), rows))
    assert [(k.protein, k.strand, k.start, k.end) for k in kept] == [("MAKRWH", "-", 10, 39)]


@pytest.mark.parametrize(
    "rows",
    [
        ["chr1 x CDS 38 58 . + 0 ID=c"],  # as the specification has it
        ["chr1 x CDS 38 41 . + 0 ID=c", "chr1 x CDS 1 17 . + 2 ID=c"],
        ["chr1 x CDS 38 41 . + 0 ID=c", "chr1 x CDS 42 58 . + 2 ID=c"],
        ["chr1 x CDS 38 17 . + 0 ID=c"],
    ],
)
def test_over_the_origin_of_a_circle(tmp_path: Path, rows: list[str]) -> None:
    turn = PLAIN[14:] + PLAIN[:14]
    kept, counts = coding(tmp_path, gff(turn, rows, circular=True))
    assert [(k.protein, k.contiguous, k.start, k.end) for k in kept] == [("MAKRWH", True, 37, 58)]
    assert counts["over the origin of a circular record"] == 1


@pytest.mark.parametrize(
    "rows",
    [
        ["chr1 x CDS 25 45 . - 0 ID=c"],
        ["chr1 x CDS 25 41 . - 2 ID=c", "chr1 x CDS 1 4 . - 0 ID=c"],
        ["chr1 x CDS 25 4 . - 0 ID=c"],
    ],
)
def test_over_the_origin_backwards(tmp_path: Path, rows: list[str]) -> None:
    turn = turned(PLAIN[14:] + PLAIN[:14])
    kept, _ = coding(tmp_path, gff(turn, rows, circular=True))
    assert [(k.protein, k.contiguous, k.start, k.end) for k in kept] == [("MAKRWH", True, 24, 45)]


def test_without_a_circle_there_is_no_way_over_the_origin(tmp_path: Path) -> None:
    assert left_out(tmp_path, ["chr1 x CDS 58 78 . + 0 ID=c"]) == "location is not within its record"


def test_escapes(tmp_path: Path) -> None:
    rows = ["chr%201 x CDS 11 31 . + 0 ID=c%3B1%2C2;Note=a%3Db,c;Name=x%25y;translation=MAKRWH%2A"]
    text = gff(PLAIN, rows).replace(">chr1", ">chr 1")
    with pytest.raises(BadInput, match=r"line 2: genome.txt has no record 'chr 1'. Did you mean 'chr'"):
        read(tmp_path, text)
    kept, counts = coding(tmp_path, gff(PLAIN, [rows[0].replace("chr%201", "chr%31")]))
    assert (kept[0].name, kept[0].symbol) == ("c;1,2", "x%y")
    assert counts["stated translation is the same"] == 1


@pytest.mark.parametrize("escaped", ["(pos:14..16%2Caa:Sec)", "(pos:14..16,aa:Sec)"])
def test_what_ncbi_states_in_attributes(tmp_path: Path, escaped: str) -> None:
    recoded = [f"chr1 x CDS 11 22 . + 0 ID=c;transl_table=11;transl_except={escaped}"]
    kept, counts = coding(tmp_path, gff(BEFORE + "GTGTGAGCTTAA" + AFTER, recoded))
    assert (kept[0].protein, kept[0].table, kept[0].recoded) == ("MUA", 11, ((1, "U"),))
    assert counts["alternative start read as M"] == counts["selenocysteine"] == 1
    slipped = [f"chr1 x CDS {place} . + 0 ID=c;exception=ribosomal slippage" for place in ("11 19", "21 32")]
    kept, counts = coding(tmp_path, gff(BEFORE + GENE[:9] + "T" + GENE[9:] + AFTER, slipped))
    assert (kept[0].protein, kept[0].slips) == ("MAKRWH", (9,))
    trans = [
        "chr1 x CDS 11 22 . + 0 ID=c;exception=trans-splicing;part=2",
        "chr1 x CDS 33 41 . - 0 ID=c;exception=trans-splicing;part=1",
    ]
    sequence = BEFORE + GENE[9:] + AFTER + turned(GENE[:9]) + BEFORE
    assert coding(tmp_path, gff(sequence, trans))[0][0].protein == "MAKRWH"
    mixed = [row.replace(";exception=trans-splicing", "") for row in trans]
    assert "trans-splicing" in left_out(tmp_path, mixed, sequence)


@pytest.mark.parametrize(
    ("strand", "attributes", "ends"),
    [
        ("+", "start_range=.,1", (True, False)),
        ("+", "end_range=21,.", (False, True)),
        ("-", "start_range=.,1", (False, True)),
        ("-", "end_range=21,.", (True, False)),
        ("+", "tag=basic,cds_start_NF", (True, False)),
        ("-", "tag=cds_end_NF", (False, True)),
    ],
)
def test_partial_ends_are_those_in_reading_direction(
    tmp_path: Path, strand: str, attributes: str, ends: tuple[bool, bool]
) -> None:
    sequence = GENE if strand == "+" else turned(GENE)
    annotated = read(tmp_path, gff(sequence, [f"chr1 x CDS 1 21 . {strand} 0 ID=c;partial=true;{attributes}"]))
    assert (annotated.features[0].partial5, annotated.features[0].partial3) == ends


@pytest.mark.parametrize(("phase", "dropped"), [("1", "C"), ("2", "CC")])
def test_the_phase_of_the_first_row_is_the_offset(tmp_path: Path, phase: str, dropped: str) -> None:
    end = 12 + len(dropped)
    kept, counts = coding(tmp_path, gff(dropped + "TTGGCTAAATAA", [f"chr1 x CDS 1 {end} . + {phase} ID=c"]))
    assert kept[0].protein == "LAK" and counts["letters of a codon that is cut at the 5' end, dropped"] == 1


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (["chr1 x CDS 11 18 . + 0 ID=c", "chr1 x CDS 19 31 . + 0 ID=c"], "phases contradict each other"),
        (["chr1 x CDS 11 31 . + 0 ID=c;Parent=lost"], "its transcript is not in the file"),
        (["chr1 x CDS 11 31 . . 0 ID=c"], "no strand"),
        (["chr1 x CDS 11 31 . + 0 ID=c;pseudo=true"], "pseudogene"),
        (["chr1 x pseudogene 11 31 . + . ID=g", "chr1 x CDS 11 31 . + 0 ID=c;Parent=g"], "pseudogene"),
        (["chr1 x gene 11 31 . + . ID=g;pseudo=true", "chr1 x CDS 11 31 . + 0 ID=c;Parent=g"], "pseudogene"),
        (["chr1 x CDS 11 30 . + 0 ID=c"], "length not a multiple of three"),
        (["chr1 x CDS 11 34 . + 0 ID=c"], "internal stop"),
        (["chr1 x CDS 11 31 . + 0 ID=c;transl_table=7"], "no such genetic code"),
    ],
)
def test_what_is_left_out(tmp_path: Path, rows: list[str], reason: str) -> None:
    assert left_out(tmp_path, rows) == reason


def test_a_parent_of_a_type_that_is_not_read_is_no_lost_one(tmp_path: Path) -> None:
    rows = ["chr1 x operon 1 41 . + . ID=o", "chr1 x CDS 11 31 . + 0 ID=c;Parent=o"]
    assert len(coding(tmp_path, gff(PLAIN, rows))[0]) == 1


def test_pseudo_false_is_no_pseudogene_and_a_missing_phase_is_counted(tmp_path: Path) -> None:
    annotated = read(tmp_path, gff(PLAIN, ["chr1 x CDS 11 31 . + . ID=c;pseudo=false"]))
    assert coding_sequences(annotated)[0][0].protein == "MAKRWH"
    assert annotated.counts["CDS rows without a phase"] == 1


def test_parents_that_go_in_a_circle_do_not_hang(tmp_path: Path) -> None:
    rows = ["chr1 x gene 1 40 . + . ID=a;Parent=b", "chr1 x mRNA 1 40 . + . ID=b;Parent=a", GOOD + ";Parent=b"]
    assert len(coding(tmp_path, gff(PLAIN, rows))[0]) == 1


def test_fasta_and_gff_as_two_files_gzipped_with_crlf_and_lower_case(tmp_path: Path) -> None:
    fasta, rows = tmp_path / "g.fa.gz", tmp_path / "g.gff.gz"
    fasta.write_bytes(gzip.compress(f">chr1 long name\r\n{PLAIN.lower()}\r\n>chr2\r\nACGT\r\n".encode(), mtime=0))
    lines = ["##gff-version 3", "# made by hand", GOOD, "###", GOOD.replace("chr1", "else"), ""]
    text = "\r\n".join(line.replace(" ", "\t") if " x " in line else line for line in lines)
    rows.write_bytes(gzip.compress(text.encode(), mtime=0))
    annotated = read_annotated(fasta, rows)
    assert [k.protein for k in coding_sequences(annotated)[0]] == ["MAKRWH"]
    assert annotated.counts["rows on records without a sequence, left out"] == 1
    assert (annotated.file, annotated.genome.file) == ("g.gff.gz", "g.fa.gz")
    assert annotated.sha256 != annotated.genome.sha256
    with pytest.raises(BadInput, match="holds no features; give its GFF3"):
        read_annotated(fasta)
    with pytest.raises(BadInput, match="has no ##FASTA section"):
        read_annotated(rows)
    with pytest.raises(BadInput, match="holds no features; give its GFF3"):
        read_annotated(fasta, fasta)
    with pytest.raises(BadInput, match=r"g.fa.gz has no record 'chrM'. Did you mean 'chr2'|Did you mean 'chr1'"):
        read_annotated(fasta, rows, tables={"chrM": 2})
    with pytest.raises(BadInput, match="genetic code 8: there is none"):
        read_annotated(fasta, rows, table=8)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("chr1 x CDS 11 31 . + 0", "line 2 has 8 columns, GFF3 has 9"),
        ("chr1 x CDS a 31 . + 0 ID=c", "line 2: start 'a' and end '31' must be whole numbers"),
        ("chr1 x CDS 0 31 . + 0 ID=c", "line 2: start 0 and end 31 must be 1 or more"),
        ("chr1 x CDS 11 31 . x 0 ID=c", "line 2: strand 'x'"),
        ("chr1 x CDS 11 31 . + 3 ID=c", "line 2: phase '3'"),
        ("chr1 x CDS 11 31 . + 0 lonely", "line 2: 'lonely' is no attribute"),
        ('chr1 x CDS 11 31 . + 0 gene_id "g"; transcript_id "t";', "line 2 is GTF, not GFF3"),
        ("chr1 x match 11 31 . + 0 ID=c", "holds no genes or other features"),
        ("chr7 x gene 11 31 . + 0 ID=c", "line 2: genome.txt has no record 'chr7'. Did you mean 'chr1'"),
    ],
)
def test_a_faulty_file_is_one_line(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        read(tmp_path, gff(PLAIN, [row]))
    assert "genome.txt" in str(caught.value) and "\n" not in str(caught.value)


def test_a_gff_without_cds(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no CDS"):
        coding(tmp_path, gff(PLAIN, ["chr1 x gene 11 31 . + . ID=g"]))


@given(st.text(alphabet='\t\n.ACGTchr1+-0123;=,%#>"', max_size=120))
def test_no_text_does_worse_than_one_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        read(tmp_path_factory.getbasetemp(), "##gff-version 3\nchr1\tx\tgene\t1\t4\t.\t+\t.\tID=g\n" + text)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1


@given(st.integers(0, 10**6), st.booleans())
def test_random_genes_come_back_with_their_protein(
    tmp_path_factory: pytest.TempPathFactory, seed: int, circular: bool
) -> None:
    gene = place(seed, circular=circular)
    kept, _ = coding(tmp_path_factory.getbasetemp(), gff(gene.sequence, gene.rows(), circular=circular))
    assert [(k.dna, k.protein, k.strand) for k in kept] == [(gene.dna, gene.protein, "+" if gene.strand > 0 else "-")]
