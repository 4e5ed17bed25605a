"""Cautions: no room above a baseline, sure but wrong signs, rankings without labels, controls that learned nothing."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.evaluation import cautions as module
from exapt.evaluation.cautions import cautions
from exapt.evaluation.crossed import Drawn
from exapt.evaluation.hearing import Asked, Named
from exapt.evaluation.rungs import Rung


def told(*arms: Named, claimed: tuple[Rung, ...] = ("language", "need"), metric: str = "auroc") -> list[str]:
    asked = Asked(frozenset(claimed), {"dna": "0"}, "1", metric=metric)  # type: ignore[arg-type]
    return list(cautions(asked, "dna", [], arms))


def arm(name: str, what: str, *seeds: float, noise: float = 0.01) -> Named:
    drawn = np.array(seeds) + noise * np.random.default_rng(0).normal(size=(1000, len(seeds)))
    return Named(name, what, Drawn(np.array(seeds), drawn, 100, fixed=len(seeds) == 1))


@pytest.mark.parametrize(("best", "said"), [(1.0, True), (0.985, True), (0.98, True), (0.979, False), (0.7, False)])
def test_a_baseline_may_leave_no_room(best: float, said: bool) -> None:
    found = told(arm("best_baseline", "majority", 0.5), arm("best_baseline", "edit similarity", best))
    assert bool(found) == said
    if said:
        assert f"edit similarity has {best:.3f}" in found[0] and "need on dna" in found[0]
    assert not told(arm("best_baseline", "edit similarity", 1.0), claimed=("language",))
    assert told(arm("best_baseline", "edit similarity", 1.0), metric="accuracy")


def test_controls_may_be_sure_of_the_wrong_sign() -> None:
    (found,) = told(arm("structure_only", "random_match", 0.28, 0.06, 0.85))
    assert "structure_only (random_match) ranks dna the wrong way with 2 of 3 seeds" in found
    assert "AUROC 0.837 on average" in found  # (0.72 + 0.94 + 0.85) / 3
    assert "language must hold" in found
    assert not told(arm("structure_only", "random_match", 0.49, 0.6, 0.85))  # within the margin
    assert not told(arm("structure_only", "random_match", 0.4, 0.6, 0.85, noise=0.1))  # not shown
    (found,) = told(arm("shuffled_source", "", 0.28, 0.06, 0.45))
    assert found.startswith("shuffled_source ranks dna the wrong way with 3 of 3 seeds")
    (found,) = told(arm("random_init", "", 0.28, 0.6, 0.6), claimed=("pretraining",))
    assert "random_init ranks dna the wrong way with 1 of 3 seeds" in found and "pretraining may owe" in found
    for name in ("structure_only", "shuffled_source", "random_init"):
        assert not told(arm(name, "", 0.28, 0.06, 0.85), claimed=("need",))
        assert not told(arm(name, "", 0.28, 0.06, 0.85), metric="accuracy")


def test_permuted_labels_that_tell_classes_apart_are_told() -> None:
    (found,) = told(arm("permuted_labels", "", 0.81, 0.77, 0.51))
    assert "permuted_labels tells the classes of dna apart with 2 of 3 seeds: no label" in found
    (found,) = told(arm("permuted_labels", "", 0.28, 0.77, 0.51))
    assert "with 2 of 3 seeds, 1 of them the wrong way round: no label" in found
    assert not told(arm("permuted_labels", "", 0.49, 0.48, 0.51))
    assert not told(arm("permuted_labels", "", 0.6, 0.6, 0.6, noise=0.1))


@pytest.mark.parametrize(
    ("own", "said"), [((0.88, 0.87, 0.52), "2 of 3 seeds"), ((0.52, 0.53, 0.52), "0 of 3 seeds"), ((0.8, 0.7, 0.9), "")]
)
def test_weights_drawn_anew_may_not_have_learned_the_source(
    own: tuple[float, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "of", lambda exhibits, name: [name])
    monkeypatch.setattr(module, "measured", lambda *_: arm("random_init", "", *own, noise=0.02).drawn)
    found = told(claimed=("pretraining",))
    assert [said in one for one in found] == [True] * bool(said)
    assert not told(claimed=("need",))
