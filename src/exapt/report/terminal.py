"""Text for a terminal: printable ASCII, names cut where they are too long, lines that wrap."""

from __future__ import annotations

import textwrap

WIDTH = 80


def plain(text: object) -> str:
    """Printable ASCII in one line: no control sequence reaches the terminal, and a letter is a column."""
    return "".join(c if " " <= c <= "~" else "?" for c in str(text))


def cut(text: str, width: int) -> str:
    """A text of at most `width` letters; a longer one loses its middle, since what tells names apart is at the ends."""
    if len(text) <= width:
        return text
    end = (width - 2) // 2
    return f"{text[: width - 2 - end]}..{text[len(text) - end :]}"


def wrapped(text: object, first: str = "", rest: str = "  ") -> list[str]:
    """A text as lines of at most 80 columns, the first behind `first`, the others behind `rest`."""
    return textwrap.wrap(plain(text), WIDTH, initial_indent=first, subsequent_indent=rest)
