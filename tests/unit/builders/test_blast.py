"""Local BLAST: hits as they are, nothing left behind, one line when it is missing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from exapt.builders.blast import search, version
from exapt.builders.recipe import RELATED
from exapt.errors import BadInput
from exapt.sequences import reverse_complement

needs_blast = pytest.mark.skipif(shutil.which("blastn") is None, reason="needs blastn, which is not installed")


def draw(letters: int, seed: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list("ACGT"), letters))


@needs_blast
def test_hits_on_both_strands_and_nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spaced = tmp_path / "a folder"
    spaced.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spaced))
    a, b, c = draw(60, 1), draw(60, 2), draw(60, 3)
    hits = search([a, b, c], [c, reverse_complement(a)], RELATED, ["sstart", "send", "qseq"], "")
    found = {(h.query, h.subject): h for h in hits.itertuples()}
    assert set(found) == {(0, 1), (2, 0)}
    assert (found[0, 1].sstart, found[0, 1].send, found[0, 1].qseq) == (60, 1, a)
    assert list(spaced.iterdir()) == []


@needs_blast
def test_every_subject_is_reported() -> None:
    a = draw(60, 4)
    assert len(search([a], [a] * 700, RELATED, [], "")) == 700


@needs_blast
def test_nothing_found_is_an_empty_table() -> None:
    for queries, subjects in (([draw(60, 5)], [draw(60, 6)]), ([], ["ACGT"])):
        hits = search(queries, subjects, RELATED, ["score"], "")
        assert (len(hits), list(hits.columns)) == (0, ["query", "subject", "score"])


@needs_blast
def test_a_failure_is_blasts_own_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(BadInput, match=r"blastn failed with code .*word"):
        search([draw(60, 7)], [draw(60, 8)], {**RELATED, "word_size": "1"}, [], "")
    assert list(tmp_path.iterdir()) == []


def test_without_blast_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="apt install ncbi-blast") as caught:
        version()
    assert "brew" in str(caught.value)
    assert "conda" in str(caught.value)
