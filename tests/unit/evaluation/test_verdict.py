"""Every verdict from evidence with a known truth, in their order; the level at each boundary."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from exapt.evaluation.crossed import Drawn, spread
from exapt.evaluation.evidence import Evidence, Nearby
from exapt.evaluation.rungs import CONTRASTS, Rung, judge_rung
from exapt.evaluation.verdict import Judgement, judge
from tests.unit.evaluation.arms import Study

ALL: frozenset[Rung] = frozenset({"transfer", "language", "pretraining", "need"})


def evidence(study: Study, treatment: float = 0.8, **given: Any) -> Evidence:
    """A claim that holds on every rung but for what is given: AUROCs by arm, or fields of the evidence."""
    truths = {
        "untrained_head": 0.5, "permuted_labels": 0.5, "structure_only": 0.6, "shuffled_source": 0.6,
        "random_init": 0.6, "feature_transfer": 0.6, "best_baseline": 0.65,
    }  # fmt: skip
    truths |= {name: given.pop(name) for name in list(given) if name in truths}
    arms = {name: study.fixed(t) if name == "best_baseline" else study.arm(t) for name, t in truths.items() if t}
    fields: dict[str, Any] = {
        "claimed": ALL, "missing": (), "treatment": study.arm(treatment), "arms": arms, "source": study.arm(0.9),
        "words": study.fixed(0.6), "supervised": study.arm(0.9), "ranked": study.arm(0.1),
        "lost": 0.0, "shared": 0.0, "contradictory": 0.0,
    }  # fmt: skip
    return Evidence("dna_pair", **{**fields, **given})


def verdict(seed: int = 0, seeds: int = 10, own: float = 0.02, treatment: float = 0.8, **given: Any) -> Judgement:
    return judge(evidence(Study(seed, seeds, own), treatment, **given))


def test_a_claim_that_holds_is_supported_with_a_number_for_every_contrast() -> None:
    found = verdict()
    assert found.verdict == "supported" and found.qualifiers == () and found.seeds == 10
    assert {reason.said.partition(":")[0] for reason in found.reasons} == ALL
    assert len(found.reasons) == sum(map(len, CONTRASTS.values()))
    assert all(reason.spread is not None for reason in found.reasons)


@pytest.mark.parametrize(
    ("given", "expected", "said"),
    [
        ({"missing": ("treatment, seed 3",)}, "not run", "not finished: treatment, seed 3"),
        ({"treatment": None}, "not run", "not measured: the treatment on this target"),
        ({"shared": None}, "not run", "not measured: what target and source share"),
        ({"source": None}, "not run", "not measured: the treatment on the source"),
        ({"random_init": None}, "not run", "random_init is wanted for pretraining"),
        ({"shared": 0.03}, "contaminated", "3.0% of the target's rows"),
        ({"leaks": ("dna_pair: exact leakage",)}, "contaminated", "exact leakage"),
        ({"lost": 0.4}, "tokenizer artefact", "loses 40.0%"),
        ({"contradictory": 0.02}, "unlearnable", "2.0% of the target's rows have contradictory labels"),
        ({"refused": ("lengths",)}, "underpowered", "not accepted in the open: lengths"),
        ({"chosen": ("threshold",)}, "underpowered", "chosen on the target's labels: threshold"),
        ({"untrained_head": 0.8, "permuted_labels": 0.8}, "not supported", "transfer: at most 0.02 above"),
        ({"random_init": 0.82}, "not supported", "pretraining: at most 0.02 above random_init"),
        ({"structure_only": 0.81}, "shortcut", "language: at most 0.02 above structure_only"),
        ({"best_baseline": 0.93}, "shortcut", "need: at most 0.02 above best_baseline"),
    ],
)
def test_each_flaw_has_its_verdict(given: dict[str, Any], expected: str, said: str) -> None:
    found = judge(Evidence("dna_pair", ALL, (), None)) if "treatment" in given else verdict(**given)
    assert found.verdict == expected
    assert any(said in reason.said for reason in found.reasons), found.reasons


def test_controls_on_the_source_and_nearby() -> None:
    study = Study(1)
    for given, said in (
        ({"source": study.arm(0.49)}, "the source itself is not learned"),
        ({"words": study.fixed(0.95)}, "a bag of words does as well"),
        ({"nearby": (Nearby("pawsx_de", study.arm(0.48), study.arm(0.5), 0.0),)}, "not even pawsx_de"),
        ({"nearby": (Nearby("zh", study.arm(0.5), study.arm(0.5), 0.6),)}, "erases every nearby target"),
    ):
        found = judge(evidence(study, **given))
        assert found.verdict == "control failed" and said in found.reasons[0].said
    bad, good = (Nearby(name, study.arm(a), study.arm(0.5), 0.0) for name, a in (("de", 0.5), ("fr", 0.8)))
    assert judge(evidence(study, nearby=(bad, good))).verdict == "supported"  # one of them is enough
    assert judge(evidence(study, supervised=study.arm(0.48))).verdict == "unlearnable"


def test_what_is_open_is_no_failure() -> None:
    """Three seeds of which one failed: the mean is high, the interval wide, and nothing is called unlearnable."""
    study = Study(8)
    wide = study.arm(0.77, noise=np.array([0.13, 0.13, -0.27]))
    assert judge(evidence(study, supervised=wide)).verdict == "supported"
    found = judge(evidence(study, source=wide))
    assert found.verdict == "underpowered" and "a control is open: the source is not shown" in found.reasons[0].said


def test_other_numbers_of_seeds_are_told() -> None:
    study = Study(9)
    base = evidence(study)
    short = study.arm(0.6, noise=np.zeros(9))
    found = judge(dataclasses.replace(base, arms={**base.arms, "random_init": short}))
    assert found.verdict == "not run" and found.reasons[0].said == "random_init has 9 seeds, the treatment 10"


def test_an_arm_without_the_treatments_seeds_is_not_run() -> None:
    one = evidence(Study(0))
    assert one.treatment is not None
    named = dataclasses.replace(one.treatment, seeds=tuple(range(10)))
    for seeds, expected in ((range(9, -1, -1), "supported"), (range(2, 12), "not run")):
        other = dataclasses.replace(one.arms["random_init"], seeds=tuple(seeds))
        found = judge(dataclasses.replace(one, treatment=named, arms={**one.arms, "random_init": other}))
        assert found.verdict == expected
    assert found.reasons[0].said == "random_init lacks the treatment's seeds [0, 1]"


def test_rungs_that_are_not_claimed_are_not_judged() -> None:
    weak: dict[str, Any] = {"structure_only": 0.81, "best_baseline": 0.93, "random_init": 0.9}
    assert verdict(claimed=frozenset({"transfer"}), **weak).verdict == "supported"
    assert verdict(claimed=frozenset({"transfer", "pretraining"}), **weak).verdict == "not supported"


def test_the_first_match_wins() -> None:
    everything: dict[str, Any] = {"lost": 0.4, "shared": 0.1, "contradictory": 0.1, "untrained_head": 0.9}
    assert verdict(**everything, missing=("x",)).verdict == "not run"
    assert verdict(**everything).verdict == "contaminated"
    assert verdict(**everything | {"shared": 0.0}).verdict == "tokenizer artefact"


def test_few_seeds_neither_support_nor_refute() -> None:
    assert verdict(seeds=5).verdict == "underpowered"
    assert "5 seeds; 10 are the fewest" in verdict(seeds=5).reasons[0].said
    assert verdict(seeds=2, own=0.001, best_baseline=0.93).verdict == "underpowered"
    assert verdict(seeds=3, own=0.001, best_baseline=0.93).verdict == "shortcut"


def test_a_lottery_is_named() -> None:
    study = Study(2)
    heaps = study.arm(0.5, noise=np.array([0.0] * 7 + [0.4] * 3))
    base = evidence(study, claimed=frozenset({"transfer"}))
    found = judge(dataclasses.replace(base, treatment=heaps))
    assert found.verdict == "seed lottery" and found.reasons[0].said.startswith("3 of 10 seeds carry it and 7 fall")


def test_inverted_and_ranking_only() -> None:
    found = verdict(treatment=0.3, untrained_head=0.2, permuted_labels=0.2, claimed=frozenset({"transfer"}))
    assert found.verdict == "not supported" and found.qualifiers == ("inverted",)
    study = Study(3)
    assert judge(evidence(study, ranked=study.arm(-0.03))).qualifiers == ("ranking only",)
    assert judge(evidence(study, ranked=study.arm(0.02, noise=np.linspace(-0.2, 0.2, 10)))).qualifiers == ()  # open


def test_the_matched_remainder_is_another_way_to_need() -> None:
    study = Study(4)
    base = evidence(study, best_baseline=0.79)
    assert base.treatment is not None
    alone = judge_rung("need", base.treatment, base.arms)
    both = judge_rung("need", base.treatment, base.arms, study.arm(0.75))
    assert alone.p is not None and both.p is not None and both.p < 1e-4 < 0.05 < alone.p
    shared = judge_rung("need", base.treatment, base.arms, study.arm(0.4))
    assert shared.p == pytest.approx(min(1.0, 2 * alone.p))
    only = judge_rung("need", base.treatment, {}, study.arm(0.75))
    assert only.missing == CONTRASTS["need"] and only.p is None  # the better way is not free
    beaten = evidence(study, feature_transfer=0.9)
    assert judge(beaten).verdict == "shortcut"
    assert judge(dataclasses.replace(beaten, remainder=study.arm(0.75))).verdict == "supported"
    assert judge(dataclasses.replace(beaten, remainder=study.arm(0.45))).verdict == "shortcut"


def test_corrected_p_values_decide() -> None:
    study = Study(5)
    assert judge(evidence(study), adjusted={"need": 0.2}).verdict == "underpowered"


def test_every_one_of_a_kind_is_contrasted() -> None:
    study = Study(6)
    base = evidence(study)
    several = {
        f"best_baseline: {name}": study.fixed(t) for name, t in (("edit", 0.6), ("k = 2", 0.79), ("length", 0.5))
    }
    arms = {name: arm for name, arm in base.arms.items() if name != "best_baseline"} | several
    found = judge_rung("need", base.treatment, arms)  # type: ignore[arg-type]
    assert [one.what for one in found.contrasts] == ["", "edit", "k = 2", "length"] and found.missing == ()
    assert found.p == max(one.p for one in found.contrasts) == found.contrasts[2].p
    without = judge_rung("need", base.treatment, {"feature_transfer": arms["feature_transfer"]})  # type: ignore[arg-type]
    assert without.missing == ("best_baseline",)


def test_several_of_a_kind_keep_the_level() -> None:
    """Of two baselines the one at the margin has the larger error: taking the one that looks best would forget it."""
    held = 0
    for seed in range(400):
        study = Study(seed, own=0.002)
        noisy = study.fixed(0.78 + 0.03 * study.rng.normal())
        wide = Drawn(noisy.plain, noisy.drawn + 0.03 * study.rng.normal(size=(200, 1)), 500, fixed=True)
        arms = {
            "feature_transfer": study.fixed(0.5),
            "best_baseline: at": wide,
            "best_baseline: near": study.fixed(0.76),
        }
        held += judge_rung("need", study.arm(0.8), arms).p <= 0.05  # type: ignore[operator]
    assert held / 400 < 0.08


def test_a_control_without_words_must_have_learned_its_own_source() -> None:
    study = Study(7)
    for own, expected in ((0.9, "supported"), (0.51, "underpowered")):
        found = judge(evidence(study, wordless={"random_match": study.arm(own)}))
        assert found.verdict == expected
    assert "structure_only (random_match) is not shown to learn" in found.reasons[0].said


@pytest.mark.parametrize("arm", ["structure_only", "shuffled_source"])
def test_language_must_hold_whichever_way_round_its_arms_rank(arm: str) -> None:
    """Fits that tell the classes apart upside down are no evidence for language: their mean of 0.5 says nothing."""
    study = Study(13)
    wrong = np.arange(10) % 2 == 0
    base = evidence(study)
    # beyond the treatment, too, it is open and not refuted: labels of the target turned those fits round
    for distance, expected in ((0.78, "underpowered"), (0.9, "underpowered"), (0.6, "supported")):
        mixed = study.arm(distance).turned(wrong)
        assert mixed.plain.mean() == pytest.approx(0.5, abs=0.03)
        found = judge(dataclasses.replace(base, arms={**base.arms, arm: mixed}))
        assert found.verdict == expected
        if expected == "underpowered":
            (reason,) = found.reasons
            assert reason.said == f"language is open: not shown above {arm}, whichever way round each seed ranks"
            assert reason.spread is not None and reason.spread.value == pytest.approx(0.8 - distance, abs=0.03)
    judged = judge_rung("language", study.arm(0.8), {arm: study.arm(0.78).turned(wrong)})
    one = next(one for one in judged.contrasts if one.arm == arm)
    assert one.spread.value == pytest.approx(0.3, abs=0.03) and one.spread.above(0.02) < 0.05 < one.p
    assert one.either is not None and one.p == one.either.above(0.02)


def test_a_rung_that_is_refuted_is_not_called_open_while_transfer_is() -> None:
    study = Study(15)
    base = evidence(study, structure_only=0.9, best_baseline=0.9)
    scattered = study.arm(0.75, noise=np.linspace(-0.2, 0.2, 10))
    found = judge(dataclasses.replace(base, arms={**base.arms, "permuted_labels": scattered}))
    assert found.verdict == "underpowered"
    said = [reason.said for reason in found.reasons]
    assert said[0] == "transfer is open: not shown above permuted_labels"
    assert said[1:] == [
        f"{rung} is refuted, at most 0.02 above {arm}"
        for rung, arm in (("language", "structure_only"), ("need", "best_baseline"))
    ]
    few = judge(evidence(Study(15, seeds=2), structure_only=0.9))
    assert "language is open: not shown above structure_only" in [reason.said for reason in few.reasons]


def test_other_rungs_and_accuracy_have_no_other_way_round() -> None:
    study = Study(13)
    mixed = study.arm(0.9).turned(np.arange(10) % 2 == 0)
    for rung, arm, ranks in (
        ("transfer", "permuted_labels", True),
        ("pretraining", "random_init", True),
        ("language", "structure_only", False),
    ):
        (one,) = judge_rung(rung, study.arm(0.8), {arm: mixed}, ranks=ranks).contrasts  # type: ignore[arg-type]
        assert one.either is None and one.p == one.spread.above(0.02)
    (right,) = judge_rung("language", study.arm(0.8), {"structure_only": study.arm(0.6)}).contrasts
    assert right.either is None  # no seed is upside down


def test_no_seeds_are_needed_to_say_that_nothing_can_be_above_a_baseline() -> None:
    """An AUROC is at most 1: three seeds that scatter widely do not keep `need` open beside a baseline of 0.99."""
    apart = np.array([-0.1, 0.0, 0.1])
    for best, expected in ((1.0, "shortcut"), (0.985, "shortcut"), (0.9, "underpowered")):
        study = Study(14, seeds=3)
        still = Drawn(np.array([best]), np.full((200, 1), best), 500, fixed=True)
        arms = {**evidence(study).arms, "best_baseline": still}
        found = judge(dataclasses.replace(evidence(study), treatment=study.arm(0.82, noise=apart), arms=arms))
        assert found.verdict == expected
        if expected == "shortcut":
            assert found.reasons[0].said == "need: nothing can be more than 0.02 above best_baseline"
    # what other examples might bring under it leaves room, and so may other seeds
    study = Study(14, seeds=3)
    loose = Drawn(np.array([0.99]), 0.99 + 0.01 * study.rng.normal(size=(200, 1)), 500, fixed=True)
    seeded = Drawn(np.full(3, 0.99), np.full((200, 3), 0.99), 500)
    few = Drawn(np.ones(1), np.ones((200, 1)), 100, fixed=True)  # 3 of 100 groups may be hidden, and their 0.03 missed
    for arm, name in ((loose, "best_baseline"), (seeded, "feature_transfer"), (few, "best_baseline")):
        treatment = dataclasses.replace(study.arm(0.8), groups=arm.groups)
        (one,) = judge_rung("need", treatment, {name: arm}).contrasts
        assert not one.full


def test_what_was_left_out_or_is_too_small_supports_nothing() -> None:
    study = Study(7)
    for given, said in (
        ({"words": None}, "a control was not run: a bag of words"),
        ({"narrowed": ("language",)}, "left out for want of budget: language"),
    ):
        found = judge(evidence(study, **given))
        assert found.verdict == "underpowered" and said in found.reasons[0].said
    base = evidence(study)
    assert base.treatment is not None
    few = judge(
        dataclasses.replace(
            base,
            treatment=dataclasses.replace(base.treatment, groups=8),
            arms={k: dataclasses.replace(v, groups=8) for k, v in base.arms.items()},
        )
    )
    assert few.verdict == "underpowered" and "8 groups of examples" in few.reasons[0].said


def test_accuracy_has_the_larger_class_as_its_chance() -> None:
    """A target of which four fifths are negative: naming them always is no transfer, and not inverted either way."""
    study = Study(10)
    low = {"untrained_head": 0.1, "permuted_labels": 0.1, "claimed": frozenset({"transfer"})}
    found = judge(evidence(study, 0.2, **low, ranks=False, chance=0.8, source_chance=0.5))
    assert found.qualifiers == ()
    assert judge(evidence(study, source=study.arm(0.8), source_chance=0.8)).verdict == "control failed"
    assert judge(evidence(study, supervised=study.arm(0.79), chance=0.8)).verdict == "unlearnable"


def test_a_control_whose_seeds_differ_is_no_lottery_of_the_treatment() -> None:
    study = Study(11, seeds=3)
    base = evidence(study, claimed=frozenset({"transfer"}))
    apart = study.arm(0.53, noise=np.array([-0.23, -0.03, 0.26]))
    found = judge(
        dataclasses.replace(
            base, treatment=study.arm(0.8, noise=np.zeros(3)), arms={**base.arms, "permuted_labels": apart}
        )
    )
    assert found.verdict == "underpowered"


@pytest.mark.parametrize("boundary", ["permuted_labels", "random_init", "best_baseline"])
def test_false_support_at_a_boundary_is_rare(boundary: str) -> None:
    """One contrast exactly at the margin, all others far above it."""
    supported = 0
    for seed in range(120):
        given: dict[str, Any] = {boundary: 0.78}
        supported += verdict(seed, own=0.03, **given).verdict == "supported"
    assert 0 < supported <= 120 * 0.05 + 3 * np.sqrt(120 * 0.05 * 0.95)


def test_pairs_share_their_seeds_luck_and_others_do_not() -> None:
    study = Study(7, own=0.1)
    noise = 0.1 * study.rng.normal(size=10)
    treatment, twin = study.arm(0.8, noise=noise), study.arm(0.7, noise=noise)
    rung = judge_rung("pretraining", treatment, {"random_init": twin})
    assert rung.p is not None and rung.p < 1e-6
    assert rung.contrasts[0].spread.error < 0.2 * spread(treatment, twin, paired=False).error
