"""Audits on a run's page and in its summary: a line a task, what was accepted, the bar; nothing for older records."""

from __future__ import annotations

import pytest

from exapt.findings import Passport
from exapt.report.audits import audit_line, audits
from exapt.report.page import page
from exapt.report.summary import short_table

GOOD = Passport(task="t", digests={"test": "0"}, seed=0, level="pass", failed=[], warned=[], stops=[], signal=[])
BAD = GOOD.model_copy(
    update={
        "level": "fail", "failed": ["exact leakage", "left only", "composition"], "warned": ["edit"],
        "stops": ["exact leakage", "left only"], "signal": ["edit"], "bar": 0.9312, "bar_from": "edit",
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("passport", "line"),
    [
        (GOOD, "dna: pass; nothing found"),
        (
            BAD,
            "dna: fail; accepted exact leakage and left only; failed composition; warned edit; edit alone reaches "
            "AUROC 0.93, the bar for a model (declared signal)",
        ),
        (
            GOOD.model_copy(update={"signal": ["edit", "MinHash"], "bar": 0.5, "bar_from": "MinHash"}),
            "dna: pass; MinHash alone reaches AUROC 0.50, the bar for a model (declared signal)",
        ),
        (
            BAD.model_copy(update={"signal": [], "bar": None, "bar_from": None}),
            "dna: fail; accepted exact leakage and left only; failed composition; warned edit; no bar for a model, as "
            "no signal is declared",
        ),
        (
            BAD.model_copy(update={"bar": None, "bar_from": None}),
            "dna: fail; accepted exact leakage and left only; failed composition; warned edit; no bar for a model, as "
            "its declared signal has no number",
        ),
    ],
)
def test_a_task_has_a_line(passport, line):
    assert audit_line("dna", passport) == line


def test_the_page_has_every_task_with_the_source_first(make_record, make_score):
    scores = {"dna": make_score("dna", quality=1), "text": make_score("text", quality=1, role="source")}
    record = make_record(scores, accepted=["dna: exact leakage: 4.0% of test rows"])
    assert audits(record) == [] and "## Audits" not in page(record)
    made = record.model_copy(update={"passports": {"dna": BAD, "text": GOOD}})
    shown = page(made)
    assert "## Audits\n\n- text: pass; nothing found\n- dna: fail; accepted exact leakage and left only;" in shown
    assert "- dna: exact leakage: 4.0% of test rows" in shown
    # and nothing else moves
    assert shown.replace("\n\n".join(audits(made)) + "\n\n", "") == page(record)


def test_names_cannot_break_out(make_record, make_score):
    evil = "<img src=x>[a](b)\n# x"
    record = make_record({}).model_copy(update={"passports": {evil: BAD.model_copy(update={"bar_from": evil})}})
    _, lines, _ = audits(record)
    assert "<" not in lines and "](" not in lines and "\n" not in lines


def test_the_summary_says_that_something_was_accepted(make_record, make_score):
    scores = {"text": make_score("text", quality=1, role="source")}
    assert "accepted" not in short_table(make_record(scores))
    for flaws, said in ((["a: b"], "1 flaw was"), (["a: b", "a: c"], "2 flaws were")):
        text = short_table(make_record(scores, accepted=flaws))
        (line,) = [line for line in text.splitlines() if "accepted" in line]
        assert line == f"audit: {said} accepted; report.md names each"
