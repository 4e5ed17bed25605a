"""What a verdict means and does not mean: sentences made from a ruling's numbers."""

from __future__ import annotations

from collections.abc import Iterator

from exapt.evaluation.paired import smallest_p
from exapt.evaluation.rungs import ALPHA
from exapt.evaluation.safeguards import LOST
from exapt.evaluation.verdict import SEEDS, SHARED
from exapt.report.card_words import (
    LACKS,
    METRICS,
    QUALIFIERS,
    RUNGS,
    against,
    counted,
    metric_of,
    named,
    sizes,
    standing,
    trained,
)
from exapt.report.markdown import estimate, join, share
from exapt.ruling import Ruling, Target


def means(ruling: Ruling, target: Target) -> Iterator[str]:
    """What a verdict means, in plain words and from the numbers alone."""
    yield _verdict(ruling, target)
    yield from _standing(target)
    under: dict[str, dict[str, None]] = {}  # of several of a kind one sentence
    for reason in target.reasons:
        contrast = against(target, reason)
        if contrast and target.verdict in ("shortcut", "not supported"):
            under.setdefault(contrast.arm, {})[contrast.what] = None
    for arm, whats in under.items():
        name = f"{arm} ({join(list(whats))})" if any(whats) else arm
        lacks = LACKS.get(arm, "an arm that lacks something does as well or better")
        yield f"{name}: {lacks} (up to the margin of {ruling.margin:g} {metric_of(ruling)})."
    yield from (QUALIFIERS[name] for name in target.qualifiers if name in QUALIFIERS)
    if target.accuracy is not None:
        yield (
            "Accuracy at the source's threshold, less that of always naming the larger class: "
            f"{estimate(target.accuracy)} ({sizes(target)}, {counted(trained(ruling, target), 'seed')})."
        )
    if target.comparable is not None:
        yield (
            f"In the published metric ({target.comparable.what}) the treatment has {estimate(target.comparable.value)} "
            f"({sizes(target)}, {counted(trained(ruling, target), 'seed')})."
        )
    if target.learned and target.learned_n is not None:
        told = [f"{named(one)} {estimate(one.value)}" for one in target.learned]
        yield (
            f"On the source itself ({metric_of(ruling)}, n = {target.learned_n:,}, "
            f"{counted(trained(ruling, target), 'seed')}): {join(told)}."
        )
    if target.lottery is not None:
        yield lottery_text(target)


def _verdict(ruling: Ruling, target: Target) -> str:
    metric, margin = metric_of(ruling), f"{ruling.margin:g} {metric_of(ruling)}"
    seeds, rungs = counted(trained(ruling, target), "seed"), join(ruling.claimed) or "no rung"
    missing = [cell for cell in ruling.cells if not cell.run]
    lost = "part" if target.lost is None else share(target.lost)
    shared = (
        "" if target.shared is None
        else f" {share(target.shared)} of its rows have a side that the source trains on, {share(SHARED)} is allowed."
    )  # fmt: skip
    said = {
        "not run": f"There is no verdict. Not finished: {len(missing)} of {counted(len(ruling.cells), 'run')}; what "
        "else was not run or measured stands above.",
        "contaminated": f"The target was seen in training, in part or in whole.{shared} A high number may be memory.",
        "tokenizer artefact": f"The tokenizer loses {lost} of the input, where {share(LOST)} is allowed: the model "
        "does not see what it is asked about.",
        "control failed": "What must work if anything does did not, so no number on this target can be read either "
        "way.",
        "unlearnable": "Nothing can be learned on this target even from its own labels, so a transfer to it cannot be "
        "seen.",
        "not supported": f"Refuted here: with {seeds} the score ranks the wrong way, or is shown to be less than "
        f"{margin} above a control that a real transfer must beat.",
        "shortcut": f"The number is real, its reading is not: the treatment beats untrained heads and permuted labels, "
        f"yet is shown to be less than {margin} above an arm that does without what the claim speaks of.",
        "seed lottery": f"Some of {seeds} carry the claim and others do not; the mean over seeds is not shown to. Who "
        "trains once more may get either.",
        "underpowered": f"Open: neither shown nor refuted with {seeds} ({SEEDS} are the fewest that support a claim).",
        "supported": f"Every claimed rung holds ({rungs}), at a margin of {margin}, with {seeds} and {sizes(target)}.",
    }
    return said.get(target.verdict, f"The verdict '{target.verdict}' is none that this card knows; it is in {metric}.")


