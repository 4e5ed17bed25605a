"""The one error that a user sees as a single line: bad input, with its place and its remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """Input that the user can mend; the command line prints it as one line and exits with 2.

    The message names the file, row, record or key, and what to do about it.
    """


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for a misspelled name.

    Args:
        name: What was asked for.
        known: The names that exist.

    Returns:
        ``" Did you mean 'x'?"`` with the nearest known name, or else the list of known names.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f" Did you mean '{near[0]}'?"
    return f" There is: {', '.join(names)}." if names else ""
