"""Markdown that says what it is given: escaped text, tables, and numbers that carry their intervals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exapt.estimates import Estimate

# As entities, because they mean themselves in every dialect, inside and outside of tables.
_SPECIAL = {ord(c): f"&#{ord(c)};" for c in "\\`*|<>~$&#!@"}


def cell(text: object) -> str:
    """A text as one line of Markdown that shows it as it is: no markup, no HTML, no link, no new cell or line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    line = line.translate(_SPECIAL)
    # without `](`, `][` and `]:` there is no link and no definition of one: `[0.1, 0.2]` stays readable
    line = re.sub(r"\](?=[(\[:])", "&#93;", line)
    # emphasis by underscores begins and ends at the edge of a word; inside (pawsx_en) they are letters
    line = re.sub(r"(?<![^\W_])_|_(?![^\W_])", "&#95;", line)
    # an address alone would become a link
    line = line.replace("://", "&#58;//")
    return re.sub(r"(?i)\b(www)\.", r"\1&#46;", line)


def inline(text: object) -> str:
    """As `cell`, for a line of its own: it begins no list, heading or box to tick either."""
    return re.sub(r"^([-+=\[])|^(\d+)([.)])(?=\s|$)", _head, cell(text))


def _head(found: re.Match[str]) -> str:
    return f"&#{ord(found[1])};" if found[1] else f"{found[2]}&#{ord(found[3])};"


def table(header: Sequence[str], rows: Iterable[Sequence[object]], *, text: int = 1) -> str:
    """A Markdown table.

    Args:
        header: Names of the columns, as plain text.
        rows: Cells as plain text; each row as long as the header.
        text: How many columns, from the left, are text; the others are set flush right.
    """
    bars = [":---" if column < text else "---:" for column in range(len(header))]
    lines = [[cell(name) for name in header], bars]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(header)} columns")
        lines.append([cell(value) for value in row])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None, digits: int = 3) -> str:
    """A number with a fixed count of decimals; `not defined` for None. What is 0 when rounded has no sign."""
    if value is None:
        return "not defined"
    shown = f"{value:.{digits}f}"
    return shown.lstrip("-") if float(shown) == 0 else shown


def estimate(found: Estimate | None, digits: int = 3) -> str:
    """A value with its 95% interval, `0.812 [0.790, 0.834]`; says so where there is none."""
    if found is None:
        return "not scored"
    if found.value is None or found.low is None or found.high is None:
        return number(found.value, digits) + ("" if found.value is None else " (no interval)")
    return f"{number(found.value, digits)} [{number(found.low, digits)}, {number(found.high, digits)}]"


def share(value: float) -> str:
    """A share of 0 to 1 in percent; what is not zero is never shown as 0%, what is not all never as 100%."""
    if 0 < value < 0.0005:
        return "< 0.1%"
    if 0.9995 <= value < 1:
        return "> 99.9%"
    return f"{100 * value:.1f}%"


def chance(p: float | None) -> str:
    """A p-value with four decimals; what is not zero is never shown as 0, and `none` stands for None."""
    if p is None:
        return "none"
    return "< 0.0001" if 0 < p < 0.00005 else f"{p:.4f}"


def join(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
