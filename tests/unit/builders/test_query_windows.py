"""Windows of coding sequences and transcripts: spliced, in reading direction, and every letter has its place."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from exapt.builders.dna_recipe import DnaPairRecipe
from exapt.builders.genomes import Genome, read_genome
from exapt.builders.homologs import find
from exapt.builders.query_windows import Query, read_query, whole, windows_of
from exapt.errors import BadInput
from exapt.settings import one_line
from tests.unit.builders.annotated_text import HAND_TABLE, genbank, turned
from tests.unit.builders.conftest import mutate
from tests.unit.builders.windows_text import random_dna, write_gff

GENES = 24
LEADER, FIRST, INTRON = 60, 450, 300  # letters of a gene's parts; the coding part is 900
CDS = DnaPairRecipe(windows="cds", fractions=[0.5, 0.25, 0.25])


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Path]:
    """Genes of two exons on both strands in order, their GFF3, and a relative whose introns are strangers."""
    rng = np.random.default_rng(3)
    codons = [c for c, residue in HAND_TABLE.items() if residue != "*"]
    record, relative = random_dna(400, 1), random_dna(400, 2)
    rows: list[str] = []
    for number in range(GENES):
        coding = "ATG" + "".join(codons[i] for i in rng.integers(0, len(codons), 299)) + "TAA"
        leader, gap = random_dna(LEADER, 100 + number), random_dna(INTRON, 200 + number)
        gene = leader + coding[:FIRST] + gap + coding[FIRST:]
        other = leader + mutate(coding[:FIRST], 0.1, rng) + random_dna(INTRON, 300 + number)
        other += mutate(coding[FIRST:], 0.1, rng)
        strand, start, size = "+-"[number % 2], len(record), len(gene)
        cuts = [(0, LEADER + FIRST), (LEADER + FIRST + INTRON, size)]
        parts = {"exon": cuts, "CDS": [(LEADER, LEADER + FIRST), cuts[1]]}
        places = {
            kind: sorted((start + a + 1, start + b) if strand == "+" else (start + size - b + 1, start + size - a)
                         for a, b in pairs)
            for kind, pairs in parts.items()
        }  # fmt: skip
        rows += [
            f"chr1 gene {start + 1} {start + size} {strand} ID=g{number}",
            f"chr1 mRNA {start + 1} {start + size} {strand} ID=m{number};Parent=g{number}",
            *(f"chr1 exon {a} {b} {strand} Parent=m{number}" for a, b in places["exon"]),
            *(f"chr1 CDS {a} {b} {strand} ID=c{number};Parent=m{number}" for a, b in places["CDS"]),
        ]
        record += (gene if strand == "+" else turned(gene)) + random_dna(200, 400 + number)
        relative += (other if number % 3 else turned(other)) + random_dna(200, 500 + number)
    folder = tmp_path_factory.mktemp("annotated")
    fasta, features = write_gff(folder, {"chr1": record}, rows)
    (folder / "relative.fa").write_text(f">rel\n{relative}\n")
    return fasta, features, folder / "relative.fa"


def query_of(annotated: tuple[str, str, Path], recipe: DnaPairRecipe) -> Query:
    return read_query({"query": [Path(annotated[0])], "features": [Path(annotated[1])]}, recipe)


def letters_at(sequence: str, places: range | np.ndarray) -> str:
    """Letters by their places; those that run backwards stand on the other strand."""
    letters = "".join(sequence[i] for i in places)
    return letters if places[0] < places[-1] else letters.translate(str.maketrans("ACGT", "TGCA"))


@pytest.mark.parametrize(("of", "letters"), [("cds", 900), ("transcripts", LEADER + 903)])
def test_windows_are_spliced_and_every_letter_has_its_place(
    of: str, letters: int, annotated: tuple[str, str, Path]
) -> None:
    recipe = replace(CDS, windows=of, window=150)
    query = query_of(annotated, recipe)
    assert [len(s.sequence) for s in query.stretches] == [letters] * GENES
    windows = windows_of(query, recipe)
    assert len(windows.sequences) == GENES * (letters // 150)
    for sequence, where in zip(windows.sequences, windows.places, strict=True):
        assert letters_at(query.genome.sequences[0], where) == sequence
    assert set(windows.genes) == {f"g{number}" for number in range(GENES)}
    broken = windows.spans().groupby("window").size()
    assert (broken == 2).sum() == (0 if of == "cds" else GENES)  # 450 ends with a window, 510 within one
    covered = windows.spans().eval("end - start").groupby(windows.spans()["window"]).sum()
    assert (covered == 150).all()


def test_a_window_over_an_intron_finds_its_homolog(annotated: tuple[str, str, Path]) -> None:
    """Places are true on both strands of both genomes, also of pairs that are spliced."""
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    recipe = replace(CDS, window=180)  # the third window of a gene begins before the intron and ends behind it
    query, against = query_of(annotated, recipe), read_genome(annotated[2])
    pairs, counts = find(query, against, recipe)
    assert counts["windows"] == GENES * 5
    assert len(pairs) > GENES * 3.5
    assert set(pairs["left_strand"]) == set(pairs["strand"]) == {"+", "-"}
    record = query.genome.sequences[0]
    for row in pairs.itertuples():
        assert row.left_end - row.left_start == 50  # the other genome has introns of its own: no alignment goes on
        forward = record[row.left_start : row.left_end]
        assert (forward if row.left_strand == "+" else turned(forward)) == row.left
    assert pairs["identity"].median() > 0.8
    rng = np.random.default_rng(4)
    spliced = tuple(mutate(stretch.sequence, 0.1, rng) for stretch in query.stretches)
    pairs, _ = find(query, Genome("transcripts", "0", tuple(f"t{i}" for i in range(GENES)), spliced), recipe)
    broken = pairs[pairs["left_end"] - pairs["left_start"] == 50 + INTRON]
    assert len(broken) > GENES / 2
    for row in broken.itertuples():
        span = record[row.left_start : row.left_end]
        span = span if row.left_strand == "+" else turned(span)
        assert any(span[:k] + span[k + INTRON :] == row.left for k in range(1, 50))


def test_genes_do_not_find_themselves_in_their_own_genome(annotated: tuple[str, str, Path]) -> None:
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    query = query_of(annotated, CDS)
    pairs, counts = find(query, query.genome, CDS)
    assert pairs.empty
    assert counts["self hits, left out"] >= counts["windows"]


def test_a_build_of_coding_sequences(annotated: tuple[str, str, Path], tmp_path: Path) -> None:
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    recipe = replace(CDS, query=annotated[0], features=annotated[1], against=str(annotated[2]))
    manifest, _ = recipe.build(tmp_path / "out")
    rows = pd.concat([pd.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("train", "dev", "test")])
    assert rows["left_gene"].str.fullmatch(r"g\d+").all()
    assert "coding sequences of the query genome" in manifest["rule"]
    assert manifest["counts"]["coding sequences"] == GENES
    assert manifest["inputs"]["features"] == ["features.gff"]


@pytest.mark.parametrize("engine", ["blast", "mmseqs"])
def test_either_engine_finds_the_homologs(engine: str, genomes: tuple[Path, Path], tmp_path: Path) -> None:
    if engine == "mmseqs" and shutil.which("mmseqs") is None:
        pytest.skip("needs mmseqs, which is not installed")
    query, against = map(read_genome, genomes)
    recipe = DnaPairRecipe(engine=engine)
    pairs, counts = find(whole(query), against, recipe)
    assert len(pairs) > 0.8 * counts["windows"]
    assert set(pairs["strand"]) == {"+", "-"}
    letters = dict(zip(against.names, against.sequences, strict=True))
    for row in pairs.itertuples():
        right = letters[row.right_record][row.right_start : row.right_end]
        assert (turned(right) if row.strand == "-" else right) == row.right
    assert ("MMseqs2" in recipe.rule()) == (engine == "mmseqs")
    manifest, _ = replace(
        recipe, query=str(genomes[0]), against=str(genomes[1]), split="locus", fractions=[0.5, 0.25, 0.25]
    ).build(tmp_path / "out")
    programs = {call["program"] for call in manifest["calls"]}
    assert ("mmseqs" in programs) == (engine == "mmseqs")


def test_windows_with_ambiguous_letters_are_counted() -> None:
    genome = Genome("g", "0", ("a",), ("ACGT" * 500 + "N" + "ACGT" * 500,))
    made = windows_of(whole(genome), DnaPairRecipe())
    assert made.counts == {"windows with ambiguous letters, left out": 1}
    assert not any("N" in sequence for sequence in made.sequences)


def test_a_window_over_the_origin_of_a_circle_is_left_out(tmp_path: Path) -> None:
    coding = "ATG" + "GCA" * 198 + "TAA"  # 600 letters, of which 300 stand at the record's end
    sequence = coding[300:] + random_dna(1_000) + coding[:300]
    file = tmp_path / "circle.gb"
    file.write_text(genbank(sequence, [("CDS", "join(1301..1600,1..300)", {"locus_tag": "a"})], circular=True))
    recipe = DnaPairRecipe(windows="cds", window=200)
    windows = windows_of(read_query({"query": [file]}, recipe), recipe)
    assert windows.counts == {"windows over the origin of a circle or trans-spliced, left out": 1}
    assert len(windows.sequences) == 1  # letters 0 to 200; 400 to 597 are fewer than a window


def test_the_longest_transcript_stands_for_its_gene_even_without_exon_rows(tmp_path: Path) -> None:
    record = random_dna(3_000)
    rows = ["chr1 gene 101 2000 + ID=g", "chr1 mRNA 101 2000 + ID=m;Parent=g", "chr1 CDS 101 400 + ID=c;Parent=m",
            "chr1 CDS 1001 1300 + ID=c;Parent=m", "chr1 mRNA 101 300 + ID=n;Parent=g",
            "chr1 exon 101 300 + Parent=n"]  # fmt: skip
    fasta, features = write_gff(tmp_path, {"chr1": record}, rows)
    query = read_query({"query": [Path(fasta)], "features": [Path(features)]}, replace(CDS, windows="transcripts"))
    assert [s.sequence for s in query.stretches] == [record[100:400] + record[1000:1300]]
    assert query.counts["further transcripts of a gene, left out"] == 1


def test_refusals(annotated: tuple[str, str, Path], tmp_path: Path) -> None:
    fasta, features = Path(annotated[0]), Path(annotated[1])
    with pytest.raises(BadInput, match="1 for 2 query genomes"):
        read_query({"query": [fasta, fasta], "features": [features]}, CDS)
    file = tmp_path / "bare.gb"
    file.write_text(genbank("ATG" + "GCA" * 20 + "TAA", [("CDS", "1..66", {"locus_tag": "a"})]))
    with pytest.raises(BadInput, match="no transcripts"):
        read_query({"query": [file]}, replace(CDS, windows="transcripts"))
    with pytest.raises(BadInput, match="give its GFF3 as features="):
        read_query({"query": [fasta]}, CDS)
    for given, word in (({"features": "a.gff"}, "features="), ({"engine": "mmseqs", "search": "blastn"}, "search=")):
        with pytest.raises(ValidationError) as caught:
            DnaPairRecipe(**given)
        assert one_line(caught.value).startswith(word)
