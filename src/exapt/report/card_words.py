"""Names of metrics, arms and rungs in words, and the sentences of reasons and publications."""

from __future__ import annotations

from collections.abc import Iterator

from exapt.evaluation.rungs import HEADS
from exapt.report.markdown import estimate, number
from exapt.ruling import Cell, Publication, Ruling, Target
from exapt.testimony import Arm, Contrast, Reason, Rung

METRICS = {"auroc": "AUROC", "accuracy": "accuracy", "f1": "F1"}
TREATMENT = "treatment"
WAITING = ("", "not finished")  # what stands for a fault where there is none
ARMS = {
    TREATMENT: "the claim's model, trained on the source, scored untouched on the target",
    HEADS: "the same model before training, under heads that are drawn at random",
    "permuted_labels": "trained on the source with its labels dealt out at random",
    "shuffled_source": "trained on the source with the words of each side in random order",
    "structure_only": "trained on a source of the same form without words",
    "random_init": "the same architecture, all weights drawn anew before it is trained on the source",
    "feature_transfer": "logistic regression on simple features of the sides, trained on the source, no network",
    "bag_of_words": "logistic regression on counts of words, trained on the source, no network",
    "best_baseline": "one simple number an example, never trained; each of them is contrasted",
    "target_supervised": "trained on the target itself: what can be learned there at all",
}  # fmt: skip
RUNGS = {
    "transfer": "whether anything learned on the source reaches the target",
    "language": "whether it takes language, and not the form of the task alone",
    "pretraining": "whether it takes pretrained weights",
    "need": "whether it takes a network, where simple features or a trivial baseline might do as well",
}
LACKS = {
    "structure_only": "a source without words does as well or better: the form of the task reaches the target",
    "shuffled_source": "the source with its words in random order does as well or better: it is not their order",
    "feature_transfer": "simple features without a network do as well or better",
    "best_baseline": "trivial baselines that nobody trained do as well or better",
    "random_init": "weights that were never pretrained do as well or better",
    HEADS: "untrained heads do as well or better",
    "permuted_labels": "training on labels dealt out at random does as well or better",
}
QUALIFIERS = {
    "ranking only": "RANKING ONLY: scores stand in the right order, the source's threshold does not carry over. "
    "AUROC here is no accuracy that a user would get without labels of the target.",
    "inverted": "INVERTED: scores rank the wrong way. Nothing was flipped: to know that they must be flipped takes "
    "labels of the target.",
}  # fmt: skip


def metric_of(ruling: Ruling) -> str:
    """The contrasted metric, as it is written."""
    return METRICS.get(ruling.metric, ruling.metric)


def named(one: Arm | Contrast) -> str:
    """An arm with which of its kind it is, `best_baseline (edit similarity)`."""
    return f"{one.arm} ({one.what})" if one.what else one.arm


def standing(rung: Rung) -> str:
    """Whether a rung holds, is refuted or is open; where nobody says which of the latter, that it does not hold."""
    if rung.holds:
        return "holds"
    return {True: "is refuted", False: "is open", None: "does not hold"}[rung.refuted]


def counted(count: int, thing: str) -> str:
    """`1 seed`, `10 seeds`."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def sizes(target: Target) -> str:
    """`n = 2,000 in 400 groups`; says so where they are not known."""
    if target.n is None:
        return "n not known"
    return f"n = {target.n:,}" + ("" if target.groups is None else f" in {target.groups:,} groups")


def treatment_of(target: Target) -> Arm | None:
    """The treatment's arm; None if it was not run."""
    return next((arm for arm in target.arms if arm.arm == TREATMENT), None)


def trained(ruling: Ruling, target: Target) -> int:
    """Seeds of the treatment that were scored on the target; those that the claim asks for, where none was."""
    own = treatment_of(target)
    return len(own.seeds) if own is not None and own.seeds else ruling.seeds


def against(target: Target, reason: Reason) -> Contrast | None:
    """The contrast whose number a reason rests on; None if it rests on another."""
    each = [one for rung in target.rungs for one in rung.contrasts]
    rests = reason.number
    return next((one for one in each if rests is not None and rests in (one.difference, one.either)), None)


def either_way(target: Target) -> Iterator[str]:
    """Of contrasts with arms some of whose seeds rank the wrong way: what is tested beside the difference of means."""
    for rung in target.rungs:
        for one in rung.contrasts:
            arm = next((arm for arm in target.arms if (arm.arm, arm.what) == (one.arm, one.what)), None)
            if one.either is not None and arm is not None:
                far = 0.5 + sum(abs(value - 0.5) for value in arm.seeds.values()) / len(arm.seeds)
                yield (
                    f"{rung.rung} must hold whichever way round each seed of {named(one)} ranks: 0.5 and the distance "
                    f"from it is {number(far)} on average, the treatment less that {estimate(one.either)}."
                )


def failed(ruling: Ruling) -> list[Cell]:
    """The runs that ended in a fault."""
    return [one for one in ruling.cells if not one.run and one.fault not in WAITING]


def reason_text(ruling: Ruling, target: Target, reason: Reason) -> str:
    """A reason as a sentence with its number, interval, n and seeds."""
    contrast = against(target, reason)
    said = reason.said + (
        f" ({contrast.what})" if contrast and contrast.what and contrast.what not in reason.said else ""
    )
    if reason.number is None:
        return said
    what = "difference in " if contrast else ""
    # controls are measured elsewhere than on the target: its n would be a wrong one
    elsewhere = target.verdict == "control failed" or reason.said.startswith("a control is open")
    n = "n as in the record of that task" if elsewhere else sizes(target)
    n = n if reason.n is None else f"n = {reason.n:,}"
    supervised = next((arm for arm in target.arms if arm.arm == "target_supervised"), None)
    own = len(supervised.seeds) if target.verdict == "unlearnable" and supervised else trained(ruling, target)
    seeds = counted(own if reason.seeds is None else reason.seeds, "seed")
    return f"{said}: {what}{metric_of(ruling)} {estimate(reason.number)}, {n}, {seeds}"


def published_text(found: Publication) -> Iterator[str]:
    """Where a claim was published and with which number; what the authors' code gives; what was flipped."""
    metric = METRICS[found.metric]
    n = "n not said" if found.n is None else f"n = {found.n:,}"
    yield (
        f"Published: {found.paper}, {found.place}: {metric} {found.value:g} ({n}, {counted(found.seeds, 'seed')}; "
        "no interval is on record)."
    )
    if found.notebook is not None:
        code = f" ({found.code})" if found.code else ""
        yield f"The authors' public code{code} holds another number: {metric} {found.notebook:g}."
    elif found.code:
        yield f"The authors' code: {found.code}."
    if found.flipped:
        yield (
            "LABELS WERE FLIPPED after a look at test labels: the published number is then that of the better of two "
            "orientations, which no one without test labels could choose."
        )
    if found.note:
        yield found.note
