"""Negatives of real homologs of E. coli and Salmonella, checked by BLAST, and the numbers that they promise."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from exapt.builders.alignment import cut, identity
from exapt.builders.blast import met, search, search_each
from exapt.builders.genomes import read_genome
from exapt.builders.negatives import KINDS, Context, Sides
from exapt.features.edit import edit_similarity
from exapt.features.kmers import jaccard

GENOMES = Path(__file__).resolve().parents[5] / "shared/data/genomes"
RELATED = {
    "task": "blastn", "word_size": "7", "reward": "1", "penalty": "-1", "gapopen": "3", "gapextend": "2",
    "evalue": "10", "searchsp": "10000000", "dust": "no", "strand": "both", "max_hsps": "1",
}  # fmt: skip
LENGTH = 50


def related(sets: list[Sides]) -> list[set[tuple[int, int]]]:
    return met(search_each(sets, RELATED, [], ""))


CONTEXT = Context(related=related, identity=identity, bound=0.7)


@pytest.fixture(scope="module")
def homologs() -> pd.DataFrame:
    """The first 300,000 letters of E. coli in windows, their best alignment, 50 letters of it."""
    files = [GENOMES / name for name in ("ecoli_k12_mg1655.gbff.gz", "salmonella_lt2.fna.gz")]
    if not all(file.exists() for file in files):
        pytest.skip(f"needs the genomes in {GENOMES}")
    if shutil.which("blastn") is None:
        pytest.skip("needs blastn, which is not installed")
    query, against = map(read_genome, files)
    windows = [query.sequences[0][k : k + 150] for k in range(0, 300_000, 150)]
    hits = search(windows, against.sequences, {"task": "dc-megablast", "evalue": "1e-5", "max_hsps": "1"},
                  ["score", "qseq", "sseq"], "")  # fmt: skip
    best = hits.sort_values(["query", "score", "sseq"], ascending=[True, False, True]).drop_duplicates("query")
    rows = []
    for number, a, d in zip(best["query"], best["qseq"], best["sseq"], strict=True):
        skip = cut(a, d, LENGTH)
        if skip is not None:
            sides = [text.replace("-", "")[k : k + LENGTH] for text, k in zip((a, d), skip, strict=True)]
            if identity(*sides) >= 0.6:
                rows.append((*sides, number))
    return pd.DataFrame(rows, columns=["left", "right", "unit"])


@pytest.mark.slow
def test_real_homologs_make_every_kind(homologs: pd.DataFrame) -> None:
    assert len(homologs) > 800
    for name in ("random", "length_matched", "composition_matched", "scrambled", "reverse", "reverse_complement"):
        made = KINDS[name]().make(homologs, CONTEXT, np.random.default_rng(0))
        rows = made.rows
        assert rows["i"].nunique() > 0.98 * len(homologs), (name, made.counts)
        left, right = rows["left"].tolist(), rows["right"].tolist()
        assert roc_auc_score(rows["positive"], edit_similarity(left, right)) > 0.99
        overlap = roc_auc_score(rows["positive"], jaccard(left, right, 2))
        assert overlap == 0.5 if name in ("composition_matched", "scrambled") else overlap > 0.53
        if KINDS[name].one_side:
            for side in ("left", "right"):
                gc = rows[side].str.count("[GC]") / LENGTH
                assert roc_auc_score(rows["positive"], gc) == 0.5


@pytest.mark.slow
def test_no_exchanged_pair_has_a_hit(homologs: pd.DataFrame) -> None:
    rows = KINDS["random"]().make(homologs, CONTEXT, np.random.default_rng(0)).rows
    wrong = rows[~rows["positive"]]
    hits = search(wrong["left"].tolist(), wrong["right"].tolist(), RELATED, [], "")
    assert len(hits) > len(wrong) / 2  # every side meets its true partner, in another row
    assert not (hits["query"] == hits["subject"]).any()
