"""The page of an audit: every check has its line, what is wrong says what to do, and all of it fits 80 columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exapt.findings import Finding, Page, worst
from exapt.report.findings import findings_page


def page(*findings: Finding) -> Page:
    return Page(
        task="mine", model="minilm", digests={"test": "0"}, examples={"train": 12_000, "test": 2_000},
        signal=["edit"], seed=3, findings=list(findings),
    )  # fmt: skip


GOOD = Finding(
    check="label counts", family="labels", level="pass", value=0.5, threshold=0.05, n=9, said="smaller class"
)
BAD = Finding(
    check="contradictory labels", family="labels", level="fail", value=0.0079, threshold=0.005, n=9, stops=True,
    said="share of rows in pairs that stand under both labels", remedy="drop them " * 20,
)  # fmt: skip
BAR = Finding(
    check="edit", family="shortcuts", level="warn", value=0.93, low=0.91, threshold=0.505, n=9,
    said="AUROC out of fold", facts={"signal": True},
)  # fmt: skip


def test_every_check_has_a_line_and_faults_say_what_to_do() -> None:
    text = findings_page(page(GOOD, BAD, BAR))
    assert "pass  label counts" in text and "smaller class" not in text
    assert "FAIL  contradictory labels" in text and "do: drop them" in text
    assert "0.0079" in text and "bar 0.0050" in text
    assert "A run on this task stops at: contradictory labels." in " ".join(text.split())
    assert "audit of mine: 12,000 train, 2,000 test; seed 3" in text
    assert findings_page(page(GOOD)).endswith("Nothing found.")


def test_the_passport_sums_up() -> None:
    passport = page(GOOD, BAD, BAR).passport()
    assert (passport.level, passport.failed, passport.warned) == ("fail", ["contradictory labels"], ["edit"])
    assert passport.stops == ["contradictory labels"]
    assert passport.bar == 0.93
    assert passport.bar_from == BAR.check
    assert page(GOOD).passport().bar is page(GOOD).passport().bar_from is None
    assert worst([]) == "pass" and worst([GOOD, BAR]) == "warn"


@given(st.text(max_size=300), st.floats(-1e9, 1e9), st.sampled_from(["warn", "fail", "skip"]))
def test_no_line_is_wider_than_eighty_columns(text: str, value: float, level: str) -> None:
    finding = BAD.model_copy(update={"said": text, "remedy": text, "value": value, "level": level})
    long = finding.model_copy(update={"check": "reverse-complement leakage"})
    assert max(map(len, findings_page(page(finding, long)).splitlines())) <= 80