def _standing(target: Target) -> Iterator[str]:
    """Which rungs hold, which are refuted and which are open, where the ruling says so."""
    if not target.rungs or any(rung.refuted is None for rung in target.rungs):
        return
    yield f"By rung: {'; '.join(f'{rung.rung} {standing(rung)}' for rung in target.rungs)}."
    lost = [rung.rung for rung in target.rungs if rung.claimed and rung.refuted]
    if target.verdict == "underpowered" and lost:
        told = f"{join(lost)} {'is' if len(lost) == 1 else 'are'} refuted"
        yield (
            f"More seeds will hardly make this supported, since {told}; if transfer comes to hold, it is a shortcut."
        )


def lottery_text(target: Target) -> str:
    """How many seeds reach the published number, and how many trainings make it as likely as not."""
    found = target.lottery
    assert found is not None
    metric = METRICS.get(found.metric, found.metric)
    said = (
        f"The published {metric} {found.published:g} is reached by {found.reached} of {counted(found.seeds, 'seed')} "
        f"(chance of one training: 95% interval {share(found.low)} to {share(found.high)}; {sizes(target)})"
    )
    if found.even is None:
        return f"{said}; with no seed that reaches it, no number of trainings can be named at which one would."
    if found.even == 1:
        return f"{said}; a single training reaches it at least as often as not."
    return f"{said}; the best of {counted(found.even, 'training')} reaches it at least as often as not."


NOTHING_OF = {
    "not run": "It is neither for nor against the claim.",
    "contaminated": "It does not say that nothing transfers: these examples cannot tell.",
    "tokenizer artefact": "It says nothing about the model's weights: another tokenizer may do otherwise.",
    "control failed": "It does not refute the claim: the recipe or the model may be at fault.",
    "unlearnable": "It does not refute the claim: this target cannot test it.",
    "not supported": "It does not say that no model, recipe or target could do it.",
    "shortcut": "It does not say that the model uses the shortcut, only that the number needs nothing more.",
    "seed lottery": "It does not say that the best seed's number is wrong, only that it is not what training gives.",
    "underpowered": "An interval that holds no effect is no proof that there is none.",
    "supported": "It does not say how the model does it, nor that another model or target would do the same.",
}


def means_not(ruling: Ruling, target: Target) -> Iterator[str]:
    """What a verdict does not mean."""
    if target.verdict in NOTHING_OF:
        yield NOTHING_OF[target.verdict]
    if target.generated:
        yield "The data come from a generator: it says nothing about nature."
    seeds = trained(ruling, target)
    if seeds < 2:
        tell = "tells" if seeds == 1 else "tell"
        yield f"{counted(seeds, 'seed')} {tell} nothing of another training: there is no interval over seeds."
    least = smallest_p(seeds)
    if least > ALPHA and seeds:
        yield (
            f"With {counted(seeds, 'seed')} a sign test over seeds cannot reject: its smallest two-sided p is "
            f"2/2**{seeds} = {least:.4g}, above {ALPHA:g}. A large p there is no evidence of anything."
        )
    unasked = [name for name in RUNGS if name not in ("transfer", *ruling.claimed, *ruling.left_out)]
    if unasked:
        yield f"Not claimed, so nothing is concluded: {'; '.join(f'{name} ({RUNGS[name]})' for name in unasked)}."
    if ruling.left_out:
        told = "; ".join(f"{name} ({RUNGS[name]})" if name in RUNGS else name for name in ruling.left_out)
        yield f"Claimed, but left out for want of budget: {told}."
    if ruling.chosen:
        yield "Something was chosen on the target's labels (named below): numbers then lean towards the claim."
