"""Coding sequences: every trap of GenBank by itself; random genes come back with the protein they were made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.errors import BadInput
from tests.unit.builders.annotated_text import Qualifiers, coding, genbank, place, turned

GENE = "ATGGCTAAACGTTGGCATTAA"  # M A K R W H, stop
BEFORE, AFTER = "CCCCCCCCCC", "GGGGGGGGGG"
PLAIN = BEFORE + GENE + AFTER  # the gene is 11..31


def one(folder: Path, sequence: str, location: str, circular: bool = False, **qualifiers: str | None):  # type: ignore[no-untyped-def]
    """The only coding sequence of a record with one CDS."""
    given: Qualifiers = {"locus_tag": "g1", **qualifiers}
    kept, counts = coding(folder, genbank(sequence, [("CDS", location, given)], circular=circular))
    assert (counts.pop("CDS"), counts.pop("coding sequences")) == (1, 1)
    return kept[0], counts


def left_out(folder: Path, sequence: str, location: str, circular: bool = False, **qualifiers: str | None) -> str:
    """Why the only bad CDS of two is left out; the other is plain and kept."""
    length = len(sequence)
    features: list[tuple[str, str, Qualifiers]] = [
        ("CDS", location, {"locus_tag": "bad", **qualifiers}),
        ("CDS", f"{length + 1}..{length + len(GENE)}", {"locus_tag": "good"}),
    ]
    kept, counts = coding(folder, genbank(sequence + GENE, features, circular=circular))
    assert [k.gene for k in kept] == ["good"]
    reasons = [name for name in counts if name.endswith(", left out")]
    assert len(reasons) == 1 and counts[reasons[0]] == 1 and counts["CDS"] == 2
    return reasons[0].removesuffix(", left out")


def test_a_plain_gene(tmp_path: Path) -> None:
    found, counts = one(tmp_path, PLAIN, "11..31", gene="abc", protein_id="P1.1")
    assert (found.dna, found.protein, found.stop) == (GENE[:-3], "MAKRWH", "TAA")
    assert (found.name, found.gene, found.symbol, found.record) == ("P1.1", "g1", "abc", "REC.1")
    assert (found.start, found.end, found.strand, found.table) == (10, 31, "+", 1)
    assert found.contiguous and not found.alternative_start and not found.recoded and not found.slips
    assert counts == {"no stated translation": 1}


def test_complement(tmp_path: Path) -> None:
    found, _ = one(tmp_path, turned(PLAIN), "complement(11..31)")
    assert (found.dna, found.protein, found.strand) == (GENE[:-3], "MAKRWH", "-")


SPLIT = BEFORE + GENE[:8] + "GTAAAAAG" + GENE[8:] + AFTER


@pytest.mark.parametrize(
    ("sequence", "location", "strand"),
    [
        (SPLIT, "join(11..18,27..39)", "+"),
        (turned(SPLIT), "complement(join(11..23,32..39))", "-"),
        (turned(SPLIT), "join(complement(32..39),complement(11..23))", "-"),
    ],
)
def test_join_and_both_ways_to_write_its_complement(tmp_path: Path, sequence: str, location: str, strand: str) -> None:
    found, counts = one(tmp_path, sequence, location)
    assert (found.dna, found.protein, found.strand, found.start, found.end) == (GENE[:-3], "MAKRWH", strand, 10, 39)
    assert found.junctions == (8,) and not found.slips and not found.contiguous
    assert counts["spliced"] == 1
    assert found.special(0, 3) == ["intron"] and found.special(3, 3) == [] and found.special(0, 2) == []


@pytest.mark.parametrize("location", ["join(38..41,1..17)", "38..17"])
def test_over_the_origin_of_a_circle(tmp_path: Path, location: str) -> None:
    turn = PLAIN[14:] + PLAIN[:14]  # the gene begins at 38 of 41
    found, counts = one(tmp_path, turn, location, circular=True)
    assert (found.dna, found.protein) == (GENE[:-3], "MAKRWH")
    assert found.contiguous and (found.start, found.end) == (37, 58)
    assert counts["over the origin of a circular record"] == 1
    back, counts = one(tmp_path, turned(turn), "complement(join(25..41,1..4))", circular=True)
    assert (back.protein, back.contiguous, back.start, back.end, back.strand) == ("MAKRWH", True, 24, 45, "-")
    assert counts["over the origin of a circular record"] == 1


def test_the_same_joins_on_a_line_are_out_of_order(tmp_path: Path) -> None:
    assert "out of order" in left_out(tmp_path, PLAIN[14:] + PLAIN[:14], "join(38..41,1..17)")
    assert left_out(tmp_path, PLAIN[14:] + PLAIN[:14], "38..17") == "location cannot be read"


def test_the_genetic_code_of_each_cds(tmp_path: Path) -> None:
    mycoplasma = BEFORE + "ATGTGAGCTTAA" + AFTER
    assert one(tmp_path, mycoplasma, "11..22", transl_table="4")[0].protein == "MWA"
    assert left_out(tmp_path, mycoplasma, "11..22", transl_table="11") == "internal stop"
    assert left_out(tmp_path, mycoplasma, "11..22", transl_table="99") == "no such genetic code"
    # not stated: what the caller says
    text = genbank(mycoplasma, [("CDS", "11..22", {})])
    assert coding(tmp_path, text, table=4)[0][0].table == 4
    assert coding(tmp_path, text, tables={"REC.1": 4})[0][0].protein == "MWA"


def test_a_stop_that_codes_elsewhere(tmp_path: Path) -> None:
    found, _ = one(tmp_path, BEFORE + "ATGTGAGCTTGA" + AFTER, "11..22", transl_table="27")
    assert (found.protein, found.stop) == ("MWA", "TGA")


@pytest.mark.parametrize(("start", "dropped"), [("2", "C"), ("3", "CC")])
def test_codon_start(tmp_path: Path, start: str, dropped: str) -> None:
    # the first whole codon is a start codon by chance: behind a cut one it is read as it codes
    found, counts = one(tmp_path, dropped + "TTGGCTAAATAA", f"<1..{12 + len(dropped)}", codon_start=start)
    assert (found.dna, found.protein) == ("TTGGCTAAA", "LAK")
    assert counts["letters of a codon that is cut at the 5' end, dropped"] == 1
    assert counts["partial at the 5' end"] == 1


def test_a_senseless_codon_start(tmp_path: Path) -> None:
    assert left_out(tmp_path, PLAIN, "11..31", codon_start="4") == "codon_start is not 1, 2 or 3"


def test_ambiguous_letters(tmp_path: Path) -> None:
    assert left_out(tmp_path, PLAIN.replace("AAACGT", "AANCGT"), "11..31") == "ambiguous letters"
    # in a codon that is not read they do no harm
    assert one(tmp_path, "NGCTAAATAA", "<1..10", codon_start="2")[0].protein == "AK"


def test_lower_case_crlf_and_several_records(tmp_path: Path) -> None:
    first = genbank(PLAIN.lower(), [("CDS", "11..31", {"translation": "makrwh"})], "A.1")
    second = genbank(turned(PLAIN), [("CDS", "complement(11..31)", {})], "B.2")
    kept, counts = coding(tmp_path, (first + second).replace("\n", "\r\n"))
    assert [(k.record, k.protein) for k in kept] == [("A.1", "MAKRWH"), ("B.2", "MAKRWH")]
    assert counts["stated translation is the same"] == counts["no stated translation"] == 1


def test_partial_ends(tmp_path: Path) -> None:
    start, counts = one(tmp_path, "TTG" + GENE[3:] + AFTER, "<1..21")
    assert start.protein == "LAKRWH" and counts["partial at the 5' end"] == 1  # no start: L, not M
    end, counts = one(tmp_path, BEFORE + GENE[:11], "11..>21")
    assert (end.protein, end.dna, end.stop) == ("MAK", GENE[:9], "")
    assert counts["partial at the 3' end"] == counts["letters of a codon that is cut at the 3' end, dropped"] == 1
    # two letters of the cut codon (CG) decide on R: a file may state it
    assert one(tmp_path, BEFORE + GENE[:11], "11..>21", translation="MAKR")[0].protein == "MAK"
    assert left_out(tmp_path, BEFORE + GENE[:11], "11..>21", translation="MAKRR") == "stated translation differs"


def test_partial_ends_on_the_minus_strand_are_those_in_reading_direction(tmp_path: Path) -> None:
    back, counts = one(tmp_path, turned("TTG" + GENE[3:]), "complement(1..>21)")
    assert back.protein == "LAKRWH" and counts["partial at the 5' end"] == 1
    back, counts = one(tmp_path, turned(GENE[:11]), "complement(<1..11)")
    assert back.protein == "MAK" and counts["partial at the 3' end"] == 1
    assert "partial at the 5' end" not in counts


@pytest.mark.parametrize("flag", [{"pseudo": None}, {"pseudogene": "unknown"}])
def test_pseudogenes(tmp_path: Path, flag: Qualifiers) -> None:
    assert left_out(tmp_path, PLAIN, "11..31", **flag) == "pseudogene"


def test_a_cds_of_a_pseudogene_whose_own_flag_was_forgotten(tmp_path: Path) -> None:
    features: list[tuple[str, str, Qualifiers]] = [
        ("gene", "11..31", {"locus_tag": "g1", "pseudo": None}),
        ("CDS", "11..31", {"locus_tag": "g1"}),
    ]
    with pytest.raises(BadInput, match=r"none of its 1 CDS can be read; most often: pseudogene, left out \(1\)"):
        coding(tmp_path, genbank(PLAIN, features))


def test_selenocysteine_and_other_recoded_codons(tmp_path: Path) -> None:
    sequence = BEFORE + "ATGTGAGCTTAGAAATAA" + AFTER
    sec = "(pos:14..16,aa:Sec)"
    assert left_out(tmp_path, sequence, "11..28", transl_except=sec) == "internal stop"  # the TAG is none
    found, counts = one(tmp_path, BEFORE + "ATGTGAGCTTAA" + AFTER, "11..22", transl_except=sec, translation="MUA")
    assert (found.protein, found.recoded) == ("MUA", ((1, "U"),)) and counts["selenocysteine"] == 1
    assert found.special(0, 2) == ["recoded"] and found.special(2, 1) == []
    found, counts = one(tmp_path, PLAIN, "11..31", transl_except="(pos:17..19,aa:OTHER)")
    assert found.protein == "MAXRWH" and counts["other codon read against the code"] == 1
    found, counts = one(tmp_path, PLAIN.replace("AAACGT", "TAGCGT"), "11..31", transl_except="(pos:17..19,aa:Pyl)")
    assert found.protein == "MAORWH" and counts["pyrrolysine"] == 1


def test_transl_except_on_the_minus_strand_and_over_an_intron(tmp_path: Path) -> None:
    back = turned(BEFORE + "ATGTGAGCTTAA" + AFTER)
    found, _ = one(tmp_path, back, "complement(11..22)", transl_except="(pos:complement(17..19),aa:Sec)")
    assert found.protein == "MUA"
    split = BEFORE + "ATGT" + "CCCCC" + "GAGCTTAA" + AFTER
    found, _ = one(tmp_path, split, "join(11..14,20..27)", transl_except="(pos:join(14,20..21),aa:Sec)")
    assert (found.protein, found.junctions) == ("MUA", (4,))


def test_transl_except_that_ends_the_protein(tmp_path: Path) -> None:
    # a mitochondrial stop codon, T or TA, that poly(A) completes
    found, counts = one(tmp_path, BEFORE + "ATGGCTTA" + AFTER, "11..18", transl_except="(pos:17..18,aa:TERM)")
    assert (found.protein, found.stop) == ("MA", "") and counts["stop codon that poly(A) completes"] == 1
    found, counts = one(tmp_path, PLAIN, "11..28", transl_except="(pos:26..28,aa:TERM)")
    assert (found.protein, found.stop) == ("MAKRW", "CAT") and counts["stop codon by transl_except"] == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("(pos:15..17,aa:Sec)", "transl_except is not on a codon"),
        ("(pos:1..3,aa:Sec)", "transl_except is not on a codon"),
        ("(pos:14..16,aa:Nonsense)", "transl_except cannot be read"),
        ("(pos:14..19,aa:Sec)", "transl_except cannot be read"),
        ("(pos:1..4000000000,aa:Sec)", "transl_except cannot be read"),
    ],
)
def test_a_transl_except_that_makes_no_sense(tmp_path: Path, said: str, reason: str) -> None:
    assert left_out(tmp_path, PLAIN, "11..31", transl_except=said) == reason


@pytest.mark.parametrize(
    ("sequence", "location"),
    [
        (BEFORE + GENE[:9] + "T" + GENE[9:] + AFTER, "join(11..19,21..32)"),  # a letter is skipped, as in prfB
        (BEFORE + "ATGGCTAAAGTTGGCATTAA" + AFTER, "join(11..19,19..30)"),  # a letter is read twice, as in dnaX
    ],
)
def test_programmed_slippage(tmp_path: Path, sequence: str, location: str) -> None:
    found, counts = one(tmp_path, sequence, location, ribosomal_slippage=None)
    assert found.slips == found.junctions == (9,) and not found.contiguous
    assert counts["programmed slippage"] == 1 and "spliced" not in counts
    assert found.protein == ("MAKRWH" if "21" in location else "MAKSWH")
    assert found.special(2, 2) == ["slippage"] and found.special(0, 3) == found.special(3, 3) == []
    assert "without stated slippage" in left_out(tmp_path, sequence, location)


def test_slippage_without_a_place(tmp_path: Path) -> None:
    assert "no place for it" in left_out(tmp_path, PLAIN, "11..31", ribosomal_slippage=None)


@pytest.mark.parametrize("start", ["GTG", "TTG", "CTG", "ATT", "ATC", "ATA"])
def test_alternative_starts_are_read_as_m(tmp_path: Path, start: str) -> None:
    found, counts = one(tmp_path, BEFORE + start + GENE[3:] + AFTER, "11..31", transl_table="11", translation="MAKRWH")
    assert found.alternative_start and found.protein == "MAKRWH" and counts["alternative start read as M"] == 1
    assert found.special(0, 2) == ["alternative start"] and found.special(1, 2) == []


def test_a_first_codon_that_is_no_start(tmp_path: Path) -> None:
    found, counts = one(tmp_path, BEFORE + "GTG" + GENE[3:] + AFTER, "11..31", transl_table="1")
    assert found.protein == "VAKRWH" and counts["first codon is no start, read as it codes"] == 1
    said = left_out(tmp_path, BEFORE + "GTG" + GENE[3:], "11..31", transl_table="1", translation="MAKRWH")
    assert said == "stated translation differs"


def test_trans_splicing(tmp_path: Path) -> None:
    sequence = BEFORE + GENE[9:] + AFTER + turned(GENE[:9]) + BEFORE
    location = "join(complement(33..41),11..22)"
    found, counts = one(tmp_path, sequence, location, trans_splicing=None)
    assert (found.protein, found.strand, found.junctions) == ("MAKRWH", "?", (9,))
    assert (found.start, found.end) == (10, 41) and counts["trans-spliced"] == 1
    assert "trans-splicing" in left_out(tmp_path, sequence, location)


@pytest.mark.parametrize(
    ("location", "given", "reason"),
    [
        ("11..30", {}, "length not a multiple of three"),
        ("11..70", {}, "location is not within its record"),
        ("order(11..19,20..31)", {}, "order() of parts, no join"),
        ("join(11..19,J00194.1:100..111)", {}, "location reaches into another record"),
        ("11..31", {"translation": "MAKRWW"}, "stated translation differs"),
        ("11..31", {"exception": "RNA editing"}, "stated exception, and no stated translation to check it by"),
        ("29..31", {}, "no whole codon"),
    ],
)
def test_what_else_is_left_out(tmp_path: Path, location: str, given: Qualifiers, reason: str) -> None:
    assert left_out(tmp_path, PLAIN, location, **given) == reason


def test_an_exception_whose_translation_agrees_is_kept(tmp_path: Path) -> None:
    assert one(tmp_path, PLAIN, "11..31", exception="reasons given in citation", translation="MAKRWH")[0].protein


def test_transcripts_with_one_cds_give_it_once(tmp_path: Path) -> None:
    features: list[tuple[str, str, Qualifiers]] = [("CDS", "11..31", {"locus_tag": "g1"})] * 2
    kept, counts = coding(tmp_path, genbank(PLAIN, features))
    assert len(kept) == 1 and counts["same letters, frame and gene as another CDS, left out"] == 1


@pytest.mark.parametrize("organelle", [True, False])
def test_a_mitochondrion_needs_a_code_or_a_translation(tmp_path: Path, organelle: bool) -> None:
    name = "REC.1" if organelle else "chrM"
    source: Qualifiers = {"organelle": "mitochondrion"} if organelle else {}
    for stated in ({}, {"translation": "MAKRWH"}, {"transl_table": "1"}):
        text = genbank(PLAIN, [("source", "1..41", source), ("CDS", "11..31", {**stated})], name)
        if stated:
            assert len(coding(tmp_path, text)[0]) == 1
        else:
            with pytest.raises(BadInput, match="mitochondrion without a stated genetic code"):
                coding(tmp_path, text)
            assert len(coding(tmp_path, text, tables={name: 1})[0]) == 1


def test_a_genome_without_cds(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"genome.txt: holds no CDS; give an annotated genome"):
        coding(tmp_path, genbank(PLAIN, [("gene", "11..31", {"locus_tag": "g1"})]))


@given(st.integers(0, 10**6), st.booleans())
def test_random_genes_come_back_with_their_protein(
    tmp_path_factory: pytest.TempPathFactory, seed: int, circular: bool
) -> None:
    gene = place(seed, circular=circular)
    folder = tmp_path_factory.getbasetemp()
    kept, counts = coding(folder, genbank(gene.sequence, [("CDS", gene.location(), {})], circular=circular))
    assert [(k.dna, k.protein) for k in kept] == [(gene.dna, gene.protein)]
    found = kept[0]
    assert found.strand == ("+" if gene.strand > 0 else "-")
    inner = [end - start for start, end in gene.exons][:-1]
    assert len(found.junctions) == sum(sum(inner[: i + 1]) < len(gene.dna) for i in range(len(inner)))
    # what it says of its place holds the gene: the record, written twice, cut and turned
    around = (gene.sequence * 2)[found.start : found.end]
    whole = around if gene.strand > 0 else turned(around)
    assert whole.startswith(gene.dna[:1]) and whole.endswith(found.stop[-1:])
    if found.contiguous and len(gene.exons) == 1:
        assert whole == gene.dna + found.stop
    assert ("over the origin of a circular record" in counts) == (found.end > len(gene.sequence))
