"""Every family tells apart a flaw of its own, and nothing on a clean task; names and order are fixed."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import roc_auc_score

from exapt.audit.families import FAMILIES, families_of
from exapt.audit.small_models import MODELS
from exapt.sequences import genetic_code, reverse_complement
from tests.unit.audit.small_views import LETTERS, sentences, sequences, substituted, view_of_rows

NAMES = [
    "left only", "right only", "lengths", "characters present", "composition", "k-mer bags", "k-mer overlap", "MinHash",
    "edit", "alignment", "start codon", "translation", "position",
]  # fmt: skip
FORMAT = {"left only", "right only", "lengths", "characters present", "position"}
CODON = {residue: codon for codon, residue in sorted(genetic_code(1).residues.items())}
N = 600


def area(family, view):
    """AUROC on the second half of the rows, learned from the first."""
    matrix = family.matrix(view)
    train = np.arange(len(view))[None] < len(view) // 2
    scores = MODELS[family.model](matrix, view.positive, train)[0]
    return roc_auc_score(view.positive[~train[0]], scores[~train[0]])


def task(base, plant=None, seed=0):
    """A clean random task, its positives changed by `plant`."""
    rng = np.random.default_rng(seed)
    if base == "text":
        left, right = sentences(N, 14, rng), sentences(N, 14, rng)
    else:
        left = sequences(N, 90, "dna", rng)
        right = sequences(N, 30, "protein", rng) if base == "coding" else sequences(N, 90, "dna", rng)
    positive = rng.random(N) < 0.5
    rows = [(a, b, bool(p), f"g{i}") for i, (a, b, p) in enumerate(zip(left, right, positive, strict=True))]
    if plant is not None:
        rows = [(*plant(a, b, rng), p, g) if p else (a, b, p, g) for a, b, p, g in rows]
    return view_of_rows(test=rows)


def at_place(text, place, piece):
    return text[:place] + piece + text[place + len(piece) :]


PLANTS = {
    ("left only", "dna"): lambda a, b, rng: (at_place(a, rng.integers(60), "GATTACAGATTACA"), b),
    ("left only", "text"): lambda a, b, rng: (a + " thereof", b),
    ("right only", "coding"): lambda a, b, rng: (a, at_place(b, rng.integers(20), "WWCWWC")),
    ("lengths", "dna"): lambda a, b, rng: (a, b[: rng.integers(70, 90)]),
    ("lengths", "text"): lambda a, b, rng: (a, a[: len(b) // 2]),
    ("characters present", "dna"): lambda a, b, rng: (a, at_place(b, rng.integers(80), "-")),
    ("characters present", "text"): lambda a, b, rng: (a.capitalize(), b),
    ("characters present", "coding"): lambda a, b, rng: (a, at_place(b, rng.integers(29), "X")),
    ("composition", "dna"): lambda a, b, rng: (a, "".join(rng.permutation(list(a)))),
    ("composition", "coding"): lambda a, b, rng: (a.replace("A", "C", 12), b),
    ("k-mer bags", "dna"): lambda a, b, rng: (a, at_place(b, rng.integers(60), "GATTACAGATTACA")),
    ("k-mer bags", "text"): lambda a, b, rng: (a, b.replace("e", "ee")),
    ("k-mer overlap", "dna"): lambda a, b, rng: (a, a[45:] + a[:45]),
    ("k-mer overlap", "text"): lambda a, b, rng: (a, " ".join(rng.permutation(a.split()))),
    ("MinHash", "dna"): lambda a, b, rng: (a, at_place(b, 10, a[50:75])),
    ("MinHash", "text"): lambda a, b, rng: (a, b[:20] + a[20:60] + b[60:]),
    ("edit", "dna"): lambda a, b, rng: (a, substituted(a, 0.7, LETTERS["dna"], rng)),
    ("edit", "text"): lambda a, b, rng: (a, a[:9] + b[9:]),
    ("alignment", "dna"): lambda a, b, rng: (a, reverse_complement(substituted(a, 0.85, LETTERS["dna"], rng))),
    ("alignment", "text"): lambda a, b, rng: (a, a[25:60]),
    ("start codon", "dna"): lambda a, b, rng: ("ATG" + a[3:], b),
    ("start codon", "coding"): lambda a, b, rng: (a[:-3] + "TAG", b),
    ("translation", "coding"): lambda a, b, rng: (at_place(a, 78, "".join(map(CODON.__getitem__, b[:4]))), b),
    ("translation", "dna"): lambda a, b, rng: (a, at_place(b, 30, a[30:60])),
}  # fmt: skip


def test_names_kinds_and_order():
    assert [family.name for family in FAMILIES] == NAMES
    assert {family.name for family in FAMILIES if family.kind == "format"} == FORMAT
    assert {name for name, _ in PLANTS} == {*NAMES} - {"position"}


def test_which_apply():
    def names(view):
        return [family.name for family in families_of(view)]

    assert names(task("dna")) == NAMES
    assert names(task("text")) == [n for n in NAMES if n not in ("start codon", "translation")]
    compared = {"k-mer overlap", "MinHash", "edit", "alignment"}
    assert names(task("coding")) == [n for n in NAMES if n not in compared]
    single = view_of_rows(
        test=[(a, None, i % 2 == 0, str(i)) for i, a in enumerate(sequences(9, 30, "dna", np.random.default_rng(0)))]
    )
    assert names(single) == ["lengths", "characters present", "composition", "k-mer bags", "start codon", "position"]


@pytest.mark.parametrize(("name", "base"), PLANTS)
def test_a_planted_flaw_is_told(name, base):
    family = next(family for family in FAMILIES if family.name == name)
    assert area(family, task(base, PLANTS[name, base])) > 0.9


@pytest.mark.parametrize("order", ["sorted", "in turn"])
def test_position_is_told(order):
    rows = [
        (a, b, i >= 300 if order == "sorted" else i % 2 == 0, str(i))
        for i, (a, b) in enumerate(pairwise(map(str, range(601))))
    ]
    view = view_of_rows(train=rows, test=rows[:200] if order == "in turn" else rows)
    family = FAMILIES[-1]
    matrix = family.matrix(view)
    train = np.random.default_rng(0).random((1, len(view))) < 0.5
    scores = MODELS["trees"](matrix, view.positive, train)[0]
    assert roc_auc_score(view.positive[~train[0]], scores[~train[0]]) > 0.9


@pytest.mark.parametrize("base", ["dna", "coding", "text"])
def test_a_clean_task_has_none(base):
    found = {f.name: np.mean([area(f, task(base, seed=seed)) for seed in range(2)]) for f in families_of(task(base))}
    assert max(abs(value - 0.5) for value in found.values()) < 0.1, found
    assert abs(np.mean(list(found.values())) - 0.5) < 0.04


@pytest.mark.parametrize("base", ["dna", "coding", "text"])
def test_labels_are_not_looked_at_and_rows_are_in_order(base):
    view = task(base)
    rows = list(view.frame[["left", "right", "positive", "group"]].itertuples(index=False, name=None))
    other = view_of_rows(test=[(a, b, not p, g) for a, b, p, g in rows])
    for family in families_of(view):
        one, two = family.matrix(view), family.matrix(other)
        assert one.shape[0] == N and one.dtype in (np.float32, np.float64) and one.shape == two.shape
        one, two = (m.toarray() if sparse.issparse(m) else m for m in (one, two))
        assert np.isfinite(one).all() and np.array_equal(one, two), family.name


def test_odd_texts():
    odd = ["", " ", "a", "é", "\U0001f9ec", "中文 文", "-", "A" * 3000, "\t", "ß", "İ"]
    rows = [(a or "?", b or "?", i % 2 == 0, str(i)) for i, (a, b) in enumerate((a, b) for a in odd for b in odd)]
    view = view_of_rows(test=rows)
    for family in families_of(view):
        matrix = family.matrix(view)
        values = matrix.data if sparse.issparse(matrix) else matrix
        assert matrix.shape[0] == len(rows) and np.isfinite(values).all(), family.name


def test_thousands_of_pairs_take_seconds():
    rng = np.random.default_rng(0)
    left, right = sequences(2000, 150, "dna", rng), sequences(2000, 150, "dna", rng)
    view = view_of_rows(test=[(a, b, i % 2 == 0, str(i)) for i, (a, b) in enumerate(zip(left, right, strict=True))])
    start = time.process_time()
    for family in families_of(view):
        family.matrix(view)
    assert time.process_time() - start < 20  # 1.5 s where nothing else runs
