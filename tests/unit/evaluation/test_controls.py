"""Draws of untrained heads and baselines: against one AUROC at a time, whatever the size; files that are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exapt.errors import BadInput
from exapt.evaluation import controls, metrics
from exapt.evaluation.controls import HEADS, draw_controls, read_controls, write_controls
from exapt.evaluation.intervals import bootstrap


def drawn(seed: int = 0, n: int = 60, heads: int = 7):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.4
    positive[:2] = True, False
    group = [str(number) for number in rng.integers(0, 20, n)]
    table = np.round(rng.normal(size=(heads, n)), 1).astype(np.float32)  # with ties
    baseline = np.round(rng.random(n), 1)
    return positive, group, table, {"edit similarity": baseline, "unknown": baseline}


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_the_mean_of_heads_is_the_mean_of_their_aurocs_under_every_draw(seed: int) -> None:
    positive, group, table, _ = drawn(seed)
    found = draw_controls(positive, group, table, {}, {})[f"{HEADS}|auroc"]
    one_by_one = np.mean(
        [
            bootstrap(lambda w, row=row: {"it": metrics.auroc(positive, row.astype(float), w)}, group)["it"]
            for row in table
        ],
        axis=0,
    )
    assert np.allclose(found[1:], one_by_one, rtol=0, atol=1e-12, equal_nan=True)
    plain = [metrics.auroc(positive, row.astype(float), np.ones((1, len(row))))[0] for row in table]
    assert found[0] == pytest.approx(np.mean(plain), abs=1e-12)


def test_large_tasks_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    positive, group, table, baselines = drawn(3)
    whole = draw_controls(positive, group, table, baselines, {"edit similarity": 0.5})
    monkeypatch.setattr(controls, "CELLS", 40)
    parts = draw_controls(positive, group, table, baselines, {"edit similarity": 0.5})
    assert all(np.array_equal(whole[name], parts[name], equal_nan=True) for name in whole)


def test_accuracies_and_baselines_at_their_thresholds() -> None:
    positive, group, table, baselines = drawn(1)
    found = draw_controls(positive, group, table, baselines, {"edit similarity": 0.5})
    assert set(found) == {f"{n}|{m}" for n in (HEADS, "edit similarity") for m in ("auroc", "accuracy")}
    right = ((table >= 0) == positive).mean()
    assert found[f"{HEADS}|accuracy"][0] == pytest.approx(right)
    assert found["edit similarity|accuracy"][0] == ((baselines["edit similarity"] >= 0.5) == positive).mean()


def test_files_come_back_and_damage_is_one_line(tmp_path: Path) -> None:
    positive, group, table, baselines = drawn(2)
    found = draw_controls(positive, group, table, baselines, {"edit similarity": 0.5})
    file = tmp_path / "controls.parquet"
    write_controls(file, found)
    read = read_controls(file, "auroc")
    assert set(read) == {HEADS, "edit similarity"}
    assert np.allclose(read[HEADS], found[f"{HEADS}|auroc"], atol=1e-6, equal_nan=True)
    before = file.read_bytes()
    write_controls(file, found)
    assert file.read_bytes() == before
    with pytest.raises(BadInput, match="no such file; run the fit's own command again"):
        read_controls(tmp_path / "gone.parquet", "auroc")
    file.write_bytes(before[: len(before) // 2])
    with pytest.raises(BadInput, match=r"controls.parquet: cannot be read"):
        read_controls(file, "auroc")
    write_controls(file, {"strange": found[f"{HEADS}|auroc"]})
    with pytest.raises(BadInput, match="column 'strange' is no metric of a control"):
        read_controls(file, "auroc")
