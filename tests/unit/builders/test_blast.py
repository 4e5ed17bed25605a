"""Local BLAST: hits as they are, told to the journal, nothing left behind, one line when it is missing."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from exapt.builders import blast
from exapt.builders.blast import search, search_each, version
from exapt.builders.journal import Journal
from exapt.errors import BadInput
from exapt.sequences import DNA, PROTEIN, reverse_complement

needs_blast = pytest.mark.skipif(shutil.which("blastn") is None, reason="needs blastn, which is not installed")
SENSITIVE = {"task": "blastn", "word_size": "7", "dust": "no", "evalue": "1e-3"}
# of each residue one codon, the first in alphabetical order
CODONS = {
    "A": "GCA", "C": "TGC", "D": "GAC", "E": "GAA", "F": "TTC", "G": "GGA", "H": "CAC", "I": "ATA", "K": "AAA",
    "L": "CTA", "M": "ATG", "N": "AAC", "P": "CCA", "Q": "CAA", "R": "AGA", "S": "AGC", "T": "ACA", "V": "GTA",
    "W": "TGG", "Y": "TAC",
}  # fmt: skip


def draw(letters: int, seed: int, alphabet: str = DNA) -> str:
    return "".join(np.random.default_rng(seed).choice(list(alphabet), letters))


@needs_blast
def test_hits_on_both_strands_and_nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spaced = tmp_path / "a folder"
    spaced.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spaced))
    a, b, c = draw(60, 1), draw(60, 2), draw(60, 3)
    hits = search([a, b, c], [c, reverse_complement(a)], SENSITIVE, ["sstart", "send", "qseq"], "")
    found = {(h.query, h.subject): h for h in hits.itertuples()}
    assert set(found) == {(0, 1), (2, 0)}
    assert (found[0, 1].sstart, found[0, 1].send, found[0, 1].qseq) == (60, 1, a)
    assert list(spaced.iterdir()) == []


@needs_blast
def test_every_subject_is_reported() -> None:
    a = draw(60, 4)
    assert len(search([a], [a] * 700, SENSITIVE, [], "")) == 700


@needs_blast
def test_nothing_found_is_an_empty_table() -> None:
    journal = Journal()
    for queries, subjects in (([draw(60, 5)], [draw(60, 6)]), ([], ["ACGT"])):
        hits = search(queries, subjects, SENSITIVE, ["score", "evalue", "qseq"], "", journal=journal)
        assert (len(hits), list(hits.columns)) == (0, ["query", "subject", "score", "evalue", "qseq"])
        assert hits.dtypes[["query", "subject", "score", "evalue"]].map(lambda t: t.kind).tolist() == list("iiif")
    assert len(journal.calls) == 2  # without queries nothing is called


@needs_blast
def test_several_sets_and_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [draw(100, seed) for seed in range(900)]
    queries = texts[:601]
    columns = ["qstart", "qend", "score"]

    def table(queries: list[str], subjects: list[str], processes: int) -> list[tuple[int, ...]]:
        monkeypatch.setattr(blast, "threads", lambda: processes)
        return sorted(search(queries, subjects, SENSITIVE, columns, "").itertuples(index=False, name=None))

    whole = table(queries, texts, 1)
    assert len(whole) >= 601
    assert table(queries, texts, 3) == table(queries, texts, 7) == whole
    sets = [(queries[:300], texts), ([], texts), (queries[300:], texts[:500])]
    journal = Journal()
    first, none, last = search_each(sets, SENSITIVE, columns, "", journal=journal)
    assert [tuple(row) for row in sorted(first.itertuples(index=False, name=None))] == [r for r in whole if r[0] < 300]
    assert none.empty
    assert sorted(last.itertuples(index=False, name=None)) == table(queries[300:], texts[:500], 1)
    assert [call["program"] for call in journal.calls] == ["makeblastdb", "blastn"]
    searched = journal.calls[1]
    assert (searched["queries"], searched["subjects"], searched["parameters"]["searches"]) == (601, 1400, 2)


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_processes_share_letters_evenly(processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blast, "threads", lambda: processes)
    queries = ["A" * 1000] * 90 + ["A" * 10_000]
    ends = blast._ends(queries, queries, alone=True)
    assert (len(ends), ends[-1]) == (processes, 91)
    shares = [sum(map(len, queries[first:end])) for first, end in pairwise([0, *ends])]
    assert max(shares) - min(shares) <= 10_000
    assert blast._ends(queries, queries, alone=False) == [91]
    assert blast._ends(queries[:10], queries[:10], alone=True) == [10]  # too little
    assert blast._ends(queries, queries * 11, alone=True) == [91]  # each process would read them all


@needs_blast
def test_proteins_and_proteins_in_dna() -> None:
    protein, other = draw(80, 7, PROTEIN), draw(80, 8, PROTEIN)
    columns = ["sstart", "send", "nident", "length", "sseq"]
    same = search([protein], [other, protein], {"evalue": "1e-5"}, columns, "", program="blastp")
    assert same.iloc[0].tolist() == [0, 1, 1, 80, 80, 80, protein]
    genome = draw(300, 9) + reverse_complement("".join(CODONS[residue] for residue in protein)) + draw(300, 10)
    hit = search([other, protein], [genome], {"evalue": "1e-5"}, columns, "", program="tblastn")
    assert hit.iloc[0].tolist() == [1, 0, 540, 301, 80, 80, protein]


@needs_blast
def test_the_journal_holds_all_that_decides_the_hits_and_the_seconds() -> None:
    journal = Journal()
    subjects = [draw(60, seed) for seed in range(12)]
    hits = search(subjects[:5], subjects, {"task": "dc-megablast", "evalue": "1e-4"}, [], "", journal=journal)
    made, searched = journal.calls
    assert (made["program"], made["subjects"], made["parameters"]["dbtype"]) == ("makeblastdb", 12, "nucl")
    assert (searched["queries"], searched["subjects"], searched["hits"]) == (5, 12, len(hits)) == (5, 12, 5)
    assert searched["parameters"] == {
        "task": "dc-megablast", "evalue": "1e-4", "strand": "both", "dust": "20 64 1", "word_size": "11",
        "max_target_seqs": "12", "database_sequences": 12, "database_letters": 720, "version": version(),
    }  # fmt: skip
    assert min(made["seconds"], searched["seconds"]) > 0
    search(["MKV" * 20], ["MKV" * 20], {}, [], "", program="blastp", journal=journal)
    assert journal.calls[-1]["parameters"]["seg"] == "no"
    assert journal.calls[-1]["parameters"]["word_size"] == "3"


@needs_blast
def test_defaults_named_are_the_defaults_meant(tmp_path: Path) -> None:
    """A default that is handed over by name changes no hit: BLAST without any finds the same."""
    low = "AC" * 20 + draw(100, 11) + "AC" * 20
    (tmp_path / "low.fa").write_text(f">0\n{low}\n")
    alone = ["-query", "low.fa", "-subject", "low.fa", "-outfmt", "6 score evalue qseq"]
    for task in ("megablast", "dc-megablast", "blastn"):
        said = subprocess.run(
            ["blastn", "-task", task, *alone], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        ours = search([low], [low], {"task": task}, ["score", "evalue", "qseq"], "")
        plain = [line.split("\t") for line in said.stdout.splitlines()]
        assert [(int(s), float(e), q) for s, e, q in plain] == [tuple(row[2:]) for row in ours.itertuples(index=False)]
    unmasked = search([low], [low], {"task": "blastn", "dust": "no"}, ["score"], "")
    assert len(unmasked) > len(ours)


@needs_blast
def test_a_failure_is_blasts_own_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(BadInput, match=r"blastn failed with code .*word"):
        search([draw(60, 7)], [draw(60, 8)], {**SENSITIVE, "word_size": "1"}, [], "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("program", ["blastn", "blastp", "tblastn"])
def test_without_blast_it_says_how_to_install_it(program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=rf"{program} is not on the PATH.*apt install ncbi-blast") as caught:
        version(program)  # type: ignore[arg-type]
    assert "brew" in str(caught.value)
    assert "conda" in str(caught.value)
