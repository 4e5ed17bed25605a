"""Rulings made by hand for the tests of cards: one of each verdict, with numbers that a test can find again."""

from __future__ import annotations

from typing import Any

from exapt.estimates import Estimate
from exapt.ruling import Cell, Publication, Ruling, Target
from exapt.testimony import Arm, Cause, Contrast, Lottery, Reason, Rung, Shots

VERDICTS = (
    "not run", "contaminated", "tokenizer artefact", "control failed", "unlearnable", "not supported", "shortcut",
    "seed lottery", "underpowered", "supported",
)  # fmt: skip


def number(value: float, reach: float = 0.03) -> Estimate:
    return Estimate(value=value, low=value - reach, high=value + reach)


def seeded(mean: float, seeds: int) -> dict[str, float]:
    return {str(seed): mean + 0.004 * (seed - (seeds + 1) / 2) for seed in range(1, seeds + 1)}


def arm(name: str, mean: float, what: str = "", seeds: int = 10) -> Arm:
    deviation = 0.0121 if seeds > 1 else None
    return Arm(arm=name, what=what, value=number(mean), seeds=seeded(mean, seeds), deviation=deviation)


def contrast(name: str, difference: float, p: float, what: str = "", seeds: int = 10) -> Contrast:
    values = list(seeded(difference, seeds).values())
    unpaired = name in ("untrained_head", "best_baseline")
    tests = (None, None, None) if unpaired else (0.0625, 0.0664, 0.2501)
    return Contrast(
        arm=name, what=what, difference=number(difference, 0.015), p=p, seeds=values, signs=tests[0],
        wilcoxon=tests[1], examples=tests[2], order=None if unpaired else 0.4217,
    )  # fmt: skip


def rungs(need: float, seeds: int = 10) -> list[Rung]:
    """Transfer holds; need does if its difference to the best baseline is above the margin."""
    p = 0.0003 if need > 0.03 else 0.9231
    transfer = [contrast("untrained_head", 0.2113, 0.00001), contrast("permuted_labels", 0.2047, 0.0002, seeds=seeds)]
    simple = [
        contrast("feature_transfer", 0.0951, 0.0011, seeds=seeds),
        contrast("best_baseline", need, p, "edit similarity", seeds),
    ]
    return [
        Rung(rung="transfer", claimed=True, holds=True, p=0.0002, adjusted=0.0004, contrasts=transfer, missing=[]),
        Rung(
            rung="need", claimed=True, holds=p < 0.05, p=p, adjusted=min(1.0, 2 * p), contrasts=simple, missing=[],
            remainder=number(0.0187),
        ),
    ]  # fmt: skip


def target(verdict: str = "shortcut", seeds: int = 10, **changes: Any) -> Target:
    """A target of 2,000 examples on which an edit similarity ranks as well as the treatment."""
    supported = verdict == "supported"
    found = rungs(0.0613 if supported else 0.0042, seeds)
    reasons = {
        "not run": [
            Reason(said="not finished: treatment, seed 3"),
            Reason(said="structure_only is wanted for language and was not run"),
        ],
        "contaminated": [Reason(said="31.3% of the target's rows have a side that the source trains on")],
        "tokenizer artefact": [Reason(said="the tokenizer loses 8.2% of the input")],
        "control failed": [Reason(said="the source itself is not learned", number=number(0.5133))],
        "unlearnable": [Reason(said="trained on the target itself it stays at chance", number=number(0.5051))],
        "not supported": [Reason(said="the score is inverted", number=number(0.3121))],
        "shortcut": [Reason(said="need: at most 0.02 above best_baseline", number=found[1].contrasts[1].difference)],
        "seed lottery": [Reason(said="4 of 10 seeds carry it, the interval over seeds does not", number=number(0.61))],
        "underpowered": [Reason(said="need is open: not shown above best_baseline",
                                number=found[1].contrasts[1].difference)],
        "supported": [
            Reason(said=f"{rung.rung}: above {one.arm}", number=one.difference)
            for rung in found
            for one in rung.contrasts
        ],
    }  # fmt: skip
    made: dict[str, Any] = {
        "target": "dna_pairs", "verdict": verdict, "reasons": reasons.get(verdict, []), "n": 2000, "groups": 412,
        "qualifiers": ["inverted"] if verdict == "not supported" else [], "positive": "alike",
        "rungs": [] if verdict == "not run" else found,
        "arms": [
            arm("treatment", 0.7117, seeds=seeds),
            Arm(arm="untrained_head", value=number(0.5004), seeds={}, deviation=0.0713),
            arm("permuted_labels", 0.507, seeds=seeds), arm("feature_transfer", 0.6166, seeds=seeds),
            Arm(arm="best_baseline", what="edit similarity", value=number(0.7075), seeds={}, deviation=None),
            Arm(arm="best_baseline", what="length difference", value=number(0.5219), seeds={}, deviation=None),
            arm("target_supervised", 0.9312, seeds=5),
        ],
        "lost": 0.0013, "shared": 0.0007, "accuracy": number(0.0081),
        "shots": [Shots(examples=64, used=64, values=[0.5511, 0.6022]), Shots(examples=None, used=1600, values=[0.93])],
        "lottery": Lottery(
            published=0.8867, metric="accuracy", seeds=seeds, reached=1, low=0.0025, high=0.4450,
            best_of={"1": 0.1, "3": 0.271, "5": 0.4095, "10": 0.6513, "20": 0.8784, "100": 0.99997}, even=7,
        ),
        "causes": [Cause(what="initial weights", variance=Estimate(value=0.0004, low=0.0001, high=0.0025))],
        "seeds_wanted": 14, "learned_n": 1987,
        "comparable": Arm(arm="treatment", what="accuracy", value=number(0.5147), seeds={}, deviation=None),
        "learned": [arm("treatment", 0.8421, seeds=seeds),
                    Arm(arm="bag_of_words", value=number(0.5333), seeds={}, deviation=None)],
    }  # fmt: skip
    return Target(**(made | changes))


def ruling(verdict: str = "shortcut", seeds: int = 10, **changes: Any) -> Ruling:
    """A published claim with one target."""
    cells = [Cell(name=f"treatment, seed {seed}", run=f"run-{seed}") for seed in range(1, seeds + 1)]
    if verdict == "not run":
        cells += [
            Cell(name="structure_only, seed 1", run="", fault="no space left"),
            Cell(name="random_init, seed 1", run="", fault="not finished"),
        ]
    made: dict[str, Any] = {
        "claim": "paraphrase_to_dna", "statement": "A paraphrase model finds related DNA without training on it.",
        "publication": Publication(
            paper="arXiv 2412.07678", place="Table 2", value=0.8867, n=500, notebook=0.4412, flipped=True,
            code="commit 1a2b3c4",
        ),
        "metric": "auroc", "margin": 0.02, "model": "minilm", "source": "pawsx_en", "claimed": ["transfer", "need"],
        "seeds": seeds, "tests": 2, "targets": [target(verdict, seeds)], "cells": cells,
        "accepted": ["dna_pairs: edit: a similarity tells the classes apart"], "versions": {"exapt": "0.4.0"},
    }  # fmt: skip
    return Ruling(**(made | changes))
