"""Either engine gives one kind of table, true to the letters on both strands."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exapt.builders.engines import COLUMNS, homologs
from exapt.builders.genomes import read_genome
from exapt.builders.journal import Journal
from exapt.errors import BadInput
from exapt.sequences import DNA, reverse_complement
from tests.unit.builders.test_clusters import alter, draw

GENOMES = Path(__file__).resolve().parents[4] / "shared" / "data" / "genomes"
PROGRAMS = {"blast": "blastn", "mmseqs": "mmseqs"}
engines = pytest.mark.parametrize("engine", [
    pytest.param(name, marks=pytest.mark.skipif(shutil.which(program) is None, reason=f"needs {program}"))
    for name, program in PROGRAMS.items()
])  # fmt: skip
OPTIONS = {"blast": {"task": "dc-megablast"}, "mmseqs": {}}


def true_to_the_letters(hits: pd.DataFrame, queries: list[str], subjects: list[str]) -> None:
    """The aligned strings without gaps are the stated slices, in the query's direction."""
    assert list(hits.columns) == [*COLUMNS]
    for hit in hits.itertuples():
        low, high = sorted((hit.sstart, hit.send))
        letters = subjects[hit.subject][low - 1 : high]
        assert hit.sseq.replace("-", "") == (reverse_complement(letters) if hit.sstart > hit.send else letters)
        assert hit.qseq.replace("-", "") == queries[hit.query][hit.qstart - 1 : hit.qend]
        assert len(hit.qseq) == len(hit.sseq) == hit.length
        assert hit.nident == sum(a == b for a, b in zip(hit.qseq, hit.sseq, strict=True))
        assert hit.identity == hit.nident / hit.length


def planted(seed: int) -> tuple[list[str], list[str]]:
    """Windows and two genomes with altered, indented copies of them, each second one turned round."""
    rng = np.random.default_rng(seed)
    windows = [draw(200, rng) for _ in range(40)]
    genomes = []
    for part in (windows[:25], windows[25:]):
        letters = ""
        for number, window in enumerate(part):
            copy = alter(window, 24, rng)
            copy = copy[:90] + draw(2, rng) + copy[90:130] + copy[133:]
            letters += draw(int(rng.integers(50, 900)), rng) + (reverse_complement(copy) if number % 2 else copy)
        genomes.append(letters + draw(100, rng))
    return windows, genomes


@engines
def test_planted_copies_on_both_strands(engine: str) -> None:
    windows, genomes = planted(1)
    journal = Journal()
    hits = homologs(windows, genomes, engine=engine, options=OPTIONS[engine], title="", journal=journal)  # type: ignore[arg-type]
    true_to_the_letters(hits, windows, genomes)
    best = hits.drop_duplicates("query")
    assert best["query"].tolist() == list(range(40))
    assert best["subject"].tolist() == [0] * 25 + [1] * 15
    assert (best["sstart"] > best["send"]).tolist() == [n % 2 == 1 for n in [*range(25), *range(15)]]
    assert best["length"].min() > 150 and best["identity"].between(0.8, 0.95).all()
    assert hits["score"].groupby(hits["query"]).is_monotonic_decreasing.all()
    assert hits["evalue"].max() <= 1e-5
    assert journal.calls[-1]["parameters"]["strand"] == "both"


@engines
def test_one_strand_is_half_of_the_copies(engine: str) -> None:
    windows, genomes = planted(2)
    hits = homologs(windows, genomes, engine=engine, strand="plus", options=OPTIONS[engine], title="")  # type: ignore[arg-type]
    assert (hits["sstart"] < hits["send"]).all()
    assert set(hits["query"]) == {*range(0, 25, 2), *range(25, 40, 2)}


@engines
@pytest.mark.slow
@pytest.mark.skipif(not GENOMES.is_dir(), reason="needs ../shared/data/genomes")
def test_real_windows(engine: str) -> None:
    ecoli = read_genome(GENOMES / "ecoli_k12_mg1655.gbff.gz").sequences[0]
    others = list(read_genome(GENOMES / "salmonella_lt2.fna.gz").sequences)
    windows = [ecoli[start : start + 250] for start in range(0, 4_600_000, 20_000)]
    hits = homologs(windows, others, engine=engine, options=OPTIONS[engine], title="")  # type: ignore[arg-type]
    true_to_the_letters(hits, windows, others)
    strands = hits.assign(minus=hits["sstart"] > hits["send"]).drop_duplicates("query")["minus"]
    assert len(strands) > 150
    assert 0.05 < strands.mean() < 0.4  # one long stretch is turned round between the two
    again = homologs(windows, others, engine=engine, options=OPTIONS[engine], title="")  # type: ignore[arg-type]
    assert hits.equals(again)


@pytest.mark.skipif(shutil.which("tblastn") is None, reason="needs tblastn")
def test_proteins_against_dna_by_blast_only() -> None:
    rng = np.random.default_rng(3)
    genome = draw(900, rng, DNA)
    with pytest.raises(BadInput, match=r"engine=mmseqs .*use engine=blast"):
        homologs(["MKV"], [genome], engine="mmseqs", program="tblastn")
    gene = "ATG" + "GCATGCGACGAATTCGGACACATAAAACTAAACCCACAAAGAAGCACAGTATGGTAC" * 2
    hits = homologs(["MACDEFGHIKLNPQRSTVWYACDEFGHIKLNPQRSTVWY"], [genome + gene + genome], program="tblastn", title="")
    assert list(hits.columns) == [*COLUMNS]
    first = hits.iloc[0]
    assert (first["sstart"], first["send"], first["nident"], first["identity"]) == (901, 1017, 39, 1.0)


@engines
def test_nothing_found_is_an_empty_table(engine: str) -> None:
    rng = np.random.default_rng(4)
    hits = homologs([draw(80, rng)], [draw(80, rng)], engine=engine, title="")  # type: ignore[arg-type]
    assert (len(hits), tuple(hits.columns)) == (0, COLUMNS)
