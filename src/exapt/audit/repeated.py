"""Pairs and sides that stand more than once in a task, and whether their labels agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from exapt.audit.readings import numbers, own_strand, pools
from exapt.audit.view import View, normalised
from exapt.findings import SHOWN, Finding, Level

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CONTRADICTORY = 0.005  # share of rows above which a task cannot be trusted
# what is written where there is nothing; NS stands in PAWS-X for a sentence that was not translated
MARKS = frozenset(
    ("ns", "na", "n/a", "#n/a", "<na>", "nan", "nil", "null", "[null]", "none", "unknown", "missing", "empty", "todo",
     "tbd", "?", "-", "--", ".", "...", "_", "x", "xx", "xxx")
)  # fmt: skip
FAR_SHORTER = 0.1  # of the length that a tenth of the sides exceed: an answer of one word is no mark among words
_ANY = {"dna": "N-", "protein": "X-"}  # letters that say nothing, in upper case
UNEVEN = 0.1  # share of rows above which sides under both labels fail


def contradictory_labels(view: View) -> Finding:
    """Rows whose label cannot be believed: pairs under both labels, and rows that hold no pair; their share.

    Pairs are compared after normalisation (DNA on its own strand). A row holds no pair if a side of it is a placeholder
    (see `placeholders`): whatever its label says, it is not about what stands there.
    """
    pair, absent = _pairs(view), placeholders(view)
    both = _both(pair, view.positive)
    rows = both[pair] | absent
    value = float(rows.mean())
    level: Level = "fail" if value > CONTRADICTORY else "warn" if value > 0 else "pass"
    what = "pairs" if len(view.sides) == 2 else "sequences"
    facts = {"contradictory_pairs": int(both.sum()), "rows": int(rows.sum()), "placeholders": int(absent.sum())}
    told = f"; {absent.sum():,} rows hold a placeholder" if absent.any() else ""
    said = f"{both.sum():,} {what} stand under both labels{told}, {value:.2%} of rows"
    remedy = f"drop every row of such a pair{' and placeholders' if told else ''}: neither label can be believed"
    shown = np.flatnonzero(rows)
    shown = shown[np.argsort(pair[shown], kind="stable")]  # the rows of one pair side by side
    return _finding("contradictory labels", view, level, value, shown, said, remedy, facts, CONTRADICTORY, True)


def placeholders(view: View) -> Bools:
    """Rows with a side that stands for nothing, bool of shape (n,).

    That is a mark such as NS, NA or a dash where sides are else more than ten times as long, or a sequence of nothing
    but N (DNA) or X (proteins).
    """
    rows = np.zeros(len(view), dtype=bool)
    for side in view.sides:
        texts = view.texts(side)
        size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        for row in np.flatnonzero(size < FAR_SHORTER * np.quantile(size, 0.9)).tolist():
            rows[row] |= normalised(texts[row], "text") in MARKS
        if letters := _ANY.get(view.alphabets[side]):
            rows |= np.array([not text.upper().strip(letters) for text in texts])
    return rows


def duplicated_rows(view: View) -> Finding:
    """Rows that repeat an earlier one, of any split, after normalisation, with the same label; their share."""
    repeated = _again(numbers_of(_pairs(view), view.positive.astype(np.int64)))
    value = float(repeated.mean())
    facts = {"rows": int(repeated.sum())}
    said = f"{repeated.sum():,} rows repeat an earlier row and its label, {value:.2%}"
    remedy = "drop repeated rows: they count one observation more than once"
    level: Level = "warn" if value > 0 else "pass"
    return _finding("duplicated rows", view, level, value, np.flatnonzero(repeated), said, remedy, facts, 0.0)


def mirrored_rows(view: View) -> Finding:
    """Rows (a, b) where (b, a) stands too, after normalisation, a and b being different; their share."""
    check = "mirrored rows"
    if len(set(view.alphabets.values())) != 1 or len(view.sides) == 1:
        why = "the sides are of two alphabets" if len(view.sides) == 2 else "examples are single sequences"
        return Finding(check=check, family="labels", level="skip", n=len(view), said=f"not looked at: {why}")
    left, right = pools([view], own_strand)[0].code
    size = int(max(left.max(), right.max())) + 1
    here, turned = left * size + right, right * size + left
    rows = np.isin(here, turned) & (left != right)
    value = float(rows.mean())
    lowest = np.minimum(here, turned)
    pair = numbers(lowest[rows].tolist())
    differ = int(_both(pair, view.positive[rows]).sum())
    facts = {"rows": int(rows.sum()), "mirrored_pairs": int(pair.max(initial=-1)) + 1, "contradictory_pairs": differ}
    said = f"{rows.sum():,} rows stand with sides exchanged too, {value:.2%}; {differ:,} pairs with both labels"
    remedy = "keep one of both orders, or give both one group; drop those whose labels differ"
    level: Level = "warn" if value > 0 else "pass"
    return _finding(check, view, level, value, np.flatnonzero(rows), said, remedy, facts, 0.0)


def sides_under_both_labels(view: View) -> Finding:
    """Sides that stand unevenly under both labels, after normalisation; the share of rows with one.

    It is even, and says nothing on the label, if all rows of the side are of one group and one split, half of them
    under each label, as in swap blocks. The facts hold how many distinct sides stand under both labels, evenly or not
    (`left_under_both`, `right_under_both`), and how many of them unevenly (`left_uneven`, `right_uneven`).
    """
    check = "sides under both labels"
    if len(view.sides) == 1:
        return Finding(
            check=check, family="labels", level="skip", n=len(view), said="not looked at: examples are single sequences"
        )
    home = numbers_of(numbers(view.frame["group"].tolist()), numbers(view.frame["split"].tolist()))
    rows = np.zeros(len(view), dtype=bool)
    facts: dict[str, Any] = {}
    for side in view.sides:
        code = numbers(own_strand(view, side))
        both = _both(code, view.positive)
        under = [np.bincount(code[mask], minlength=len(both)) for mask in (view.positive, ~view.positive)]
        first = home[np.unique(code, return_index=True)[1]]
        elsewhere = np.zeros(len(both), dtype=bool)
        elsewhere[code[home != first[code]]] = True
        uneven = both & ((under[0] != under[1]) | elsewhere)
        facts |= {f"{side}_under_both": int(both.sum()), f"{side}_uneven": int(uneven.sum())}
        rows |= uneven[code]
    value = float(rows.mean())
    facts["rows"] = int(rows.sum())
    level: Level = "fail" if value > UNEVEN else "warn" if value > 0 else "pass"
    said = f"{value:.1%} of rows have a side that stands unevenly under both labels"
    remedy = "let each side stand equally often under both labels, within one group and split"
    return _finding(check, view, level, value, np.flatnonzero(rows), said, remedy, facts, UNEVEN)


def numbers_of(one: Ints, other: Ints) -> Ints:
    """A number for each pair of numbers that are not negative, equal for equal ones."""
    return numbers((one * (int(other.max(initial=0)) + 1) + other).tolist())


def _pairs(view: View) -> Ints:
    made = [numbers(own_strand(view, side)) for side in view.sides]
    return made[0] if len(made) == 1 else numbers_of(made[0], made[1])


def _both(code: Ints, positive: Bools) -> Bools:
    """Whether each number stands under both labels."""
    count = int(code.max(initial=-1)) + 1
    return np.asarray(
        (np.bincount(code[positive], minlength=count) > 0) & (np.bincount(code[~positive], minlength=count) > 0)
    )


def _again(code: Ints) -> Bools:
    """Whether each number has stood before."""
    again = np.ones(len(code), dtype=bool)
    again[np.unique(code, return_index=True)[1]] = False
    return again


def _finding(
    check: str,
    view: View,
    level: Level,
    value: float,
    rows: Ints,
    said: str,
    remedy: str,
    facts: dict[str, Any],
    threshold: float,
    stops: bool = False,
) -> Finding:
    return Finding(
        check=check, family="labels", level=level, value=value, threshold=threshold, n=len(view), said=said,
        remedy=remedy if value > 0 else "", stops=stops, ids=view.frame["id"].iloc[rows[:SHOWN]].tolist(), facts=facts,
    )  # fmt: skip
