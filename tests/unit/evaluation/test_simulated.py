"""Simulated studies: noise as ordered, the same study from the same seed, and test sets like those of real scores."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from exapt.evaluation.crossed import Drawn, spread
from exapt.evaluation.simulated import ARMS, DRAWN_HEADS, FIXED, PAIRED, SCATTER, Examples, Luck, World, study
from exapt.evaluation.simulated_noise import FAILED, SHAPES, Shape, heaps, repeated, seed_noise
from exapt.evaluation.simulated_scores import scored
from exapt.evaluation.verdict import judge


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_has_mean_zero_and_its_standard_deviation(shape: Shape) -> None:
    noise = seed_noise(shape, 0.03, (400_000,), np.random.default_rng(0))
    assert noise.mean() == pytest.approx(0.0, abs=0.0003)
    # the fourth moment of t with 3 degrees is infinite: its standard deviation is slow to settle
    assert noise.std() == pytest.approx(0.03, rel=0.1 if shape == "heavy tails" else 0.01)


def test_heaps_lie_apart_and_hold_their_shares() -> None:
    for failed in (*FAILED.values(), 0.1):
        noise = heaps(failed, 1.0, (50_000,), np.random.default_rng(1))
        middle = (0.5 - (1 - failed)) / np.sqrt(failed * (1 - failed))
        assert (noise < middle).mean() == pytest.approx(failed, abs=0.03)
        assert (np.abs(noise - middle) < 0.3).mean() < 0.03


@pytest.mark.parametrize("shape", SHAPES)
def test_pairs_share_what_they_should(shape: Shape) -> None:
    rng = np.random.default_rng(2)
    one = seed_noise(shape, 0.1, (200_000,), rng)
    other = repeated(shape, one, 0.1, 0.5, rng)
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.5, abs=0.05)
    assert other.std() == pytest.approx(0.1, rel=0.1)


def test_a_study_has_every_arm_and_is_drawn_again_from_its_seed() -> None:
    one, again = (study(World(), np.random.default_rng(3)) for _ in range(2))
    assert set(one.arms) == set(ARMS) and {name for name, arm in one.arms.items() if arm.fixed} == FIXED
    assert one.treatment is not None and again.treatment is not None
    assert (one.treatment.drawn == again.treatment.drawn).all() and one.treatment.drawn.std() > 0
    assert judge(one).verdict == "supported"
    assert judge(dataclasses.replace(one, source=one.arms["random_init"])).verdict == "control failed"


def test_rho_pairs_the_arms_that_are_paired_with_the_treatment() -> None:
    rng = np.random.default_rng(4)
    for rho, least, most in ((0.0, -0.2, 0.2), (0.8, 0.6, 1.0)):
        found = study(World(deviation=0.5, seeds=200, rho=rho), rng)
        assert found.treatment is not None
        for name in PAIRED:
            assert least < np.corrcoef(found.treatment.plain, found.arms[name].plain)[0, 1] < most


def test_untrained_heads_scatter_with_the_heads_that_were_drawn() -> None:
    rng = np.random.default_rng(6)
    found = [study(World(deviation=0.01, seeds=20), rng).arms["untrained_head"] for _ in range(300)]
    heads = SCATTER**2 / DRAWN_HEADS
    assert np.mean([arm.common for arm in found]) == pytest.approx(heads, rel=0.05)
    luck = Luck().common ** 2 + Luck().arm ** 2
    assert np.var([arm.plain.mean() for arm in found]) == pytest.approx(heads + luck + 0.0165**2 / 20, rel=0.25)


def parts(arms: list[list[Drawn]]) -> np.ndarray:
    """Mean variance components of the first arm and of its paired difference to the second."""
    found = [(spread(one), spread(one, other)) for one, other in arms]
    return np.array([[part for s in both for part in (s.seeds, s.groups, s.shared)] for both in found]).mean(axis=0)


def test_simulated_test_sets_are_like_those_of_scores() -> None:
    """What AUROCs of simulated scores owe to seeds and examples, the shortcut without scores owes to them, too."""
    rng, count = np.random.default_rng(5), 8

    def truths() -> np.ndarray:
        return np.array([[0.75], [0.65]]) + 0.03 * rng.normal(size=(2, count))

    def quick() -> list[Drawn]:
        examples = Examples(Luck(), rng)
        return [examples.arm(row) for row in truths()]

    real = parts([scored(truths(), rng, draws=40) for _ in range(70)])
    short = parts([quick() for _ in range(600)])
    assert short == pytest.approx(real, rel=0.3)


def test_luck_halves_with_four_times_the_examples() -> None:
    assert Luck.of(400) == Luck()
    one = Luck.of(1600)
    assert (one.common, one.arm, one.fit) == pytest.approx((Luck.common / 2, Luck.arm / 2, Luck.fit / 2))


def test_scores_have_the_auroc_that_they_were_asked_for() -> None:
    rng = np.random.default_rng(6)
    found = np.mean([[arm.plain.mean() for arm in scored(np.array([[0.9] * 3, [0.6] * 3]), rng, draws=2)]
                     for _ in range(150)], axis=0)  # fmt: skip
    assert found == pytest.approx([0.9, 0.6], abs=0.008)
