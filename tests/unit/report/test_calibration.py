"""The page of a calibration says every number with what it is of, and whether the targets are kept."""

from __future__ import annotations

import pytest

from exapt.evaluation.calibration_cells import (
    Calibration,
    CoverageCell,
    LevelCell,
    PowerCell,
    RefutedCell,
    UnseenCell,
    WordlessCell,
)
from exapt.report.calibration import calibration_page


def found(supported: int = 90, covered: int = 1900, first: float | None = None, either: int = 100) -> Calibration:
    def level(boundary: str, count: int, rho: float = 0.0, first: float | None = None) -> LevelCell:
        return LevelCell(
            boundary=boundary, shape="uneven heaps", deviation=0.1, rho=rho, studies=2000, supported=count,
            refuted=40, first=first,
        )  # fmt: skip

    def power(seeds: int, supported: int, shown: int) -> PowerCell:
        return PowerCell(
            shape="normal", deviation=0.03, examples=1600, effect=0.1, seeds=seeds, studies=400,
            supported=supported, shown=shown, refuted=1,
        )  # fmt: skip

    return Calibration(
        seed=4, draws=2000,
        level=(level("source", 80), level("random_init", supported, 0.5, first)),
        unseen=(UnseenCell(failed=0.1, deviation=0.1, seeds=10, studies=400, supported=120),),
        refuted=tuple(
            RefutedCell(shape="two heaps", failed=0.7, deviation=0.1, seeds=seeds, studies=2000, refuted=count)
            for seeds, count in ((3, 78), (5, 210))
        ),
        wordless=tuple(
            WordlessCell(
                treatment=0.6, far=far, wrong_way=share, deviation=0.03, studies=2000, supported=count,
                refuted=7, first=first,
            )
            for far, share, count in ((0.58, 0.5, either), (0.5, 0.0, 1500))
        ),
        power=(power(5, 0, 300), power(10, 380, 388)),
        coverage=(
            CoverageCell(what="mean of an arm", deviation=0.01, seeds=3, studies=2000, covered=1890),
            CoverageCell(what="paired difference", deviation=0.01, seeds=3, studies=2000, covered=covered),
        ),
    )  # fmt: skip


def test_every_number_stands_with_what_it_is_of() -> None:
    page = calibration_page(found(first=0.0625))
    for said in (
        "2,000 a cell, seed 4", "worst boundary in 4.5% (random_init (rho 0.5), uneven heaps, sd 0.1, n = 2,000)",
        "| random_init (rho 0.5) | 4.5% (r) |", "random_init (rho 0.5), uneven heaps, 0.1: 6.2%",
        "94.5% to 95.0% of 2 cells", "| normal | 0.03 | 1,600 | 0.1 | (75.0%) | 95.0% |", "2 of 800 studies at 0.1",
        "| 10.0% | 0.1 | 10 | 34.9% | 30.0% | 400 |", "| paired difference | 0.01 | 95.0% |", "10 seeds: 2.0% at most",
        "| heaps, 70.0% fail | 0.1 | 3.9% | 10.5% |",
        "one way round or the other: 5.0% at most", "| 0.6 | 0.580 | 50.0% | 0.03 | 5.0% (r) | 0.4% | 2,000 |",
        "| 0.6 | 0.500 | at chance | 0.03 | 75.0%", "**targets met**",
    ):  # fmt: skip
        assert said in page, page
    assert page.endswith("\n") and all(len(line) < 400 for line in page.splitlines())
    assert "(r)" not in calibration_page(found())


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"supported": 121}, "- Level:"),
        ({"either": 121}, "- Level where"),
        ({"covered": 1859}, "- Coverage"),
    ],
)
def test_a_missed_target_is_said_where_it_is_missed(given: dict[str, int], line: str) -> None:
    page = calibration_page(found(**given))
    assert "**TARGETS MISSED**" in page
    assert [said for said in page.splitlines() if "**Missed.**" in said] == [
        said for said in page.splitlines() if said.startswith(line)
    ]
