"""Clean tables are swap blocks, made by the seed, and nothing in them alarms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exapt.audit.duplicates import near_duplicates
from exapt.audit.selftest import real as module
from exapt.audit.selftest.bases import BASES, CODONS, RESIDUES, TRUE
from exapt.audit.selftest.real import apart, check_data, real
from exapt.audit.selftest.rows import KINDS, SPACE, added, changed, some, swap_blocks, task_of
from exapt.audit.selftest.trial import Clean, run
from exapt.errors import BadInput
from exapt.sequences import reverse_complement, translate

DEAR = ("composition", "k-mer bags", "k-mer overlap", "MinHash", "alignment", "translation")  # a second or so each
DATA = Path(__file__).resolve().parents[5] / "shared" / "data"


@pytest.mark.parametrize("make", [*BASES.values(), *TRUE.values()], ids=lambda make: make.__name__)
def test_every_side_stands_once_under_each_label_within_its_block(make) -> None:  # type: ignore[no-untyped-def]
    base = make(np.random.default_rng(3), rows=400)
    frame = base.frame
    assert len(frame) == 400 and frame["positive"].mean() == 0.5
    assert frame["split"].value_counts().to_dict() == {"train": 240, "dev": 80, "test": 80}
    for side in ("left", "right"):
        told = frame.groupby(side).agg(n=("positive", "size"), p=("positive", "sum"), g=("group", "nunique"))
        assert (told == [2, 1, 1]).all(axis=None) and len(told) == 200
    assert frame.groupby("group")["split"].nunique().max() == 1
    again = make(np.random.default_rng(3), rows=400)
    assert again.frame.equals(frame) and not make(np.random.default_rng(4), rows=400).frame.equals(frame)


def test_drawn_labels_do_not_follow_the_sides_and_true_ones_do() -> None:
    sides = [str(number) for number in range(2000)]
    for drawn in (True, False):
        frame = swap_blocks(sides, sides, np.random.default_rng(0), drawn=drawn)
        agree = ((frame["left"] == frame["right"]) == frame["positive"]).mean()
        assert (abs(agree - 0.5) < 0.1) if drawn else agree == 1


def test_coding_pairs_hold_their_protein_under_both_labels() -> None:
    frame = BASES["coding"](np.random.default_rng(5), rows=200).frame
    for row in frame.itertuples():
        read = translate(row.left)
        assert len(row.left) == 3 * CODONS and len(row.right) == RESIDUES
        assert any(row.right[i : i + 20] in read for i in range(RESIDUES - 19))


def test_edits_touch_the_rows_that_they_name_only() -> None:
    base = BASES["dna"](np.random.default_rng(6), rows=80)
    rows = some(np.arange(80), 0.1, np.random.default_rng(0))
    assert len(rows) == 8 and (np.diff(rows) > 0).all()
    made = changed(base, rows, lambda a, b, rng: (b, a), np.random.default_rng(0)).frame
    touched = np.isin(np.arange(80), rows)
    assert (made["left"] == base.frame["right"]).to_numpy().tolist() == touched.tolist()
    assert made[~touched].equals(base.frame[~touched])
    more = added(base, base.frame[:7], np.random.default_rng(0)).frame
    assert len(more) == 87 and more.index.tolist() == list(range(87))


def test_a_table_becomes_a_task_in_its_order() -> None:
    base = BASES["text"](np.random.default_rng(7), rows=80)
    task = task_of(base, "mine")
    dev = base.frame[base.frame["split"] == "dev"]
    assert task.load("dev").frame["left"].tolist() == dev["left"].tolist()
    assert task.load("dev").positive.tolist() == dev["positive"].tolist() and task.space == SPACE
    del task.splits["dev"]  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="has no dev split"):
        task.load("dev")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "labels"), [("text", "true"), ("dna", "drawn"), ("coding", "drawn")])
def test_nothing_alarms_on_a_clean_task(kind: str, labels: str) -> None:
    skip = () if kind == "coding" else DEAR
    outcome = run(Clean(0, kind, labels, seed=5, rows=800, skip=skip))  # type: ignore[arg-type]
    assert outcome.alarms == () and outcome.looked >= 30 - len(skip)  # with a source and a tokenizer


def test_texts_that_are_too_alike_are_left_out() -> None:
    texts = ["ACGTTGCAAGGCTTAGCATC" * 3, "ACGTTGCAAGGCTTAGCATC" * 2 + "ACGTTGCAAGGATTAGCATC", "CCGATCTAGG" * 6]
    assert apart([*texts, texts[0], reverse_complement(texts[2])], "dna") == [texts[0], texts[2]]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_real_sides_make_clean_blocks(kind: str) -> None:
    if not (DATA / module.SENTENCES).exists():
        pytest.skip(f"{DATA / module.SENTENCES} is not there; only developers have it")
    base, source = real(kind, DATA, 200, 80, np.random.default_rng(1))  # type: ignore[arg-type]
    assert len(base) == 200 and len(source) == 80
    for side in ("left", "right"):
        ours, theirs = set(base.frame[side]), set(source.frame[side])
        assert len(ours) == 100 and not ours & theirs
        assert base.frame.groupby(side)["positive"].sum().eq(1).all()
    if kind == "dna":
        assert len(near_duplicates(sorted({*base.frame["left"], *base.frame["right"]}), "dna")) == 0
    again, _ = real(kind, DATA, 200, 80, np.random.default_rng(1))  # type: ignore[arg-type]
    assert again.frame.equals(base.frame)


def test_a_folder_without_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not there; give another data_dir="):
        check_data(tmp_path)
