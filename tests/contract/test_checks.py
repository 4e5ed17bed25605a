"""Every check of the auditor has its page, and no page is of a check that there is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from exapt.audit.families import FAMILIES
from exapt.audit.names import CHECKS

PAGES = Path(__file__).resolve().parents[2] / "docs" / "checks"


def slug(check: str) -> str:
    return check.lower().replace(" ", "_").replace("-", "_")


def test_every_check_has_a_page_and_every_page_a_check() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {slug(check) for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS)
def test_a_page_says_what_it_must(check: str) -> None:
    text = (PAGES / f"{slug(check)}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {check}\n")
    for part in ("**Number:**", "**Level:**", "**What to do:**", "**Reference:**"):
        assert part in text


def test_families_are_checks() -> None:
    assert {family.name for family in FAMILIES} == {
        name
        for name, family in CHECKS.items()
        if family == "shortcuts" and name not in ("strongest shortcut", "matched remainder")
    }
