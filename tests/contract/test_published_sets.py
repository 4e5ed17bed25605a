"""The page on published sets says what the audits hold, and what its README says of them stands there."""

from __future__ import annotations

import re
from pathlib import Path

from exapt.findings import Page
from tests.contract.scripts import script

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "published_sets"
published = script(STUDY / "page.py")


def test_the_page_says_what_the_audits_hold() -> None:
    assert (STUDY / "published_sets.md").read_text(encoding="utf-8") == published.page()


def test_the_numbers_of_the_readme_are_those_of_the_audits() -> None:
    """Rows `| SET | contradictory | near duplicates | edit | reach |` of the README."""
    text = (STUDY / "README.md").read_text(encoding="utf-8")
    found = re.findall(
        r"^\| `(\w+)` \| ([\d.]+)% \| ([\d.]+|none)%? \| ([\d.]+|none) \| ([\d.]+) \|$", text, re.MULTILINE
    )
    assert {name for name, *_ in found} == set(published.SETS)
    for name, contradictory, near, edit, reach in found:
        page = Page.model_validate_json((published.AUDITS / name / "audit.json").read_bytes())
        held = {finding.check: finding.value for finding in page.findings if finding.level != "skip"}
        assert contradictory == f"{100 * held['contradictory labels']:.2f}"
        for said, check, shown in ((near, "near-duplicate leakage", "{:.1f}"), (edit, "edit", "{:.3f}")):
            value = held.get(check)
            scale = 100 if "leak" in check else 1
            assert said == ("none" if value is None else shown.format(scale * value)), (name, check)
        assert reach == f"{held['reach']:.3f}"
