"""Many claims on one page: what was published, what the authors' code gives, what many seeds give, the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from exapt.report.card_words import METRICS, counted, metric_of, sizes, treatment_of
from exapt.report.markdown import estimate, inline, share, table
from exapt.ruling import Publication, Ruling, Target


def museum(rulings: Sequence[Ruling]) -> str:
    """Rulings side by side as one Markdown table, a row a claim and target, in the order given.

    Args:
        rulings: Verdicts on claims.

    Returns:
        The table with what its numbers are; one sentence if there is no ruling.
    """
    if not rulings:
        return "No claim has a verdict."
    header = [
        "claim", "target", "verdict", "published", "authors' notebook", "ours, mean over seeds [95%]",
        "seeds that reach the published number",
    ]  # fmt: skip
    rows = []
    for ruling in rulings:
        if not ruling.targets:
            rows.append([ruling.claim, "none", "NO TARGET", *_published(ruling.publication), "not run", "not run"])
        for target in ruling.targets:
            made = f"{target.target} (generated)" if target.generated else target.target
            verdict = ", ".join([target.verdict.upper(), *target.qualifiers])
            rows.append(
                [
                    ruling.claim, made, verdict, *_published(ruling.publication), _ours(ruling, target),
                    _reached(target),
                ]
            )  # fmt: skip
    said = (
        "Ours: the treatment, untouched on the target, 95% over training seeds and test examples. Published numbers "
        "and the notebooks' carry no interval. Where metrics differ, numbers must not be compared; the last column "
        "compares in the published metric."
    )
    return "\n\n".join([table(header, rows, text=7), inline(said)])


def _published(found: Publication | None) -> list[str]:
    if found is None:
        return ["nowhere", "none"]
    metric = METRICS[found.metric]
    n = "n not said" if found.n is None else f"n = {found.n:,}"
    flipped = ", LABELS FLIPPED after a look at test labels" if found.flipped else ""
    where = f" ({n}, {counted(found.seeds, 'seed')}{flipped}; {found.paper}, {found.place})"
    notebook = "none, or the same" if found.notebook is None else f"{metric} {found.notebook:g}"
    return [f"{metric} {found.value:g}{where}", notebook]


def _ours(ruling: Ruling, target: Target) -> str:
    own = treatment_of(target)
    if own is None:
        return "not run"
    return f"{metric_of(ruling)} {estimate(own.value)} ({counted(len(own.seeds), 'seed')}, {sizes(target)})"


def _reached(target: Target) -> str:
    found = target.lottery
    if found is None:
        return "not known"
    return (
        f"{found.reached} of {found.seeds} reach {METRICS.get(found.metric, found.metric)} {found.published:g} "
        f"(chance of one: {share(found.low)} to {share(found.high)})"
    )
