"""The seed lottery's page says what its numbers say, and they follow from the published values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.scripts import script

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "seed_lottery"
lottery = script(STUDY / "lottery.py")
TOLD: dict[str, Any] = json.loads((STUDY / "lottery.json").read_text(encoding="utf-8"))


def numbers(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every number in it, by its place."""
    if isinstance(value, dict | list | tuple):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(one, f"{place}/{key}")
    else:
        yield place, value


def test_the_page_says_what_the_numbers_say() -> None:
    assert (STUDY / "lottery.md").read_text(encoding="utf-8") == lottery.page(TOLD)


@pytest.mark.parametrize("proteins", ["short", "full"])
def test_the_numbers_follow_from_the_published_values(
    proteins: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accuracy = lottery.read(data_dir)[f"{proteins}_accuracy"]
    trained, untrained = (accuracy[key].to_numpy(float) for key in ("pawsx_en", "untrained_head"))
    told = TOLD[proteins]
    for again, known in (
        (lottery.place(trained), told["trained"]), (lottery.fewer(trained, untrained, 3), told["fewer"]["3"]),
        (lottery.winner(trained, untrained), told["winner"]),
    ):  # fmt: skip
        assert dict(numbers(again)) == pytest.approx(dict(numbers(known)), abs=1e-9)
    assert told["gap"] == pytest.approx(trained.mean() - untrained.mean(), abs=1e-9)


def test_the_sentences_of_the_readme_hold() -> None:
    """What the README says in numbers, to the digits it gives."""
    text = (STUDY / "README.md").read_text(encoding="utf-8").split("## Result")[1]
    short, full = TOLD["short"], TOLD["full"]
    for said in (
        f"{short['trained']['beaten']['100']:.0%}", f"{short['fewer']['3']['held']:.1%}",
        f"{full['fewer']['3']['held']:.1%}", f"{short['fewer']['10']['shown']:.1%}",
        f"{full['fewer']['10']['shown']:.1%}", f"{short['winner']['explained']:.1%}",
        f"{full['winner']['explained']:.1%}", f"{short['gap']:.3f}", f"{full['gap']:.3f}",
    ):  # fmt: skip
        assert said in text, f"README of seed_lottery lacks {said}"
