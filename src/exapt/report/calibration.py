"""A calibration as a page: what was asked of the rule, whether it was kept, and every table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from exapt.evaluation.calibration_cells import COVERAGE, LEVEL, Calibration, JudgedCell, LevelCell, PowerCell
from exapt.evaluation.rungs import MARGIN
from exapt.evaluation.verdict import SEEDS
from exapt.report.markdown import number, share, table

T = TypeVar("T")


def calibration_page(found: Calibration) -> str:
    """The page, in Markdown: what was asked of the rule, and every table."""
    low, high = COVERAGE
    worst, covers = found.worst, [cell.share for cell in found.coverage]
    where = f"{_boundary(worst)}, {worst.shape}, sd {worst.deviation:g}, n = {worst.studies:,}"
    lines = [
        "# Calibration of the rule",
        "",
        f"Simulated studies with a known truth, {found.draws:,} a cell, seed {found.seed}; margin {MARGIN:g} AUROC.",
        "",
        f"- Level: *supported* at the worst boundary in {share(worst.share)} ({where}); "
        f"wanted: at most {share(LEVEL)}. {_met(worst.share <= LEVEL)}",
        f"- Level where fits without words rank one way round or the other: {share(found.either_way)} at most; "
        f"wanted: at most {share(LEVEL)}. {_met(found.either_way <= LEVEL)}",
        f"- Coverage of the 95% interval: {share(min(covers))} to {share(max(covers))} of {len(covers)} cells; "
        f"wanted: {share(low)} to {share(high)} in each. {_met(all(low <= c <= high for c in covers))}",
        f"- Together: **{'targets met' if found.met else 'TARGETS MISSED'}**.",
    ]
    parts = [part(found) for part in (_level, _unseen, _refuted, _wordless, _power, _coverage)]
    return "\n\n".join(["\n".join(lines), *parts]) + "\n"


def _met(kept: bool) -> str:
    return "Kept." if kept else "**Missed.**"


def _boundary(cell: LevelCell) -> str:
    return f"{cell.boundary} (rho {cell.rho:g})" if cell.rho else cell.boundary


def _level(found: Calibration) -> str:
    worlds = _once((cell.shape, cell.deviation) for cell in found.level)
    rows = []
    for boundary in _once(_boundary(cell) for cell in found.level):
        own = {(cell.shape, cell.deviation): cell for cell in found.level if _boundary(cell) == boundary}
        rows.append([boundary, *(_starred(own[world]) if world in own else "" for world in worlds)])
    redrawn = [cell for cell in found.level if cell.first is not None]
    refuted = max(found.level, key=lambda cell: cell.refuted / cell.studies)
    told = [
        "## Level",
        "",
        "Share of *supported* where one contrast is exactly at the margin (or the source exactly at 0.5 + margin) and "
        f"all the rest far above, {SEEDS} seeds; by shape and standard deviation of the noise between seeds.",
        "",
        table(["boundary", *(f"{shape}, {deviation:g}" for shape, deviation in worlds)], rows),
    ]
    if redrawn:
        first = ", ".join(f"{_boundary(c)}, {c.shape}, {c.deviation:g}: {share(c.first or 0.0)}" for c in redrawn)
        told += [
            "",
            f"(r) Above the target among the first {found.draws:,} studies ({first}). The largest of many counts "
            "is above its own truth by chance, so new and more studies were drawn there; theirs are shown.",
        ]
    told += [
        "",
        f"Refuted (*not supported* or *shortcut*) at the margin exactly, {SEEDS} seeds: "
        f"{share(refuted.refuted / refuted.studies)} at most ({_boundary(refuted)}, {refuted.shape}, "
        f"sd {refuted.deviation:g}).",
    ]
    return "\n".join(told)


def _starred(cell: JudgedCell) -> str:
    return share(cell.share) + (" (r)" if cell.first is not None else "")


def _unseen(found: Calibration) -> str:
    rows = [
        [share(c.failed), f"{c.deviation:g}", c.seeds, share(c.agreed), share(c.supported / c.studies), c.studies]
        for c in found.unseen
    ]
    return "\n".join(
        [
            "## What no rule sees",
            "",
            "So few fits fail that all seeds may learn, and the truth is at the margin because of those few. No number "
            "of the study tells of them; no part of the target.",
            "",
            table(["fits that fail", "sd", "seeds", "no seed fails", "supported", "studies"], rows),
        ]
    )


def _refuted(found: Calibration) -> str:
    counts = _once(cell.seeds for cell in found.refuted)
    rows = []
    for kind in _once((cell.shape, cell.failed, cell.deviation) for cell in found.refuted):
        own = {c.seeds: c for c in found.refuted if (c.shape, c.failed, c.deviation) == kind}
        shape, failed, deviation = kind
        shares = [share(own[count].refuted / own[count].studies) for count in counts]
        rows.append([shape if failed is None else f"heaps, {share(failed)} fail", f"{deviation:g}", *shares])
    return "\n".join(
        [
            "## Refuted with few seeds",
            "",
            "Share of *not supported* or *shortcut*, all wrongly, where the best baseline is exactly at the margin and "
            f"all the rest far above; {found.draws:,} studies a cell. Few seeds cannot support, but they refute. No "
            "part of the target.",
            "",
            table(["noise", "sd", *(f"{count} seeds" for count in counts)], rows),
        ]
    )


def _wordless(found: Calibration) -> str:
    rows = [
        [f"{c.treatment:g}", number(c.far), share(c.wrong_way) if c.wrong_way else "at chance", f"{c.deviation:g}",
         _starred(c), share(c.refuted / c.studies), f"{c.studies:,}"]
        for c in found.wordless
    ]  # fmt: skip
    redrawn = " (r): as above." if any(c.first is not None for c in found.wordless) else ""
    return "\n".join(
        [
            "## Fits without words, either way round",
            "",
            "`structure_only` with some of its seeds upside down; what counts is 0.5 and each seed's distance from it, "
            f"whose true mean is told. {SEEDS} seeds, normal noise. Where that mean is the margin under the treatment, "
            "a claim on language is not true, and should not be *supported* (part of the target). Where "
            "these fits are at chance it is true, and their noise is their distance." + redrawn,
            "",
            table(["treatment", "structure_only, 0.5 and distance", "wrong way", "sd", "supported",
                   "not supported or shortcut", "studies"], rows),
        ]
    )  # fmt: skip


def _power(found: Calibration) -> str:
    seeds = _once(cell.seeds for cell in found.power)
    rows = []
    kinds = _once((c.examples, c.shape, c.deviation, c.effect) for c in found.power)
    for kind in kinds:
        own = {c.seeds: c for c in found.power if (c.examples, c.shape, c.deviation, c.effect) == kind}
        examples, shape, deviation, effect = kind
        cells = [_power_cell(own.get(count)) for count in seeds]
        rows.append([shape, f"{deviation:g}", f"{examples:,}", f"{effect:g}", *cells])
    wrong = []
    for effect in _once(cell.effect for cell in found.power):
        own_effect = [cell for cell in found.power if cell.effect == effect]
        studies, refuted = (sum(getattr(c, name) for c in own_effect) for name in ("studies", "refuted"))
        wrong.append(f"{refuted:,} of {studies:,} studies at {effect:g}")
    return "\n".join(
        [
            "## Power",
            "",
            "Share of *supported* where the treatment is above every arm by the same true effect, "
            f"{found.power[0].studies:,} studies a cell. Fewer than {SEEDS} seeds never support; for them, in "
            "brackets, the share of studies in which every rung's test passed.",
            "",
            table(["noise", "sd", "examples", "effect", *(f"{count} seeds" for count in seeds)], rows),
            "",
            f"Refuted (*not supported* or *shortcut*), all wrongly: {'; '.join(wrong)}.",
        ]
    )


def _power_cell(cell: PowerCell | None) -> str:
    if cell is None:
        return ""
    if cell.seeds < SEEDS:
        return f"({share(cell.shown / cell.studies)})"
    return share(cell.supported / cell.studies)


def _coverage(found: Calibration) -> str:
    seeds = sorted({cell.seeds for cell in found.coverage})
    rows = []
    for what, deviation in _once((cell.what, cell.deviation) for cell in found.coverage):
        own = {cell.seeds: cell for cell in found.coverage if (cell.what, cell.deviation) == (what, deviation)}
        rows.append([what, f"{deviation:g}", *(share(own[count].share) if count in own else "" for count in seeds)])
    return "\n".join(
        [
            "## Coverage",
            "",
            "Share of 95% intervals that hold the mean over all seeds and test sets; from simulated scores of 400 "
            "examples in up to 200 groups, normal noise between seeds. Its own standard error is "
            f"{number(100 * (0.05 * 0.95 / max(found.draws, 1)) ** 0.5, 1)} points.",
            "",
            table(["interval of", "sd", *(f"{count} seeds" for count in seeds)], rows),
        ]
    )


def _once(values: Iterable[T]) -> Sequence[T]:
    """Each value once, in the order of its first."""
    return list(dict.fromkeys(values))
