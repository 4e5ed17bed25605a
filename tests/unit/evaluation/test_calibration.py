"""The calibration sees a rule that is too bold and an interval that is too short; equal seeds give equal counts."""

from __future__ import annotations

import numpy as np
import pytest

from exapt.evaluation import calibration_trials as trials
from exapt.evaluation.calibration import LEVEL, calibrate
from exapt.evaluation.calibration_cells import Calibration, CoverageCell, LevelCell, WordlessCell
from exapt.evaluation.crossed import Spread
from exapt.evaluation.simulated import World

ENOUGH = 100


def wrong(boundary: str, world: World | None = None) -> float:
    found = trials.at_boundary(boundary, world or World(), ENOUGH, np.random.default_rng(0))
    return found.supported / found.studies


@pytest.mark.parametrize("boundary", ["best_baseline", trials.SOURCE])
def test_the_rule_holds_its_level_and_a_bold_one_is_seen(boundary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 < wrong(boundary) <= LEVEL + 3 * (0.06 * 0.94 / ENOUGH) ** 0.5
    monkeypatch.setattr("exapt.evaluation.verdict.ALPHA", 0.2)
    assert wrong(boundary) > LEVEL + 3 * (0.06 * 0.94 / ENOUGH) ** 0.5


@pytest.mark.parametrize("treatment", trials.WEAK)
@pytest.mark.parametrize("share", trials.WRONG_WAY)
def test_fits_without_words_are_no_evidence_for_language_whichever_way_round(
    treatment: float, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported() -> float:
        world = World(deviation=0.01, wrong_way=share)
        found = trials.without_words(treatment, treatment - 0.02, world, ENOUGH, np.random.default_rng(5))
        return found.supported / found.studies

    assert supported() <= LEVEL + 3 * (0.06 * 0.94 / ENOUGH) ** 0.5
    monkeypatch.setattr("exapt.evaluation.rungs.upright", lambda arm: arm)
    assert supported() > 0.5


@pytest.mark.parametrize(("far", "deviation"), [(0.63, 0.01), (0.63, 0.1), (0.88, 0.1), (0.58, 0.1), (0.5, 0.03)])
def test_the_mean_distance_is_the_one_that_is_told(far: float, deviation: float) -> None:
    drawn = np.random.default_rng(6).normal(trials.centre(far, deviation), deviation, 200_000)
    least = deviation * (2 / np.pi) ** 0.5  # that of fits at chance
    assert 0.5 + np.abs(drawn - 0.5).mean() == pytest.approx(max(far, 0.5 + least), abs=0.001)


def test_what_is_true_by_far_is_supported_and_what_is_open_is_not() -> None:
    far = trials.with_effect(0.4, World(), 20, np.random.default_rng(1))
    assert (far.supported, far.shown, far.refuted) == (20, 20, 0)
    few = trials.with_effect(0.4, World(seeds=5), 20, np.random.default_rng(2))
    assert few.supported == 0 and few.shown > 15  # ten seeds are the fewest that support
    none = trials.with_effect(-0.2, World(), 20, np.random.default_rng(3))
    assert none.supported == 0 and none.refuted == 20


def test_an_interval_that_is_too_short_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def shares() -> dict[tuple[str, int], float]:
        held = trials.covered(0.03, 40, np.random.default_rng(4), draws=30)
        return {cell: count / 40 for cell, count in held.items()}

    whole = shares()
    assert set(whole) == {(what, seeds) for what in ("mean of an arm", "paired difference") for seeds in trials.SEEDS}
    assert all(share >= 0.85 for share in whole.values())
    real = Spread.error.fget
    assert real is not None
    monkeypatch.setattr(Spread, "error", property(lambda self: 0.5 * real(self)))
    assert min(shares().values()) < 0.8


def test_every_boundary_and_shape_is_tried_and_the_seed_decides() -> None:
    told: list[tuple[str, float]] = []
    found = calibrate(1, 7, lambda title, share: told.append((title, share)))
    assert {cell.boundary for cell in found.level} == {*trials.ARMS, "source"}
    assert len(found.level) == (8 + 1) * 4 * 3 and {cell.rho for cell in found.level} == {0.0, 0.5}
    assert {(cell.seeds, cell.failed) for cell in found.refuted} == {
        (s, f) for s in (3, 5) for f in (None, 0.3, 0.5, 0.7)
    }
    assert {(cell.treatment, cell.far, cell.wrong_way) for cell in found.wordless if cell.wrong_way} == {
        (t, t - 0.02, w) for t in (0.65, 0.9) for w in (0.5, 1.0)
    }
    assert len(found.wordless) == 2 * 3 * 3
    assert len(found.coverage) == 2 * 3 * 4 and len(found.power) == (4 + 1) * 2 * 4 * 4
    shares = [share for _, share in told]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    assert list(dict.fromkeys(title for title, _ in told)) == [
        "level", "unseen failures", "few seeds", "fits without words", "power", "coverage",
    ]  # fmt: skip
    # one wrong study of one is above the target: others decide
    assert all((cell.first == 1.0) == (cell.studies == 5) for cell in found.level)
    world = World("heavy tails", 0.1)
    one, again = (trials.at_boundary("source", world, 10, np.random.default_rng([7, 1])) for _ in range(2))
    assert one == again


def test_targets_are_met_in_every_cell_or_not_at_all() -> None:
    def with_counts(supported: int, covered: int, wordless: int = 5) -> Calibration:
        level = [
            LevelCell(boundary="source", shape="normal", deviation=0.1, rho=0, studies=100, supported=k, refuted=0)
            for k in (1, supported)
        ]
        coverage = [
            CoverageCell(what="mean of an arm", deviation=0.1, seeds=3, studies=100, covered=k) for k in (95, covered)
        ]
        either = [
            WordlessCell(treatment=0.6, far=s, wrong_way=w, deviation=0.1, studies=100, supported=count, refuted=0)
            for s, w, count in ((0.58, 0.5, wordless), (0.5, 0.0, 90))
        ]
        return Calibration(
            seed=0, draws=100, level=tuple(level), unseen=(), refuted=(), wordless=tuple(either), power=(),
            coverage=tuple(coverage),
        )  # fmt: skip

    assert with_counts(6, 93).met and with_counts(6, 93).worst.supported == 6
    assert with_counts(6, 93, 6).met and not with_counts(6, 93, 7).met
    assert not with_counts(7, 95).met and not with_counts(5, 92).met and not with_counts(5, 98).met
