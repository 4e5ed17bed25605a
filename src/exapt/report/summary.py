"""One record for the terminal: a table of at most 80 columns, and what it means in two sentences."""

from __future__ import annotations

import re
from collections.abc import Callable

from exapt.evaluation.heads import spread
from exapt.record import Record, Score
from exapt.report import judgement
from exapt.report.markdown import estimate, join, number
from exapt.report.terminal import WIDTH, cut, plain


def short_table(record: Record) -> str:
    """A record as plain ASCII text for the terminal, at most 80 columns wide.

    Per task: n, AUROC with its 95% interval, accuracy, the untrained heads' AUROC (mean +- standard deviation), and
    AUROC and name of the best trivial baseline. The source stands first and is marked with `*`, inverted rankings
    with `!`.
    """
    rows = [("", "", "", "", "untrained", "best trivial"), ("task", "n", "AUROC [95%]", "acc.", "AUROC", "baseline")]
    for name, score in _ordered(record):
        heads, best = spread(score.untrained.auroc), judgement.best_baseline(score)
        rows.append(
            (
                plain(name) + ("*" if score.role == "source" else ""),
                str(score.data.examples),
                _short(estimate(judgement.auroc(score.trained), 2))
                + ("!" if judgement.inverted(score.trained) else " "),
                _short(number(judgement.accuracy(score.trained).value, 2)),
                f"{number(heads['mean'], 2)} +- {number(heads['sd'], 2)}" if heads else "none",
                f"{number(judgement.auroc(best[1]).value, 2)} {_brief(best[0])}" if best else "none",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - 5)
    lines = []
    for name, *numbers, last in rows:
        flush = [cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=False)]
        lines.append(" ".join([cut(name, widths[0]).ljust(widths[0]), *flush, last]).rstrip())
    notes = ["* source   acc.: accuracy at the source's threshold   n: test examples"]
    if any(judgement.inverted(score.trained) for score in record.scores.values()):
        notes.append("! inverted: AUROC below 0.5, shown as it is")
    if record.accepted:
        flaws = "1 flaw was" if len(record.accepted) == 1 else f"{len(record.accepted)} flaws were"
        notes.append(f"audit: {flaws} accepted; report.md names each")
    for name, score in _ordered(record):
        if "shares text with train" in score.marks:
            notes.append(f"{cut(plain(name), 24)}: {score.shares_train:.0%} of the pairs share a side with train")
    return "\n".join([*lines, "-" * max(map(len, lines)), *notes])


def meaning(record: Record) -> str:
    """What a record says, in two sentences computed from its numbers.

    The first: on which targets the ranking transfers, which is where the lower bound of AUROC lies above 95% of the
    untrained heads; if the source itself does not pass that, it says so instead. The second: on which targets the
    threshold transfers, which is where accuracy's lower bound lies clearly above the larger class's share (by over
    `judgement.MARGIN`), and where a trivial baseline reaches the lower bound of AUROC.
    """
    scores = _ordered(record)
    source = next(((name, s) for name, s in scores if s.role == "source"), None)
    targets = [(name, s) for name, s in scores if s.role == "target"]
    learned = judgement.ranks_above_heads(source[1]) if source else None
    return f"{_ranking(source, targets, learned)} {_threshold(source, targets, learned is not False)}"


Named = tuple[str, Score]


def _ranking(source: Named | None, targets: list[Named], learned: bool | None) -> str:
    yes, no, unknown = _parted(targets, judgement.ranks_above_heads)
    if source is not None and learned is False:
        heads = spread(source[1].untrained.auroc)
        seen = f"; AUROC above the untrained heads' on {_names(yes)} is then no transfer of it" if yes else ""
        return (
            f"The model did not learn its source {plain(source[0])} (n = {source[1].data.examples}, "
            f"AUROC {estimate(judgement.auroc(source[1].trained))}, not above 95% of untrained heads, which end at "
            f"{number(heads['p95'])}), so nothing here can show that a ranking transfers{seen}."
        )
    if not targets:
        done = "learned its source" if learned else "was scored on its source only, in a way that cannot be judged,"
        return f"The model {done} and no target was scored, so nothing is said about transfer."
    why_not = judgement.unjudged(source[1]) if source is not None else "it was not scored"
    unsure = "" if learned else f"; whether the source itself was learned cannot be told ({why_not})"
    wrong = [(name, s) for name, s in no if judgement.ranks_wrong_way(s)]
    bad = f"; it is inverted on {_names(wrong)}" if wrong else ""
    reasons = "; ".join(dict.fromkeys(judgement.unjudged(score) for _, score in unknown))
    lost = f"; on {_names(unknown)} AUROC cannot be judged ({reasons})" if unknown else ""
    where = "there the lower bound of AUROC is above 95% of the untrained heads"
    if yes and no:
        text = f"The ranking transfers to {_values(yes)} ({where}) but is not shown to transfer to {_values(no)}"
    elif yes:
        every = "all targets, " if len(yes) > 1 and not unknown else ""
        text = f"The ranking transfers to {every}{_values(yes)} ({where})"
    elif no:
        text = (
            f"The ranking is not shown to transfer to {_values(no)} "
            "(no lower bound is above 95% of the untrained heads' AUROC)"
        )
    else:
        text = "Whether the ranking transfers cannot be told"
    told = f"In this one fit (one seed{_generated(source, targets)})"
    return f"{told}, {text[0].lower()}{text[1:]}{bad}{lost}{unsure}."


