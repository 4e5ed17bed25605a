"""Escaping: whatever a name holds, a table keeps its cells and a page its text."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exapt.estimates import Estimate
from exapt.report.markdown import cell, chance, estimate, inline, join, number, share, table


@given(st.text())
def test_a_text_is_one_line_that_shows_itself(text):
    shown = inline(text)
    assert "\n" not in shown and "|" not in shown and "<" not in shown and ">" not in shown
    assert not re.search(r"[`*\\~$!@]|&(?!#\d+;)|\][(\[:]|^[-+=\[]", shown)
    spaced = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    assert html.unescape(shown) == spaced


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pawsx_en", "pawsx_en"),
        ("_x_ and __init__", "&#95;x&#95; and &#95;&#95;init&#95;&#95;"),
        ("<script>alert(1)</script>", "&#60;script&#62;alert(1)&#60;/script&#62;"),
        ("a|b\r\nc", "a&#124;b c"),
        ("[x](javascript:1)", "&#91;x&#93;(javascript:1)"),
        ("![x](http://a.b)", "&#33;[x&#93;(http&#58;//a.b)"),
        ("www.example.org", "www&#46;example.org"),
        ("# head", "&#35; head"),
        ("- item", "&#45; item"),
        ("1. item", "1&#46; item"),
        ("[x]: y", "&#91;x&#93;: y"),
        ("0.5 [0.4, 0.6]", "0.5 [0.4, 0.6]"),
        ("AT&T &lt;", "AT&#38;T &#38;lt;"),
    ],
)
def test_special_cases(text, shown):
    assert inline(text) == shown


@given(st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=3), max_size=5))
def test_a_table_has_as_many_cells_as_it_was_given(rows):
    lines = table(["a", "b|", "c"], rows).split("\n")
    assert len(lines) == len(rows) + 2
    assert all(line.count("|") == 4 for line in lines)


def test_a_cell_keeps_a_sign_that_would_begin_a_list():
    assert cell("-0.500 [-0.600, -0.400]") == "-0.500 [-0.600, -0.400]"


def test_a_short_row_is_refused():
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2"):
        table(["a", "b"], [["x"]])


def test_numbers():
    assert number(0.12345) == "0.123" and number(-0.0001) == "0.000" and number(-0.5) == "-0.500"
    assert number(None) == "not defined"
    assert estimate(Estimate(value=0.5, low=0.25, high=0.75)) == "0.500 [0.250, 0.750]"
    assert estimate(Estimate(value=0.5, low=None, high=None)) == "0.500 (no interval)"
    assert estimate(Estimate(value=None, low=None, high=None)) == "not defined"
    assert estimate(None) == "not scored"


def test_shares_do_not_round_to_none_or_all():
    assert [share(v) for v in (0.0, 1e-5, 0.123, 0.99999, 1.0)] == ["0.0%", "< 0.1%", "12.3%", "> 99.9%", "100.0%"]


def test_join():
    assert [join(list(n)) for n in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_a_chance_is_never_shown_as_none_at_all():
    assert [chance(p) for p in (None, 0.0, 1e-5, 0.00005, 0.05, 1.0)] == [
        "none", "0.0000", "< 0.0001", "0.0001", "0.0500", "1.0000",
    ]  # fmt: skip
