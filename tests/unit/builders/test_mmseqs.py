"""Local MMseqs2: hits oriented as BLAST's, the same in every run, whole across pieces; one line when it is missing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.builders.journal import Journal
from exapt.builders.mmseqs import COLUMNS, _cut, _equal, search, version
from exapt.errors import BadInput
from exapt.sequences import DNA, PROTEIN, reverse_complement
from tests.unit.builders.test_clusters import alter, draw

needs_mmseqs = pytest.mark.skipif(shutil.which("mmseqs") is None, reason="needs mmseqs, which is not installed")


@needs_mmseqs
def test_both_strands_of_long_subjects_once_each_and_nothing_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaced = tmp_path / "a folder"
    spaced.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spaced))
    rng = np.random.default_rng(1)
    genome, plasmid = draw(45_000, rng), draw(3_000, rng)
    starts = [0, 9_800, 9_990, 10_100, 19_950, 29_900, 44_850]  # across the borders of pieces, and at both ends
    queries = [genome[s : s + 150] for s in starts] + [reverse_complement(genome[s : s + 150]) for s in starts]
    queries += [plasmid[700:850], draw(150, rng)]
    journal = Journal()
    hits = search(queries, [genome, plasmid], {"e": "1e-20"}, "", journal=journal).sort_values("query")
    places = [(0, s + 1, s + 150) for s in starts] + [(0, s + 150, s + 1) for s in starts] + [(1, 701, 850)]
    assert list(hits["query"]) == list(range(15))
    assert list(zip(hits["subject"], hits["sstart"], hits["send"], strict=True)) == places
    assert hits["qseq"].tolist() == hits["sseq"].tolist() == queries[:15]
    assert (hits[["qstart", "qend", "length", "nident"]] == [1, 150, 150, 150]).all(axis=None)
    (call,) = journal.calls
    assert (call["program"], call["queries"], call["subjects"], call["hits"]) == ("mmseqs", 16, 2, 15)
    expected = {"strand": "both", "k": "11", "e": "1e-20", "database_sequences": 2, "database_letters": 48_000}
    assert expected.items() <= call["parameters"].items()
    assert list(spaced.iterdir()) == []


@needs_mmseqs
@pytest.mark.parametrize("strand", ["plus", "minus"])
def test_one_strand(strand: str) -> None:
    a, b = (draw(150, np.random.default_rng(seed)) for seed in (2, 3))
    hits = search([a, reverse_complement(b)], [a, b], {}, "", strand=strand)  # type: ignore[arg-type]
    assert hits[["query", "subject"]].to_numpy().tolist() == ([[0, 0]] if strand == "plus" else [[1, 1]])


@needs_mmseqs
@pytest.mark.slow
def test_proteins_even_of_four_letters_that_look_like_dna() -> None:
    rng = np.random.default_rng(4)
    protein, odd = draw(120, rng, PROTEIN), draw(120, rng, DNA)
    plain = {"mask": "0", "comp-bias-corr": "0"}  # four residues are a simple sequence, which is masked otherwise
    hits = search([odd, protein], [odd, alter(protein, 40, rng, PROTEIN)], plain, "", program="blastp")
    found = {(h.query, h.subject): h for h in hits.itertuples()}
    assert set(found) == {(0, 0), (1, 1)}
    assert found[0, 0].nident == 120
    assert 70 <= found[1, 1].nident <= 85
    assert found[1, 1].qseq.replace("-", "") == protein[found[1, 1].qstart - 1 : found[1, 1].qend]


@needs_mmseqs
def test_nothing_found_is_an_empty_table() -> None:
    a, b = (draw(100, np.random.default_rng(seed)) for seed in (5, 6))
    for queries, subjects in (([a], [b]), ([], [b]), ([a], [])):
        hits = search(queries, subjects, {}, "")
        assert (len(hits), list(hits.columns)) == (0, list(COLUMNS))


@needs_mmseqs
def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match=r"query 2 has 20,001 letters.*engine=blast"):
        search(["ACGT", "A" * 20_001], ["ACGT"], {}, "")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(BadInput, match="mmseqs failed with code"):
        search(["ACGT" * 20], ["ACGT" * 20], {"no-such-option": "1"}, "")
    assert list(tmp_path.iterdir()) == []


def test_without_mmseqs_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"mmseqs is not on the PATH.*apt install mmseqs2.*conda.*brew") as caught:
        version()
    assert "\n" not in str(caught.value)


@given(st.lists(st.integers(1, 45_000), max_size=4), st.integers(1, 20_000), st.data())
def test_every_stretch_of_the_overlap_lies_whole_in_a_piece(
    lengths: list[int], overlap: int, data: st.DataObject
) -> None:
    subjects = ["A" * n for n in lengths]
    pieces, owner, offset = _cut(subjects, overlap)
    assert sorted(set(owner.tolist())) == list(range(len(lengths)))
    assert all(o + len(p) <= lengths[k] for p, k, o in zip(pieces, owner, offset, strict=True))
    if lengths:
        number = data.draw(st.integers(0, len(lengths) - 1))
        start = data.draw(st.integers(0, max(0, lengths[number] - overlap)))
        end = min(start + overlap, lengths[number])
        whole = [o <= start and end <= o + len(p) for p, k, o in zip(pieces, owner, offset, strict=True) if k == number]
        assert any(whole)


@given(st.lists(st.integers(1, 9).flatmap(lambda n: st.tuples(*[st.text("AC-", min_size=n, max_size=n)] * 2))))
def test_equal_columns_are_counted(pairs: list[tuple[str, str]]) -> None:
    counted = _equal([a for a, _ in pairs], [b for _, b in pairs])
    assert counted.tolist() == [sum(x == y for x, y in zip(a, b, strict=True)) for a, b in pairs]
    assert pd.Series(counted).dtype.kind == "i"