def _generated(source: Named | None, targets: list[Named]) -> str:
    """Whether all, all targets, or which of the tasks come from a generator."""
    made = [named for named in targets if judgement.generated(named[1])]
    learned = source is not None and judgement.generated(source[1])
    if len(made) == len(targets):
        return ", generated data" if learned else ", generated targets"
    if source is not None and learned:
        made = [source, *made]
    return f"; generated: {_names(made)}" if made else ""


def _threshold(source: Named | None, targets: list[Named], learned: bool) -> str:
    asked = targets or ([source] if source else [])
    yes, no, _ = _parted(asked, judgement.beats_larger_class)
    subject = (
        "The threshold transfers"
        if targets and learned
        else "Accuracy is clearly better than always naming the larger class"
    )
    to = "to" if targets and learned else "on"
    reason = " (accuracy there is not clearly better than always naming the larger class)" if to == "to" else ""
    where = f" (there accuracy's lower bound is over {judgement.MARGIN} above the larger class's share)"
    if yes:
        text = f"{subject} {to} {_accuracies(yes)}{where}" + (f" but not {to} {_names(no)}{reason}" if no else "")
    elif no and to == "to":
        text = f"The threshold does not transfer to {_names(no)}{reason}"
    elif no:
        text = f"Accuracy is not clearly better than always naming the larger class on {_names(no)}"
    else:
        text = "Whether accuracy is clearly better than always naming the larger class cannot be told"
    as_good, worse, _ = _parted(asked, judgement.baseline_as_good)
    if as_good:
        rest = f", but not on {_names(worse)}" if worse else ""
        return f"{text}; {_baselines(as_good)}{rest}."
    if worse:
        return f"{text}; no trivial baseline ranks as well on {_names(worse)}."
    return f"{text}; no trivial baseline can be compared."


def _baselines(scores: list[Named]) -> str:
    best = {name: found[0] for name, score in scores if (found := judgement.best_baseline(score)) is not None}
    kinds = list(dict.fromkeys(plain(kind) for kind in best.values()))
    if len(kinds) == 1:
        return f"a trivial baseline ({kinds[0]}) ranks as well or better on {_names(scores)}"
    told = [f"{plain(name)} ({plain(kind)})" for name, kind in best.items()]
    return f"trivial baselines rank as well or better on {join(told)}"


def _parted(scores: list[Named], judge: Callable[[Score], bool | None]) -> tuple[list[Named], list[Named], list[Named]]:
    """Those judged True, False and None."""
    judged = [(judge(score), (name, score)) for name, score in scores]
    yes, no, unknown = ([named for verdict, named in judged if verdict is kind] for kind in (True, False, None))
    return yes, no, unknown


def _ordered(record: Record) -> list[Named]:
    return sorted(record.scores.items(), key=lambda item: item[1].role != "source")


def _names(scores: list[Named]) -> str:
    return join([plain(name) for name, _ in scores])


def _values(scores: list[Named]) -> str:
    """Names with their AUROC, interval and n."""
    return join(
        [f"{plain(n)} (AUROC {estimate(judgement.auroc(s.trained), 2)}, n = {s.data.examples})" for n, s in scores]
    )


def _accuracies(scores: list[Named]) -> str:
    """Names with their accuracy, interval and the larger class's share."""
    return join(
        [
            f"{plain(name)} (accuracy {estimate(judgement.accuracy(score.trained), 2)}, "
            f"larger class {number(judgement.larger_share(score), 2)})"
            for name, score in scores
        ]
    )


def _brief(name: str) -> str:
    return cut(re.sub(r"^k-mer Jaccard, k = (\d+)$", r"\1-mer Jaccard", plain(name)), 17)


def _short(text: str) -> str:
    return text.replace("not defined", "none").replace(" (no interval)", " [none]")
