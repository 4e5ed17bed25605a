"""Loose clean tasks: no side twice, classes as the shape says in every split, nothing that an audit alarms at."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.audit.selftest.bases import BASES
from exapt.audit.selftest.loose import SHARES, Shape, loosened, shape_of
from exapt.audit.selftest.rows import KINDS, Kind
from exapt.audit.selftest.selftest import SelfTest
from exapt.audit.selftest.trial import Clean, run


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("single", [False, True])
def test_every_side_stands_once(kind: Kind, single: bool) -> None:
    rng = np.random.default_rng(3)
    shape = Shape(rows=200, share=0.1, single=single, one_split=False)
    frame = loosened(BASES[kind](rng, rows=400), shape, rng).frame
    assert len(frame) == 200 and frame["left"].is_unique and frame["group"].is_unique
    assert frame["right"].isna().all() if single else frame["right"].is_unique
    assert frame.groupby("split")["positive"].mean().between(0.07, 0.13).all() and frame["split"].nunique() == 3
    order = frame.loc[frame["positive"]].index.to_numpy()
    assert 60 < order.mean() < 140  # the file's order says nothing


def test_shapes_are_of_all_sorts() -> None:
    rng = np.random.default_rng(4)
    shapes = [shape_of("text", 2000, False, rng) for _ in range(100)]
    assert {shape.share for shape in shapes} == set(SHARES)
    assert {shape.rows for shape in shapes} == {200, 500, 1000, 2000, 5000}
    assert {(shape.single, shape.one_split) for shape in shapes} == {
        (a, b) for a in (True, False) for b in (True, False)
    }
    assert not any(shape_of("coding", 2000, False, rng).single for _ in range(20))
    assert max(shape_of("dna", 2000, True, rng).rows for _ in range(30)) == 1000


def test_a_third_of_the_clean_tasks_is_loose_and_no_alarm_is_heard() -> None:
    clean = [trial for trial in SelfTest().trials() if isinstance(trial, Clean)]
    assert sum(trial.loose for trial in clean) == 62
    small = [trial for trial in SelfTest(rows=200, seed=1).trials() if isinstance(trial, Clean) and trial.loose][:1]
    assert [run(trial).alarms for trial in small] == [()]
