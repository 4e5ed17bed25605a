"""Many claims on one page: what was published, what the authors' code gives, what many seeds give, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from exapt.errors import BadInput
from exapt.report.card_words import METRICS, counted, metric_of, sizes, treatment_of
from exapt.report.markdown import estimate, inline, share, table
from exapt.ruling import RULING, Publication, Ruling, Target, read_ruling


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
        name = _named(ruling, [one for one in rulings if one.claim == ruling.claim])
        if not ruling.targets:
            rows.append([name, "none", "NO TARGET", *_published(ruling.publication), "not run", "not run"])
        for target in ruling.targets:
            made = f"{target.target} (generated)" if target.generated else target.target
            verdict = ", ".join([target.verdict.upper(), *target.qualifiers])
            row = [name, made, verdict, *_published(ruling.publication), _ours(ruling, target), _reached(target)]
            rows.append(row)
    said = (
        "Ours: the treatment, untouched on the target, 95% over training seeds and test examples. Published numbers "
        "and the notebooks' carry no interval. Where metrics differ, numbers must not be compared; the last column "
        "compares in the published metric."
    )
    return "\n\n".join([table(header, rows, text=7), inline(said)])


def find_rulings(paths: Iterable[Path]) -> list[Ruling]:
    """Read every verdict at or below some paths, sorted by claim.

    Args:
        paths: Files `verdict.json`, or folders that are searched to any depth.

    Raises:
        BadInput: If a path does not exist, a folder holds no verdict, or one cannot be read: nothing is skipped.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise BadInput(f"{path}: no such file or folder; give a {RULING} or a folder with verdicts.")
        found = sorted(path.rglob(RULING)) if path.is_dir() else [path]
        if not found:
            raise BadInput(f"{path}: holds no {RULING}; `exapt claim` leaves one.")
        files |= dict.fromkeys(file.resolve() for file in found)
    return sorted((read_ruling(file) for file in files), key=lambda ruling: ruling.claim)


def _named(ruling: Ruling, namesakes: Sequence[Ruling]) -> str:
    """The claim's name; where others have it, too, with what of its settings is not the same in all of them."""

    def settings(one: Ruling) -> list[str]:
        runs = counted(len(one.cells), "run")
        return [one.model, one.source, counted(one.seeds, "seed"), one.metric, f"margin {one.margin:g}", runs]

    other = [len(set(values)) > 1 for values in zip(*map(settings, namesakes), strict=True)]
    told = [value for value, differs in zip(settings(ruling), other, strict=True) if differs]
    return f"{ruling.claim} ({', '.join(told)})" if told else ruling.claim


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
